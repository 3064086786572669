# What is no proper request is refused, and never holds the daemon up.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM SHUT_WR);
use Daemon;

my $d = Daemon->new;
$d->event('READING', 'flat:1');
$d->settled;
sub raw {
	my (@pieces) = @_;
	my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => "$d->{dir}/sse.sock") or die $!;
	$socket->syswrite($_) for @pieces;
	return Daemon::Stream->new($socket);
}
for (
	['no HTTP', "hello\r\n\r\n", 400],
	['a bare line end', "GET /stats HTTP/1.1\nA: b\r\n\r\n", 400],
	['an unknown path', "GET /secret HTTP/1.1\r\n\r\n", 404],
	['another method', "POST /stats HTTP/1.1\r\n\r\n", 405],
	['no fields', "GET /stream HTTP/1.1\r\n\r\n", 400],
	['too long', 'GET /stats HTTP/1.1' . "\r\nA: " . 'a' x 40_000, 431],
	['too many fields', "GET /stats HTTP/1.1\r\n" . "A: b\r\n" x 65 . "\r\n", 400],
) {
	my ($what, $bytes, $status) = @$_;
	my $s = raw($bytes);
	is($s->head->{status}, $status, "$what is $status");
	is($s->head->{'content-type'}, 'application/problem+json', '… a problem');
	is($s->answer->{status}, $status, '… that says so');
}
my %fields = $d->fields;
for my $field (sort grep { !/Topics|Named/ } keys %fields) {
	my %rest = %fields;
	delete $rest{$field};
	is($d->request('/stream', %rest)->head->{status}, 400, "no $field is 400");
}
my $s = $d->request('/stream', %fields, 'X-Stream-Topics' => undef);
is_deeply($s->next->{message}{topics}, [], 'no topics at all is a stream that hears nothing');

# A head in pieces; something behind the head.
my $head = join '', "GET /stream HTTP/1.1\r\n", (map { "$_: $fields{$_}\r\n" } sort keys %fields), "\r\n";
$s = raw(split //, $head);
is($s->next->{message}{type}, 'CONNECTION_ESTABLISHED', 'a head byte by byte is a head');
$s = raw($head . 'x' x 1000, 'more');
is($s->next->{message}{type}, 'CONNECTION_ESTABLISHED', 'what follows a head is nothing');
my $seq = $d->event('READING', 'flat:1');
is($s->next->{id}, "1-$seq", '… and does no harm');

# Half a head and gone; many at once.
my @half = map { raw('GET /str') } 1 .. 200;
is($d->stats->{connections}, 1, 'half a head is no connection');
undef @half;
my $half = raw('GET /stats HTTP/1.1');
shutdown $half->{socket}, SHUT_WR;
is($half->more, 0, 'half a head and an end is closed');

# Malformed events keep their number, concern nobody, and are told in the log.
$d->{redis}->call('XADD', 'gh:tape', ++$d->{seq} . '-0', y => "READ\nING", t => 'flat:1', e => '{}');
$d->{redis}->call('XADD', 'gh:tape', ++$d->{seq} . '-0', 'z', 'z');
$d->{redis}->call('PUBLISH', 'gh:events', 'nonsense');
$seq = $d->commit('READING', 'flat:1', { lines => 'x' });
$d->{events}[-1][3] =~ s/,/,\n/g;
$d->relay($seq);
my $got = $s->next;
is($got->{id}, "1-$seq", 'malformed events are passed over');
unlike($got->{data}, qr/\n/, 'an event of several lines is sent as one');
is($got->{message}{data}{lines}, 'x', '… and means the same');
my $log = $d->log_text('daemon');
like($log, qr/event 3 on the tape is malformed/, 'a malformed event is told in the log');
like($log, qr/published event has no proper id/, '… and so is nonsense');

my ($code) = $d->end('TERM');
is($code, 0, 'the daemon ends well');
unlike($d->log_text('daemon'), qr/Sanitizer|runtime error/, '… and clean');

# Settings and the socket are checked at the start.
$d->{env} = { REDIS_URL => 'http://x' };
$d->start;
waitpid delete $d->{pid}, 0;
isnt($?, 0, 'a bad setting stops it');
like($d->log_text('daemon'), qr/REDIS_URL must be/, '… by name');
my $root = "$FindBin::Bin/../..";
my $program = "$root/build/" . ($ENV{FLAVOUR} || 'release') . '/bin/sse-daemon';
$ENV{JWT_SECRET} = 'x' x 32;
like(`$program --version`, qr/^\S+\n\z/, '--version');
like(`$program --settings`, qr/"STREAM_RETENTION"/, '--settings');
is(`$program --routes`, "[]\n", '--routes: they are those of auth');
is(system("$program --check"), 0, '--check');
isnt(system("$program --nonsense 2>/dev/null"), 0, 'nothing else');
isnt(system("$program </dev/null 2>/dev/null"), 0, 'fd 0 must be a listening socket');
done_testing;
