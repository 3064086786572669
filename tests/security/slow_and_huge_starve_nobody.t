# Whoever sends slowly, endlessly or too much takes nothing from the others: hundreds of half-open requests
# hold no program, are ended in time, and what is oversized is refused before it costs much.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Attack;
use IO::Select;
use Socket qw(SOL_SOCKET SO_RCVBUF);
use Time::HiRes qw(time sleep);

my $w = world();
my $c = client();
my $me = $w->as('resident101');
my $bearer = 'Authorization: Bearer ' . $me->token;
my $HEAD = "POST /v1/visitors HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n$bearer\r\n";
sub opened { my ($n, $bytes) = @_; return map { my $s = $c->socket; $s->autoflush(1); print $s $bytes; $s } 1 .. $n }
# The slowest of some calls by others, in seconds.
sub slowest {
	my $most = 0;
	for my $i (1 .. 12) {
		my $began = time;
		my $answer = $i % 3 ? $me->get('/v1/visitors?limit=1') : $c->get('/health');
		return 99 if $answer->status != 200;
		$most = time - $began if time - $began > $most;
	}
	return $most;
}
sub ended { my ($seconds, @sockets) = @_;
	my ($select, $end, $n) = (IO::Select->new(@sockets), time + $seconds, 0);
	while ($select->count && time < $end) {
		for my $socket ($select->can_read(0.5)) {
			next if sysread $socket, my $got, 65536;
			$select->remove($socket);
			$n++;
		}
	}
	return $n;
}

subtest 'three hundred who never come to the point' => sub {
	my $quiet = slowest();
	my @heads = opened(200, "GET /health HTTP/1.1\r\nHost: x\r\nX-A: b\r\n");
	my @bodies = opened(100, "${HEAD}Content-Length: 1000\r\n\r\n{");
	my @chunks = opened(50, "${HEAD}Transfer-Encoding: chunked\r\n\r\n3e8\r\n{");
	my @silent = opened(100, '');
	my $began = time;
	cmp_ok(slowest(), '<', 2 + 3 * $quiet, 'others are served meanwhile');
	# Another line now and then does not buy more time: the header has ten seconds as a whole.
	for (1 .. 3) {
		sleep 2;
		print {$_} "X-B: c\r\n" for grep { $_->connected } @heads;
	}
	cmp_ok(slowest(), '<', 2 + 3 * $quiet, 'and still are');
	is(ended(15, @heads), 200, 'slow headers are ended');
	cmp_ok(time - $began, '<', 25, '… in time');
	is(ended(20, @bodies, @chunks), 150, 'bodies that do not come too');
	close $_ for @silent;
};

subtest 'who reads slowly' => sub {
	my @readers = map { my $s = $c->socket; setsockopt $s, SOL_SOCKET, SO_RCVBUF, 2048; $s->autoflush(1); print $s "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" x 4; $s } 1 .. 60;
	cmp_ok(slowest(), '<', 3, 'holds nobody up');
	close $_ for @readers;
};

