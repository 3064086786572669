# A client that comes back gets what it missed, in order, once; what cannot be told is told as a reset.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Daemon;

my $d = Daemon->new;
$d->event('READING', $_ % 3 ? 'flat:1' : 'flat:2') for 1 .. 90;
$d->settled;
my @mine = grep { $_ % 3 } 1 .. 90;
sub after { my ($seq) = @_; return map { "1-$_" } grep { $_ > $seq } @mine }

my $s = $d->stream(cursor => '1-40');
my $first = $s->next;
is($first->{id}, '1-40', 'a resumed stream begins at its own cursor');
is_deeply([$s->ids(scalar after(40))], [after(40)], '… and replays what came after it');
is($d->stream(cursor => '1-0')->next->{id}, '1-0', 'the very first position resumes too');

# Breaks in the middle of the replay, after each few messages, until all is there.
my ($at, @got) = ('1-0');
while (@got < @mine) {
	my $part = $d->stream(cursor => $at);
	$part->next;
	push @got, $part->ids(7 < @mine - @got ? 7 : @mine - @got);
	$at = $part->last_id;
	$part->close;
}
is_deeply(\@got, [after(0)], 'breaks in the middle of a replay lose and repeat nothing');

my $early = $d->stream(cursor => '1-40');
$early->block;
is($early->last_id, '1-40', 'a break before the first event resumes at the cursor given');

my $fresh = $d->stream(as_of => '1-80');
is($fresh->next->{id}, '1-80', 'a fresh stream begins where it was authorized');
is_deeply([$fresh->ids(scalar after(80))], [after(80)], '… and gets what happened since');

my $other = $d->stream(cursor => '1-40', topics => 'flat:2');
$other->next;
is_deeply([$other->ids(2)], ['1-42', '1-45'], 'a replay is of the topics of today');

sub resets {
	my ($what, $newest, %option) = @_;
	my $at = delete $option{at} // '0-0';
	my $stream = $d->stream(%option);
	my $before = $stream->next;
	is($before->{message}{type}, 'CONNECTION_ESTABLISHED', "$what: established");
	is($before->{id}, $at, "… at $at: a break before the reset must not swallow it");
	my $reset = $stream->next;
	is($reset->{message}{type}, 'reset', '… then a reset');
	is($reset->{id}, $newest, '… with the newest id');
	is($reset->{message}{id}, $newest, '… in the message too');
	my $seq = $d->event('READING', 'flat:1');
	is($stream->next->{id}, $d->position($seq), '… and on from there');
	return $stream;
}
resets('garbage', '1-90', cursor => 'last tuesday');
resets('another epoch', '1-91', cursor => '7-40');
resets('nowhere', '1-92', cursor => '0-0');
resets('never given out', '1-93', cursor => '1-100000');
resets('older than the role change', '1-94', cursor => '1-49', since => 50);
resets('role change not numbered yet', '1-95', cursor => '1-95', since => 'max');
resets('authorized in an epoch that is over', '1-96', as_of => '1-96', cursor => '2-3');
is($d->stream(cursor => '1-50', since => 50)->next->{id}, '1-50', 'a cursor at the role change resumes');

# Trimmed on Redis: a daemon that starts now knows nothing older.
$d->end('KILL');
$d->{redis}->call('XTRIM', 'gh:tape', 'MINID', '61-0');
$d->start;
$d->settled;
$s = $d->stream(cursor => '1-60');
is($s->next->{id}, '1-60', 'the position before the first event on the tape');
is_deeply([$s->ids(2)], ['1-61', '1-62'], '… resumes');
resets('before the tape', '1-97', cursor => '1-59', at => '1-59');
is($d->stats->{gaps}, 0, 'no gap was met');

# Redis loses more than the daemon can bridge: what it has to tell is a reset.
my $live = $d->stream;
$live->next;
$d->commit('READING', 'flat:1') for 1 .. 10;
$d->{redis}->call('DEL', 'gh:tape');
$d->relay(104, at_once => 1);
is($live->next->{message}{type}, 'reset', 'a hole on the tape is a reset for whoever was before it');
is($live->last_id, '1-108', '… to its end');
$d->event('READING', 'flat:1');
is_deeply([$live->ids(1)], ['1-109'], '… and goes on from there');
cmp_ok($d->stats->{gaps}, '>', 0, '… and is counted');

$d->finish;
done_testing;
