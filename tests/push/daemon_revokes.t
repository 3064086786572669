# A stream ends within a second of its session, its user or its roles being revoked, also when that
# happens between its authorization and its registration.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Time::HiRes qw(time);
use Daemon;

my $d = Daemon->new;
my ($asha, $ravi) = (Daemon::uuid(), Daemon::uuid());
my ($phone, $tablet, $laptop) = map { Daemon::uuid() } 1 .. 3;
sub revoke { return $d->event('control', 'control', { revoke => shift, @_ }) }

sub ended {
	my ($what, $s, $type, $least, $most) = @_;
	my @rest = $s->rest;
	is($rest[-1]{message}{type}, $type, "$what: $type");
	cmp_ok($rest[-1]{retry}, '>=', $least, "… and retry from $least ms");
	cmp_ok($rest[-1]{retry}, '<=', $most, "… to $most ms");
	is($rest[-1]{id}, $rest[-1]{message}{id}, '… with the position to go on from');
	return $rest[-1];
}

$d->event('READING', 'flat:1') for 1 .. 5;
my @asha = map { $d->stream(user => $asha, session => $_) } $phone, $phone, $tablet;
my $ravi_s = $d->stream(user => $ravi, session => $laptop, named => 1);
$_->next for @asha, $ravi_s;
my $poll = $d->poll(user => $asha, session => $phone, cursor => '1-5', wait => 60);
$d->settled;
Daemon::wait_for('five connections', sub { $d->stats->{connections} == 5 });

my $begun = time;
my $seq = revoke('session', session => $phone);
is(ended('a session revoked', $_, 'SESSION_REVOKED', 500, 2500)->{id}, "1-$seq", '… the newest')
	for @asha[0, 1];
cmp_ok(time - $begun, '<', 1, 'all that within a second');
is_deeply($poll->answer, { events => [], last => "1-$seq" }, '… and its poll is answered with nothing');
$seq = $d->event('READING', 'flat:1');
is($_->next->{id}, "1-$seq", 'other sessions go on, and control events reach no client')
	for $asha[2], $ravi_s;

revoke('roles', user => $ravi);
ended('roles changed', $ravi_s, 'DRAINING', 50, 500);
revoke('user', user => $asha);
ended('a user revoked', $asha[2], 'SESSION_REVOKED', 500, 2500);

# The window: authorized before, registered after.
my $last = $d->{seq};
my $old = $d->stream(user => $asha, session => $tablet, as_of => '1-' . ($last - 1));
is($old->next->{message}{type}, 'CONNECTION_ESTABLISHED', 'authorized just before the revocation');
ended('registered just after it', $old, 'SESSION_REVOKED', 500, 2500);
my $new = $d->stream(user => $asha, session => $tablet, as_of => "1-$last");
$new->next;
my $ravi_old = $d->stream(user => $ravi, session => $laptop, as_of => '1-5', cursor => '1-3');
$ravi_old->next;
ended('authorized before the roles changed', $ravi_old, 'DRAINING', 50, 500);
is_deeply($d->poll(user => $asha, session => $phone, as_of => '1-5', cursor => '1-1', wait => 60)->answer,
	{ events => [], last => '1-1' }, 'a poll of a revoked session sees nothing');

# A daemon that reads the old control events again applies them to nobody who was authorized after them.
$d->end('KILL');
$d->{redis}->call('FLUSHALL');
$d->start;
my @streams = map { $d->stream(user => $_->[0], session => $_->[1], cursor => '1-5') }
	[$asha, $tablet], [$ravi, $laptop];
$_->next for @streams;
my $late = $d->stream(user => $asha, session => $phone, as_of => '1-4', cursor => '1-2');
$late->next;
$d->relay(1);
ended('authorized before, daemon begun after', $late, 'SESSION_REVOKED', 500, 2500);
is($streams[0]->next->{id}, '1-7', 'the others are replayed');
is($streams[1]->next->{id}, '1-7', '… and go on');
$seq = $d->event('READING', 'flat:1');
is($_->next->{id}, "1-$seq", '… live') for @streams;

revoke('party', user => $asha);
$seq = $d->event('READING', 'flat:1');
is($_->next->{id}, "1-$seq", 'a control event that is not understood ends nobody') for @streams;
like($d->log_text('daemon'), qr/is not understood/, '… and is told in the log');

my ($code) = $d->end('TERM');
is($code, 0, 'the daemon ends well');
unlike($d->log_text('daemon'), qr/Sanitizer|runtime error/, '… and clean');
done_testing;
