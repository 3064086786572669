# A restored database or a promoted replica begins another epoch: numbers mean something else from then
# on, so everyone is reset, once, and goes on in the new one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Daemon;

my $d = Daemon->new;
$d->event('READING', 'flat:1') for 1 .. 20;
my ($user, $session) = (Daemon::uuid(), Daemon::uuid());
my $s = $d->stream(user => $user, session => $session);
$s->next;
my $poll = $d->poll(cursor => '1-20', wait => 60);
my $fresh = $d->stream(as_of => '2-15');
is($fresh->next->{id}, '2-15', 'authorized in the next epoch already: it waits for it');
$d->settled;

# The relay begins the tape of the next epoch: numbers from what was restored on.
sub begin_epoch {
	my ($epoch, $seq) = @_;
	$d->{epoch} = $epoch;
	$d->{seq} = $seq;
	$d->{events} = [];
	$d->{redis}->call('DEL', 'gh:tape');
	$d->{redis}->call('SET', 'gh:epoch', $epoch);
}
begin_epoch(2, 15);
my $reset = $s->next;
is($reset->{message}{type}, 'reset', 'an open stream is reset');
like($reset->{id}, qr/^2-/, '… to the new epoch');
my $answer = $poll->answer;
is($answer->{events}[0]{type}, 'reset', 'a poll is answered with a reset');
is(scalar @{ $answer->{events} }, 1, '… and nothing else');
like($answer->{last}, qr/^2-/, '… and goes on in the new epoch');

$d->event('READING', 'flat:1') for 1 .. 5;
is_deeply([$s->ids(5)], [map { "2-$_" } 16 .. 20], 'events of the new epoch follow, without another reset');
is_deeply([$fresh->ids(5)], [map { "2-$_" } 16 .. 20], '… also for one who was there before');
my $old = $d->stream(cursor => '1-20');
$old->next;
is($old->next->{message}{type}, 'reset', 'a cursor of the old epoch is reset');
is($old->last_id, '2-20', '… to the end');

# A revocation in the new epoch cannot be compared with an authorization in the old one.
$d->event('control', 'control', { revoke => 'user', user => $user });
my @end = $s->rest;
is($end[-1]{message}{type}, 'DRAINING', 'a doubtful revocation sends the client to be authorized again');

# Another epoch with a full tape at once, and with smaller numbers.
$s = $d->stream;
$s->next;
$d->{redis}->send('MULTI');
$d->{redis}->send('DEL', 'gh:tape');
$d->{redis}->send('SET', 'gh:epoch', 3);
$d->{redis}->send('XADD', 'gh:tape', "$_-0", y => 'READING', t => 'flat:1', e => "{\"id\":\"3-$_\"}") for 5 .. 9;
$d->{redis}->call('EXEC');
@$d{qw(epoch seq)} = (3, 9);
is($s->next->{message}{type}, 'reset', 'a full tape of another epoch is a reset');
is($s->last_id, '3-9', '… to its end, once it is read');
$d->event('READING', 'flat:1');
is_deeply([$s->ids(1)], ['3-10'], '… and on from there');

# The relay fills the tape of a new epoch from the oldest event on: nobody is told the past as news.
$s = $d->stream;
$s->next;
begin_epoch(4, 0);
sub past {
	my ($seconds) = @_;
	my $seq = $d->commit('READING', 'flat:1');
	my $at = POSIX::strftime('%Y-%m-%dT%H:%M:%S.000Z', gmtime(time - $seconds));
	$d->{events}[-1][3] =~ s/"at":"[^"]*"/"at":"$at"/;
	$d->relay($seq);
}
past(3600 - $_) for 1 .. 300;
Daemon::wait_for('part of it was read', sub { $d->stats->{last} eq '4-300' });
is($d->stats->{settled} ? 1 : 0, 0, 'part of the past is not the end of the tape');
past(3000 - $_) for 1 .. 300;
past(1);
$reset = $s->next;
is($reset->{message}{type}, 'reset', 'a tape that is filled with the past is waited for');
is($reset->{id}, '4-601', '… to the present');
$d->event('READING', 'flat:1');
is_deeply([$s->ids(1)], ['4-602'], '… and only then it goes on');

$d->finish;
done_testing;
