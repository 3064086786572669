# A long-poll is the same subscription, ended by its first batch.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Time::HiRes qw(time);
use Daemon;

my $d = Daemon->new;
$d->event('READING', $_ % 2 ? 'flat:1' : 'flat:2') for 1 .. 20;
$d->settled;

my $p = $d->poll(request_id => 'abc');
is($p->head->{status}, 200, 'a poll without a cursor is answered at once');
is($p->head->{'content-type'}, 'application/json', '… as JSON');
is($p->head->{'cache-control'}, 'no-store', '… not to be stored');
is($p->head->{'x-request-id'}, 'abc', '… with the request id');
is_deeply($p->answer, { events => [], last => '1-20' }, '… with the position');
is_deeply($d->poll(as_of => '1-15')->answer, { events => [], last => '1-15' },
	'… of its authorization, so that nothing is lost');
is_deeply($d->poll(as_of => '9-15')->answer->{last}, '9-15', '… in the epoch of its authorization');

my $a = $d->poll(cursor => '1-14', wait => 60)->answer;
is_deeply([map { $_->{id} } @{ $a->{events} }], ['1-15', '1-17', '1-19'], 'what was missed comes at once');
is_deeply($a->{events}[0], JSON::PP->new->utf8->decode($d->{events}[14][3]), '… as on the tape');
is($a->{last}, '1-20', '… and the position is the end');

$p = $d->poll(cursor => '1-20', wait => 60);
my $both = $d->poll(cursor => '1-20', wait => 60, topics => 'flat:1,flat:2');
my $later = $d->poll(cursor => '1-20', wait => 60, dialect => 's2');
Daemon::wait_for('they wait', sub { $d->stats->{connections} == 3 });
$d->commit('READING', 'flat:2');
$d->commit('READING', ['flat:1', 'flat:2']);
$d->commit('HEARTBEAT_RECEIVED', 'flat:1');
$d->relay(21);
$a = $p->answer;
is($a->{events}[0]{id}, '1-22', 'a waiting poll is answered with its first event');
my @got = map { $_->{id} } @{ $a->{events} };
$a = $d->poll(cursor => $a->{last}, wait => @got == 2 ? 0 : 60)->answer;
is_deeply([@got, map { $_->{id} } @{ $a->{events} }], ['1-22', '1-23'], '… and the next poll goes on');
$a = $both->answer;
is($a->{events}[0]{id}, '1-21', 'another with its own');
is(scalar(grep { $_->{id} eq '1-22' } @{ $a->{events} }) <= 1, 1, '… once, however many topics match');
my @types = map { $_->{type} } @{ $later->answer->{events} };
@types = ('READING', map { $_->{type} } @{ $d->poll(cursor => '1-22', dialect => 's2')->answer->{events} })
	if @types == 1;
is_deeply(\@types, ['READING', 'device-heartbeat'], 'the dialect is spoken');

my $begun = time;
is_deeply($d->poll(cursor => '1-22', topics => 'flat:9', wait => 1)->answer,
	{ events => [], last => '1-23' }, 'with nothing to tell it ends after its wait');
cmp_ok(time - $begun, '>=', 0.99, '… not before');
is_deeply($d->poll(cursor => '1-22', topics => 'flat:9', wait => 0)->answer,
	{ events => [], last => '1-23' }, 'a wait of 0 looks and answers');

for my $cursor ('garbage', '4-4', '1-100') {
	$a = $d->poll(cursor => $cursor, wait => 60)->answer;
	is(join(' ', map { "$_->{type} $_->{id}" } @{ $a->{events} }), 'reset 1-23',
		"a cursor $cursor is told to reset");
	is($a->{last}, '1-23', '… and goes on from the end');
}
is($d->poll(cursor => '1-5', since => 6, wait => 60)->answer->{events}[0]{type}, 'reset',
	'so is one from before the role change');

# Large batches are cut, without a loss.
$d->commit('READING', 'flat:7') for 1 .. 1200;
$d->relay(24);
$d->settled;
my ($last, @all, @sizes) = ('1-23');
do {
	$a = $d->poll(cursor => $last, topics => 'flat:7', wait => 0)->answer;
	push @all, map { $_->{id} } @{ $a->{events} };
	push @sizes, scalar @{ $a->{events} };
	is($a->{last}, $all[-1], 'a cut batch goes on from its last event') if $sizes[-1] == 500;
	$last = $a->{last};
} while ($sizes[-1]);
is_deeply(\@sizes, [500, 500, 200, 0], 'batches of at most 500');
is_deeply(\@all, [map { "1-$_" } 24 .. 1223], '… with everything in order, once');
$d->commit('READING', 'flat:8', { padding => 'x' x 60_000 }) for 1 .. 30;
$d->relay(1224);
$d->settled;
$a = $d->poll(cursor => '1-1223', topics => 'flat:8', wait => 0)->answer;
cmp_ok(scalar @{ $a->{events} }, '<', 30, 'a batch is bounded in bytes too');
is($a->{last}, $a->{events}[-1]{id}, '… and goes on from its last event');

# The far end of a long tape that holds nothing for it.
$d->commit('READING', 'flat:3') for 1 .. 10_000;
$d->commit('READING', 'flat:1');
$d->relay(1254);
$d->settled;
$a = $d->poll(cursor => '1-1223', wait => 60)->answer;
is_deeply([map { $_->{id} } @{ $a->{events} }], ["1-$d->{seq}"], 'an event far behind others is found');

# A client that polls on and on loses and repeats nothing.
my @seen;
$last = $d->position;
for my $n (1 .. 60) {
	my $poll = $d->poll(cursor => $last, wait => 60);
	$d->event('READING', 'flat:1') for 1 .. 3;
	my $answer = $poll->answer;
	push @seen, map { $_->{id} } @{ $answer->{events} };
	$last = $answer->{last};
}
push @seen, map { $_->{id} } @{ $d->poll(cursor => $last)->answer->{events} };
is_deeply(\@seen, [map { "1-$_" } $d->{seq} - 179 .. $d->{seq}], 'polling on and on tells all, once');

$p = $d->poll(cursor => $d->position, wait => 60);
Daemon::wait_for('it waits', sub { $d->stats->{connections} == 1 });
$p->close;
Daemon::wait_for('it is gone when its client is', sub { $d->stats->{connections} == 0 });
pass('a poll whose client left is gone');

# Nothing is known yet.
$d->end('KILL');
$d->{redis}->call('FLUSHALL');
$d->start;
$p = $d->poll(cursor => $d->position($d->{seq} - 1), wait => 60);
is_deeply($d->poll(cursor => '1-50', wait => 0)->answer, { events => [], last => '1-50' },
	'with nothing known a poll keeps its cursor');
$d->relay($d->{seq} - 10);
is_deeply([map { $_->{id} } @{ $p->answer->{events} }], [$d->position], '… and is answered from a tape filled again');

$d->finish;
done_testing;
