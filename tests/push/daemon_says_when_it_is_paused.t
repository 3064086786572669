# A page that listens to a quiet stream must know whether quiet means that nothing happens.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Daemon;

my $d = Daemon->new;
$d->event('READING', 'flat:1');
$d->settled;
my $s = $d->stream(cursor => '1-1', topics => 'flat:1');
is($s->next->{message}{type}, 'CONNECTION_ESTABLISHED', 'a stream is open');

$d->{redis}->call('PUBLISH', 'gh:events', '1-1 tick');
my $paused = $s->next;
is($paused->{message}{type}, 'PAUSED', 'a relay that ticked and no longer does: updates are paused');
is($paused->{id}, '1-1', '… at a position that loses nothing');
my $late = $d->stream(cursor => '1-1', topics => 'flat:1');
is_deeply([map { $late->next->{message}{type} } 1 .. 2], ['CONNECTION_ESTABLISHED', 'PAUSED'],
	'a stream opened meanwhile is told too');

$d->{redis}->call('PUBLISH', 'gh:events', '1-1 tick');
is($s->next->{message}{type}, 'RESUMED', 'the relay ticks again: updates go on');
$d->event('READING', 'flat:1');
is($s->next->{message}{id}, '1-2', '… and come');
$d->finish;
done_testing;
