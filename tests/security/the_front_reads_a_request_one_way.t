# nginx and what is behind it never disagree about where a request ends: two lengths, odd lengths, folded
# and broken lines are refused and the connection closed; no second request is found inside a first.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Attack;

my $c = client();
my $w = world();
my $token = $w->as('resident101')->token;
my $H = "Host: x\r\n";
my $J = "Content-Type: application/json\r\n";
# What an attacker wants to be taken for a request of its own.
my $HIDDEN = "GET /api/status HTTP/1.1\r\n${H}Connection: close\r\n\r\n";

sub is_refused {
	my ($bytes, $claim) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my @got = answers_to($c, $bytes, 3);
	is(statuses_of(@got), 400, $claim) or diag map { $_->body } @got;
	return unless @got;
	is($got[0]->code, 'bad_request', '… as a problem');
	is($got[0]->header('Connection'), 'close', '… and the connection ends');
}

subtest 'two lengths' => sub {
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}${J}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$HIDDEN", 'CL.TE');
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}${J}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" . sprintf("%x\r\n%s\r\n0\r\n\r\n", length $HIDDEN, $HIDDEN), 'TE.CL');
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}${J}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 'Content-Length twice, though the same');
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}${J}Content-Length: 0\r\nContent-Length: 44\r\n\r\n$HIDDEN", 'twice and different');
	is_refused("POST /api/auth/login HTTP/1.0\r\n${H}${J}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 'chunks in HTTP/1.0');
};

subtest 'lengths that are none' => sub {
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}${J}Content-Length: $_\r\n\r\n{}", "Content-Length: $_")
		for '2, 2', '+2', '-2', '0x2', '2.0', '2e0', '1_0', '2 2', '9223372036854775808', '99999999999999999999999', 'two';
};

subtest 'codings that are none' => sub {
	# 501, which the front tells as 405 of the problem table: this coding is not spoken.
	for my $coding ('xchunked', 'chunked, identity', 'identity', 'gzip, chunked', "chunked\x0b", '"chunked"', 'chunked;q=1') {
		my @got = answers_to($c, "POST /api/auth/login HTTP/1.1\r\n${H}${J}Transfer-Encoding: $coding\r\n\r\n0\r\n\r\n$HIDDEN", 3);
		(my $shown = $coding) =~ s/[^ -~]/?/g;
		ok(@got == 1 && $got[0]->status =~ /^(?:400|405)$/, "Transfer-Encoding: $shown is refused (" . statuses_of(@got) . ')');
		is($got[0]->header('Connection'), 'close', '… and what follows it is not read');
	}
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}${J}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 'chunked twice');
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}${J}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 'a blank before the colon');
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}${J} Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 'a blank before the name');
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 'a folded line');
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}X: y\r\n\tz\r\n\r\n", 'one folded by a tab');
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}X: y\x00z\r\n\r\n", 'a NUL in a value');
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}X: y\rTransfer-Encoding: chunked\r\n\r\n", 'a lone CR in a value');
	is_refused("POST /api/auth/login HTTP/1.1\r\n${H}X[]: y\r\n\r\n$HIDDEN" =~ s/X\[\]/X\x01/r, 'a control character in a name');
};

subtest 'chunks' => sub {
	my $body = '{"email":"nobody@example.test","password":"x"}';
	my $chunked = sub { return "POST /api/auth/login HTTP/1.1\r\n${H}${J}Transfer-Encoding: chunked\r\n\r\n$_[0]" };
	is_refused($chunked->("$_\r\n{}\r\n0\r\n\r\n"), 'a size of ' . s/\W/?/gr) for '-2', 'ffffffffffffffff', '10000000000000000', 'g', ' 2', '0x2', '';
	my @got = answers_to($c, $chunked->(sprintf("%x;ext=\"%s\"\r\n%s\r\n0\r\nX-Trailer: y\r\nAuthorization: Bearer $token\r\n\r\n", length $body, 'y' x 20, $body)) . $HIDDEN, 2);
	is(statuses_of(@got), '401 200', 'extensions and trailers are passed over, and the next request is the next');
	@got = answers_to($c, $chunked->(sprintf("%x\r\n%s\r\n0\r\n\r\n", length $HIDDEN, $HIDDEN)) . $HIDDEN, 2);
	is(statuses_of(@got), '400 200', 'a request inside a chunk is a body that is no JSON') or diag map { $_->body } @got;
	is($got[0]->code, 'malformed_json', '… says the program');
	@got = answers_to($c, $chunked->("5\r\n{}\r\n0\r\n\r\n"), 2);
	ok(@got == 0 || statuses_of(@got) =~ /^4/, 'a chunk shorter than it says does not run on');
};

