# Redis may be away, empty or half filled again: streams stay open, nothing is lost or told twice, and
# nobody is reset because of it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Daemon;

my $d = Daemon->new(STREAM_KEEPALIVE => 1);
my $s = $d->stream(as_of => '1-0');
$s->next;
$d->event('READING', 'flat:1') for 1 .. 50;
is_deeply([$s->ids(50)], [map { "1-$_" } 1 .. 50], 'the first events of a new site arrive');

# Published to nobody: the daemon finds them itself, or is told by a tick.
$d->commit('READING', 'flat:1') for 1 .. 3;
$d->relay(51, quietly => 1);
is_deeply([$s->ids(3)], [map { "1-$_" } 51 .. 53], 'what was not heard of is found');
$d->commit('READING', 'flat:1') for 1 .. 2;
$d->relay(54, to => 54, quietly => 1);
$d->relay(55);
is_deeply([$s->ids(2)], ['1-54', '1-55'], 'an event that skips one makes it read the tape');
$d->commit('READING', 'flat:1');
$d->relay(56, quietly => 1);
$d->tick;
is_deeply([$s->ids(1)], ['1-56'], 'so does a tick that says more');
my $noise = "1-20 READING flat:1 $d->{events}[19][3]";
$d->{redis}->call('PUBLISH', 'gh:events', $noise) for 1 .. 3;
$d->tick(10);

# Emptied while it runs; filled again from the oldest on; meanwhile things happen.
$d->{redis}->call('FLUSHALL');
$d->commit('READING', 'flat:1') for 1 .. 4;
is($s->block->{id}, '1-56', 'a keep-alive while Redis is empty has the position of before');
my $joined = $d->stream(cursor => '1-54', as_of => '1-60');
is($joined->next->{id}, '1-54', 'a stream joins meanwhile');
is_deeply([$joined->ids(2)], ['1-55', '1-56'], '… and is replayed from the ring');
my $ahead = $d->stream(as_of => '1-58');
is($ahead->next->{id}, '1-58', 'another one begins ahead of the ring');
$d->relay(1, to => 30);
$d->relay(31);
is_deeply([$s->ids(4)], [map { "1-$_" } 57 .. 60], 'an emptied Redis repeats and loses nothing');
is_deeply([$joined->ids(4)], [map { "1-$_" } 57 .. 60], '… for those who joined meanwhile');
is_deeply([$ahead->ids(2)], ['1-59', '1-60'], '… and for those who were ahead');

# Restarted, empty.
$d->stop_redis;
my $away = $d->stream(cursor => '1-59');
is_deeply([$away->ids(2)], ['1-59', '1-60'], 'a stream without Redis is served from the ring');
$d->start_redis;
$d->commit('READING', 'flat:1');
$d->relay(1);
is_deeply([$_->ids(1)], ['1-61'], 'after a restart of Redis it goes on') for $s, $joined, $ahead, $away;

# Silent, but not gone.
kill STOP => $d->{redis_pid};
Daemon::wait_for('it gives Redis up', sub { $d->log_text('daemon') =~ /silent.*silent/s });
kill CONT => $d->{redis_pid};
$d->event('READING', 'flat:1');
is_deeply([$_->ids(1)], ['1-62'], 'a Redis that hangs is left and met again') for $s, $away;

# The daemon itself begins with nothing, then with part of the tape.
$d->end('KILL');
$d->{redis}->call('FLUSHALL');
$d->start;
my $waits = $d->stream(cursor => '1-40');
is($waits->next->{id}, '1-40', 'nothing is known: a stream is taken all the same');
like($waits->block->{comment}, qr/keep-alive/, '… is kept alive');
is($waits->last_id, '1-40', '… at its cursor');
my $reset = $d->stream(cursor => '9-9');
is_deeply([map { $_->{message}{type} } $reset->next, $reset->next],
	['CONNECTION_ESTABLISHED', 'reset'], '… another, of no use at all, is reset');
$d->relay(1, to => 20);
$d->settled(20);
my $partly = $d->stream(cursor => '1-50');
is($partly->next->{id}, '1-50', 'part of the tape is known: a stream ahead of it is taken');
$d->relay(21, quietly => 1);
is_deeply([$waits->ids(22)], [map { "1-$_" } 41 .. 62], 'with the tape back, the first is replayed');
is_deeply([$partly->ids(12)], [map { "1-$_" } 51 .. 62], '… and so is the second');

# An empty tape whose epoch is known is waited for as well.
$d->end('KILL');
$d->{redis}->call('DEL', 'gh:tape');
$d->start;
$d->settled(0);
$waits = $d->stream(cursor => '1-60');
$waits->next;
my $gone = $d->stream(cursor => '1-10');
$gone->next;
$d->relay(30, at_once => 1);
is_deeply([$waits->ids(2)], ['1-61', '1-62'], 'a tape that begins later replays');
is($gone->next->{message}{type}, 'reset', '… and resets only whom it no longer serves');
is($gone->last_id, '1-62', '… to its end');

$d->finish;
done_testing;
