# A client that does not read is cut when it owes too much, and resumes without a loss; a long replay is
# no reason to cut anybody.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Daemon;

my $d = Daemon->new(STREAM_QUEUE => 65536);
my $quick = $d->stream(as_of => '1-0');
my $slow = $d->stream(as_of => '1-0');
$_->next for $quick, $slow;
my $padding = 'x' x 1000;
my $sent = 0;
my @quick;
# The sockets' buffers come first, however large they are; the quick one reads along.
while (!$d->stats->{cuts}) {
	$d->event('READING', 'flat:1', { padding => $padding }) for 1 .. 50;
	$sent += 50;
	push @quick, $quick->ids(50);
	die 'never cut' if $sent > 20000;
}
is_deeply(\@quick, [map { "1-$_" } 1 .. $sent], 'the quick one got everything');
is($d->stats->{cuts}, 1, 'one was cut');
is($d->stats->{connections}, 1, '… and is gone');

my @slow = map { $_->{id} } $slow->rest;
cmp_ok(scalar @slow, '<', $sent, 'the slow one got part of it');
my $resumed = $d->stream(cursor => $slow->last_id);
$resumed->next;
push @slow, $resumed->ids($sent - @slow);
is_deeply(\@slow, [map { "1-$_" } 1 .. $sent], 'resumed, it has everything, in order, once');

# A replay of many times the bound, while the client reads nothing for long.
my $long = $d->stream(cursor => '1-0');
my $seq = $d->event('READING', 'flat:1');
is($quick->next->{id}, "1-$seq", 'others are served meanwhile');
$long->next;
is_deeply([$long->ids($seq)], [map { "1-$_" } 1 .. $seq], 'a long replay is paced, not cut');
is($d->stats->{cuts}, 1, '… indeed');

# One event larger than the bound reaches those who owe nothing.
my $large = $d->event('READING', 'flat:1', { padding => 'y' x 100_000 });
is($_->next->{id}, "1-$large", 'an event larger than the bound arrives') for $quick, $resumed->next && $resumed, $long;

$d->finish;

# Nothing taken for several keep-alives: gone, even in the middle of a replay.
$d = Daemon->new(STREAM_KEEPALIVE => 1);
$d->event('READING', 'flat:1', { padding => 'z' x 20_000 }) for 1 .. 60;
$d->settled;
my $stuck = $d->stream(cursor => '1-0');
Daemon::wait_for('the replay is on', sub { $d->stats->{connections} == 1 });
Daemon::wait_for('the stuck one is cut', sub { $d->stats->{cuts} == 1 });
my @stuck = $stuck->rest;
my $after = $d->stream(cursor => $stuck->last_id);
$after->next;
is_deeply([(map { $_->{id} } @stuck[1 .. $#stuck]), $after->ids(60 - $#stuck)], [map { "1-$_" } 1 .. 60],
	'a stuck one is cut and resumes');
$d->finish;
done_testing;
