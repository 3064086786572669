# An event on the tape reaches the streams that listen to one of its topics: once, in order.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Daemon;

my $d = Daemon->new;
$d->event('SYSTEM_STATE', 'customer:9', { armed => JSON::PP::true() });
$d->settled;

my $s = $d->stream(topics => 'flat:1,society:2', request_id => '018f0000-0000-7000-8000-000000000001');
is($s->head->{status}, 200, 'a stream is answered');
is($s->head->{'content-type'}, 'text/event-stream; charset=utf-8', '… as text/event-stream');
is($s->head->{'cache-control'}, 'no-store', '… not to be stored');
is($s->head->{'x-accel-buffering'}, 'no', '… nor buffered');
is($s->head->{'x-request-id'}, '018f0000-0000-7000-8000-000000000001', '… with the request id');

my $first = $s->next;
is($first->{message}{type}, 'CONNECTION_ESTABLISHED', 'the first message');
is($first->{id}, '1-1', '… carries the position');
is_deeply($first->{message}{topics}, ['flat:1', 'society:2'], '… and the topics');
like($first->{message}{at}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, '… and the time');
is_deeply($first->{message}{data}, {}, '… and nothing else');
cmp_ok($first->{retry}, '>=', 500, 'retry is spread from 500 ms');
cmp_ok($first->{retry}, '<=', 2500, '… to 2500 ms');

my $seq = $d->event('visitor_request', ['flat:1', 'society:2'], { visitor_name => 'Asha "A" रॉय' });
my $got = $s->next;
is($got->{id}, "1-$seq", 'an event comes with its id');
ok(!exists $got->{event}, '… unnamed');
is($got->{data}, $d->{events}[-1][3], '… and exactly as it is on the tape');

$d->event('visitor_request', 'flat:other');
$d->event('visitor_expected', $_ % 2 ? 'flat:1' : ['society:2', 'flat:1']) for 1 .. 500;
is_deeply([$s->ids(500)], [map { "1-$_" } 4 .. 503], '500 events in order, each once, no one else\'s');

my $named = $d->stream(named => 1);
is($named->next->{event}, 'CONNECTION_ESTABLISHED', 'with named=1 messages have a name');
my $s2 = $d->stream(named => 1, dialect => 's2');
$s2->next;
$d->event('HEARTBEAT_RECEIVED', 'flat:1', { type => 'x' });
is($named->next->{event}, 'HEARTBEAT_RECEIVED', '… events too');
$got = $s2->next;
is($got->{event}, 'device-heartbeat', 'dialect s2 has the names of S2');
is($got->{message}{type}, 'device-heartbeat', '… in the message too');
is_deeply($got->{message}{data}, { type => 'x' }, '… and nowhere else');

$d->finish;
done_testing;
