# Every end of a stream is a typed message with retry and then a close, or the client's own doing.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Time::HiRes qw(time);
use Daemon;

my $d = Daemon->new(STREAM_MAX => 20);
$d->event('READING', 'flat:1') for 1 .. 10;
$d->settled;

# Expiry.
my $expires = int(time) + 2;
my $s = $d->stream(expires => $expires, cursor => '1-8');
my $poll = $d->poll(expires => $expires, cursor => '1-10', wait => 60);
my @rest = $s->rest;
is(join(' ', map { $_->{message}{type} } @rest),
	'CONNECTION_ESTABLISHED READING READING TOKEN_EXPIRED', 'a stream ends when its token expires');
cmp_ok(time, '>=', $expires, '… not before');
cmp_ok(time, '<', $expires + 1, '… nor long after');
is($rest[-1]{id}, '1-10', '… at its position');
ok($rest[-1]{retry}, '… with retry');
is_deeply($poll->answer, { events => [], last => '1-10' }, 'a poll is answered then');
@rest = $d->stream(expires => 1)->rest;
is(join(' ', map { $_->{message}{type} } @rest), 'CONNECTION_ESTABLISHED TOKEN_EXPIRED',
	'an expired token ends a stream at once');
is_deeply($d->poll(expires => 1, cursor => '1-9', wait => 60)->answer->{last}, '1-10',
	'… and a poll, with what there is');

# The client goes: noticed without a word to it.
my @streams = map { $d->stream } 1 .. 20;
$_->next for @streams;
is($d->stats->{connections}, 20, 'twenty streams');
$streams[$_]->close for 0 .. 4;
Daemon::wait_for('those that left are gone', sub { $d->stats->{connections} == 15 });
is($d->stats->{topics}, 31, '… with the topics that only they had');
push @streams, map { $d->stream } 1 .. 5;
$_->next for @streams[20 .. 24];

# Overload.
for my $cursor ('', '1-7', 'garbage') {
	my $over = $d->stream(cursor => $cursor);
	is($over->head->{status}, 200, 'one too many is answered 200');
	my @over = $over->rest;
	is(scalar @over, 1, '… with one message');
	is($over[0]{message}{type}, 'OVERLOADED', '… OVERLOADED');
	cmp_ok($over[0]{retry}, '>=', 2000, '… retry from 2 s');
	cmp_ok($over[0]{retry}, '<=', 10000, '… to 10 s');
	is($over[0]{id}, { '' => '1-10', '1-7' => '1-7', garbage => '0-0' }->{$cursor},
		'… and the position is kept');
}
is($d->poll(cursor => '1-10')->head->{status}, 503, 'a poll too many is 503');

# A crash: the socket stays with whoever holds it, and clients resume.
kill HUP => $d->{pid};
$d->event('READING', 'flat:1');
is($_->next->{id}, '1-11', 'SIGHUP is nothing') for @streams[5, 24];
my $missed = $streams[5]->last_id;
$d->end('KILL');
is_deeply([$streams[5]->rest], [], 'killed, its streams break');
$d->event('READING', 'flat:1') for 1 .. 3;
my $waiting = $d->stream(cursor => $missed);
$d->start;
is($waiting->next->{id}, '1-11', 'who connects meanwhile is served by the next one');
is_deeply([$waiting->ids(3)], ['1-12', '1-13', '1-14'], '… and has lost nothing');

# Drain.
my $live = $d->stream;
my $replaying = $d->stream(cursor => '1-0', named => 1);
$poll = $d->poll(cursor => '1-14', wait => 60);
$_->next for $live, $replaying;
$replaying->ids(14);
Daemon::wait_for('all are there', sub { $d->stats->{connections} == 4 });
my $begun = time;
my ($code, $signal) = $d->end('TERM');
cmp_ok(time - $begun, '<', 2, 'it drains within two seconds');
is("$code/$signal", '0/0', '… and ends well');
for ($live, $replaying, $waiting) {
	@rest = $_->rest;
	is($rest[-1]{message}{type}, 'DRAINING', 'each is told');
	is($rest[-1]{id}, '1-14', '… its position');
	cmp_ok($rest[-1]{retry}, '>=', 100, '… and retry from 100 ms');
	cmp_ok($rest[-1]{retry}, '<=', 2000, '… to 2 s');
}
is_deeply($poll->answer, { events => [], last => '1-14' }, '… and a poll is answered');
unlike($d->log_text('daemon'), qr/Sanitizer|runtime error|"level":"error"/, 'the log holds no fault');

# One that does not read delays the drain to its bound at most.
$d->start;
$d->settled;
$d->event('READING', 'flat:1', { padding => 'x' x 50_000 }) for 1 .. 20;
my $stuck = $d->stream(cursor => '1-0');
Daemon::wait_for('it is there', sub { $d->stats->{connections} == 1 });
$begun = time;
$d->finish;
cmp_ok(time - $begun, '<', 2.5, 'one that does not read does not hold the end up');
done_testing;