subtest 'a body where none is expected' => sub {
	my $length = length $HIDDEN;
	for my $row (['GET /health', 'of a program'], ['GET /js/boot.js', 'of a page that never reads it'], ['GET /nowhere', 'of what is not there'],
		['POST /', 'of what takes no POST'], ['POST /api/auth/logout', 'of a call that is refused before it is read'], ['GET /internal/stream', 'of what is internal']) {
		my ($line, $claim) = @$row;
		my @got = answers_to($c, "$line HTTP/1.1\r\n${H}Content-Length: $length\r\n\r\n${HIDDEN}GET /health HTTP/1.1\r\n${H}Connection: close\r\n\r\n", 3);
		ok(@got && @got <= 2 && !grep({ $_->body =~ /"areas"/ } @got), "$claim: it is not the next request (" . statuses_of(@got) . ')');
		is($got[1]->status, 200, '… which is the next') if @got == 2;
	}
};

subtest 'requests one after the other' => sub {
	my $login = "POST /api/auth/login HTTP/1.1\r\n${H}${J}Content-Length: 2\r\n\r\n{}";
	my @got = answers_to($c, $login . "GET /v1/profile/me HTTP/1.1\r\n${H}Authorization: Bearer $token\r\n\r\nGET /v1/profile/me HTTP/1.1\r\n${H}Connection: close\r\n\r\n", 3);
	is(statuses_of(@got), '422 200 401', 'are answered each for itself: credentials do not pass from one to the next');
	like($got[1]->body, qr/@{[$w->user_id('resident101')]}/, 'each its own');
	@got = answers_to($c, "POST /api/auth/login HTTP/1.1\r\n${H}${J}Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", 3);
	is(statuses_of(@got), '422', 'who waits for 100 Continue is told to go on');
};

subtest 'versions of HTTP' => sub {
	my @got = answers_to($c, "GET /health HTTP/2.0\r\n${H}\r\n", 3);
	is(statuses_of(@got), 505, 'one that is not spoken on this connection');
	problem_is($got[0], 505, 'http_version_not_supported', '… is refused as everything is');
	ok($got[0]->header('Content-Security-Policy'), '… with every header');
	for my $line ("GET /health\r\n", "GET /\r\n", "GET /health\n") {
		my ($answer) = answers_to($c, $line, 3);
		unlike($answer ? $answer->body : '', qr/postgres|<html/, 'HTTP/0.9 gets nothing: its answers have no headers');
	}
	@got = answers_to($c, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 3);
	ok(!@got || $got[0]->status =~ /^(?:400|505|0)$/, 'nor does HTTP/2 begin unasked');
	@got = answers_to($c, "GET /health HTTP/1.1\r\n${H}Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n", 3);
	is(statuses_of(@got), 200, 'an upgrade to it is not taken');
	@got = answers_to($c, "GET /api/sse/events HTTP/1.1\r\n${H}Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n", 3);
	is(statuses_of(@got), 401, 'nor one to anything else');
};

subtest 'whom it is for' => sub {
	is_refused("GET /health HTTP/1.1\r\nConnection: close\r\n\r\n", 'no Host');
	is_refused("GET /health HTTP/1.1\r\n${H}Host: y\r\nConnection: close\r\n\r\n", 'two');
	is_refused("GET /health HTTP/1.1\r\nHost: $_\r\nConnection: close\r\n\r\n", "Host: $_") for 'a/b', 'a b', '../x', 'a:b/c';
	is_refused("CONNECT example.com:443 HTTP/1.1\r\n${H}\r\n", 'CONNECT');
	is_refused("GET $_ HTTP/1.1\r\n${H}\r\n", "for $_") for '*', 'example.com', 'file:///etc/passwd', 'http:/health';
	my @got = answers_to($c, "GET http://elsewhere.example/v1/profile/me HTTP/1.1\r\n${H}Authorization: Bearer $token\r\nConnection: close\r\n\r\n", 3);
	is(statuses_of(@got), 200, 'a whole address is this server\'s path (RFC 9112 section 3.2.2): nothing is fetched from elsewhere');
	for my $method ('TRACE', 'TRACK', 'DEBUG', 'PROPFIND', 'get', 'OPTIONS') {
		@got = answers_to($c, "$method /health HTTP/1.1\r\n${H}X-Secret: s3cret\r\nConnection: close\r\n\r\n", 3);
		like(statuses_of(@got), qr/^40[05]$/, "$method is not answered");
		unlike($got[0]->body, qr/s3cret/, '… and echoes nothing');
	}
};

done_testing;
