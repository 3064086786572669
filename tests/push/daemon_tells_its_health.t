# What tells that the push path works: keep-alives, the heartbeat and the canary on Redis, the numbers.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Time::HiRes qw(time);
use Daemon;

my $d = Daemon->new(STREAM_KEEPALIVE => 1, STREAM_RETENTION => 60);
is($d->stats->{lag}, undef, 'no canary has come yet');
$d->event('READING', 'flat:1') for 1 .. 3;
$d->settled;

# The position of a quiet stream moves on with what concerns others.
my $s = $d->stream(cursor => '1-1', topics => 'flat:2', named => 1);
is($s->next->{id}, '1-1', 'a stream that nothing concerns');
my $block = $s->block;
is($block->{comment}, 'keep-alive', '… is kept alive');
is($block->{data}, undef, '… without a message');
is($s->last_id, '1-3', '… and is given the newest position');
$d->event('READING', 'flat:1');
$d->settled;
Daemon::wait_for('it moves on', sub { $s->block && $s->last_id eq '1-4' });
$d->event('READING', 'flat:2');
is($d->stream(cursor => $s->last_id, topics => 'flat:2')->ids(2), 2, '… from which nothing is lost');

my $heartbeat = Daemon::wait_for('a heartbeat', sub { $d->{redis}->call('GET', 'gh:push') });
cmp_ok(abs(time * 1000 - $heartbeat), '<', 5000, 'the heartbeat is the time');
Daemon::wait_for('the next', sub { ($d->{redis}->call('GET', 'gh:push') // 0) > $heartbeat });
cmp_ok($d->{redis}->call('TTL', 'gh:push'), '<=', 5, '… and goes by itself');

my $sent = int(time * 1000) - 120;
my $seq = $d->event('canary', 'canary', { sent => $sent });
my $canary = Daemon::wait_for('the canary', sub { $d->{redis}->call('GET', 'gh:canary') });
my ($received, $lag) = $canary =~ /^(\d+):(\d+)$/;
is($received - $sent, $lag, 'the canary says when it came and how long it took');
cmp_ok($lag, '>=', 120, '… which is right');
is($d->stats->{lag}, $lag, '… and is in the numbers');
$s = $d->stream(cursor => '1-' . ($seq - 1), topics => 'canary,control,flat:1');
$s->next;
$seq = $d->event('READING', 'flat:1');
is($s->next->{id}, "1-$seq", 'no client gets a canary, whatever its topics');

# An old canary on a tape that is read at the start says nothing.
$d->end('KILL');
$d->{redis}->call('DEL', 'gh:canary');
$d->start;
$d->settled;
is($d->stats->{lag}, undef, 'an old canary is not taken for news');

# A heartbeat needs both: events and tape.
$d->{redis}->call('CLIENT', 'KILL', 'TYPE', 'pubsub');
$d->{redis}->call('DEL', 'gh:push');
Daemon::wait_for('it is back', sub { $d->{redis}->call('GET', 'gh:push') });
pass('cut off from the events it comes back by itself');
$d->{redis}->call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
$seq = $d->event('READING', 'flat:1');
$s = $d->stream(cursor => '1-' . ($seq - 1));
is_deeply([($s->ids(2))[1]], ["1-$seq"], '… and cut off from the tape too');

my $stats = $d->stats;
is($stats->{epoch}, 1, 'the numbers: epoch');
is($stats->{last}, "1-$seq", '… last');
is(join(' ', sort grep { defined $stats->{$_} } qw(connections topics delivered cuts replays gaps resets)),
	'connections cuts delivered gaps replays resets topics', '… and counts');

# What is older than the retention is forgotten: a cursor before it is reset.
$d->{redis}->send('XADD', 'gh:tape', ++$d->{seq} . '-0', y => 'READING', t => 'flat:1',
	e => '{"id":"1-' . $d->{seq} . '","at":"2020-01-01T00:00:00.000Z"}') for 1 .. 2;
$d->{redis}->finish;
my $all = $seq + 2;
$d->settled;
$d->end('KILL');
$d->{redis}->call('XTRIM', 'gh:tape', 'MINID', $all - 1 . '-0');
$d->start;
Daemon::wait_for('the old is forgotten', sub { my $n = $d->stats; $n->{settled} && $n->{ring} == 0 });
$s = $d->stream(cursor => "1-$seq");
$s->next;
is($s->next->{message}{type}, 'reset', 'a cursor before what is kept is reset');
is($s->last_id, "1-$all", '… to the end');
$s = $d->stream(cursor => "1-$all");
$s->next;
$seq = $d->event('READING', 'flat:1');
is($s->next->{id}, "1-$seq", '… and the end goes on');

$d->finish;
done_testing;