subtest 'too much' => sub {
	my $flat = $w->flat('101');
	my $long = 'x' x 60_000;
	my $fields = '{' . join(',', map { qq("f$_":1) } 1 .. 6000) . '}';
	my @rows = (
		['a name of 60,000 letters', json_of({ flat_id => $flat, visitor_name => $long }), 422],
		['6,000 unknown fields', $fields, 422],
		['an array of 20,000', '{"flat_id":[' . join(',', (1) x 20_000) . ']}', 422],
		['nested 30,000 deep', '{"a":' . '[' x 30_000 . ']' x 30_000 . '}', 400],
		['nested and never closed', '[' x 60_000, 400],
		['a number of 60,000 digits', '{"party_size":' . '9' x 60_000 . '}', 4],
		['an exponent that is', '{"party_size":1e' . '9' x 50 . '}', 4],
		['blanks', ' ' x 60_000 . '{}', 422],
		['escapes', '{"visitor_name":"' . '\\u0041' x 10_000 . '"}', 422],
		['backslashes', '{"visitor_name":"' . '\\\\' x 30_000 . '"}', 422],
		['one byte too many', '{}' . ' ' x 65_535, 413],
	);
	for my $row (@rows) {
		my ($what, $body, $status) = @$row;
		my $began = time;
		my $answer = $me->post('/v1/visitors', $body);
		like($answer->status, qr/^$status/, $what);
		cmp_ok(time - $began, '<', 3, '… is refused at once');
	}
	# The answer was made anew with each bad field: 6,000 took four seconds and a gigabyte.
	for my $case (['POST', '/api/auth/refresh', $fields, 'nobody needs to sign in for that'], ['GET', '/health?' . join('&', map { "f$_=1" } 1 .. 1000), undef, 'nor for as many parameters']) {
		my ($method, $path, $body, $claim) = @$case;
		my $began = time;
		my $answer = $c->request($method, $path, $body);
		is($answer->status, 422, $claim);
		cmp_ok(time - $began, '<', 1.5, '… the answer is there at once');
		cmp_ok(length $answer->body, '<', 16_000, '… and is short');
	}
	my $zipped = "\x1f\x8b\x08\x00" . "\x00" x 60;
	like($me->post('/v1/visitors', $zipped, 'Content-Encoding' => 'gzip')->status, qr/^4(?:00|15)$/, 'what is compressed is not blown up');
	my @calls = (
		['a query of 1,000 parameters', sub { $me->get('/v1/visitors?' . join '&', ('limit=1') x 700) }, 422],
		['a search of 7,000 letters', sub { $me->get('/v1/visitors?q=' . 'x' x 7000) }, 422],
		['wildcards', sub { $me->get('/v1/visitors?q=' . '%25_' x 20) }, 200],
		['a path of 7,000 segments', sub { $me->get('/v1' . '/a' x 3500) }, 404],
		['topics', sub { $me->get('/api/events/poll?wait=0&topics=' . join ',', ('user:' . $w->user_id('resident101')) x 90) }, 2],
		['more topics', sub { $me->get('/api/events/poll?wait=0&topics=' . 'x,' x 2500) }, 4],
		['a position', sub { $me->get('/api/events/poll?wait=0', 'Last-Event-ID' => '9' x 5000) }, '(?:200|4)'],
		['a cookie of 7,000 letters', sub { $c->get('/v1/profile/me', Cookie => 'gh_access=' . 'x' x 7000) }, 401],
		['2,000 cookies', sub { $c->get('/v1/profile/me', Cookie => join '; ', map { "c$_=1" } 1 .. 700) }, 401],
		['a token of 7,000 letters', sub { $c->get('/v1/profile/me', Authorization => 'Bearer ' . 'x' x 7000) }, 401],
		['300 headers', sub { (answers_to($c, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" . join('', map { "X-$_: " . 'y' x 200 . "\r\n" } 1 .. 300) . "\r\n", 5))[0] }, 431],
		['an X-Request-Id of 5,000 letters', sub { $c->get('/health', 'X-Request-Id' => 'a' x 5000) }, 200],
		['an ETag of 7,000 letters', sub { $me->get('/v1/visitors', 'If-None-Match' => '"x", ' x 1400) }, 200],
		['an Idempotency-Key of 5,000 letters', sub { $me->post('/v1/visitors', { flat_id => $flat, visitor_name => 'X' }, 'Idempotency-Key' => 'k' x 5000) }, 422],
		['a password of 60,000 letters', sub { $c->post('/api/auth/login', { email => 'x@example.test', password => $long }) }, 422],
	);
	for my $call (@calls) {
		my ($what, $do, $status) = @$call;
		my $began = time;
		my $answer = $do->();
		like($answer->status, qr/^$status/, $what);
		cmp_ok(time - $began, '<', 3, '… costs little');
	}
	like($me->get('/v1/visitors')->header('Content-Length'), qr/^\d+$/, 'and all goes on');
};

subtest 'a page of a list is never all of it' => sub {
	problem_is($me->get("/v1/visitors?limit=$_"), 422, 'validation_failed', "limit=$_") for 0, -1, 101, 1e9, 'all', '100.5', '1e2', '0x10', '%2b1';
	cmp_ok(scalar @{ $w->as('admin')->get('/v1/visitors')->data }, '<=', 25, 'without a limit it has 25 at most, for an admin too');
};

done_testing;
