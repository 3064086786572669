# What nginx does by itself: headers on every answer, refusals as problem documents, CORS, pages.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $c = client(server(ALLOWED_ORIGINS => 'https://app.example.com,http://localhost:5173'));
tolerate('5xx');
my @HELMET = qw(Content-Security-Policy Cross-Origin-Opener-Policy Cross-Origin-Resource-Policy
	Origin-Agent-Cluster Referrer-Policy Strict-Transport-Security X-Content-Type-Options
	X-DNS-Prefetch-Control X-Download-Options X-Frame-Options X-Permitted-Cross-Domain-Policies
	X-XSS-Protection);

sub carries_headers {
	my ($answer, $what) = @_;
	my @missing = grep { !defined $answer->header($_) } @HELMET, 'X-Request-Id';
	push @missing, 'Vary: Origin' unless ($answer->header('Vary') // '') =~ /\bOrigin\b/;
	push @missing, 'one of each' if grep { ref $answer->headers->{ lc $_ } } @HELMET, 'X-Request-Id';
	is("@missing", '', "$what carries the security headers and a request id");
}

subtest 'every answer carries the headers' => sub {
	carries_headers($c->get('/health'), 'a program\'s answer');
	carries_headers($c->get('/'), 'a page');
	carries_headers($c->get('/there-is-no-such-page'), 'a missing page');
	carries_headers($c->get('/v1/there-is-no-such-path'), 'a missing path of the API');
	carries_headers($c->post('/'), 'a refused method');
	carries_headers($c->raw("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 'a malformed request');
};

subtest 'refusals are problem documents' => sub {
	problem_is($c->post('/', {}), 405, 'method_not_allowed', 'a page takes no POST');
	problem_is($c->post('/api/auth/login', 'x' x 70_000), 413, 'payload_too_large', 'a body over 64 KiB');
	problem_is($c->get('/v1/visitors?q=' . 'x' x 9000), 414, 'uri_too_long', 'an address over 8 KiB');
	problem_is($c->get('/health', 'X-Long' => 'x' x 9000), 431, 'header_fields_too_large', 'a header over 8 KiB');
	problem_is($c->get('/there-is-no-such-page'), 404, 'not_found', 'a missing page');
	problem_is($c->get('/internal/stream'), 404, 'not_found', 'what is internal');
	problem_is($c->get('/.git/config'), 404, 'not_found', 'a hidden file');
	problem_is($c->get('/package.json'), 404, 'not_found', 'how the pages are made');
	problem_is($c->raw("GET /\tb HTTP/1.1\r\nHost: a\r\n\r\n"), 400, 'bad_request', 'a malformed request line');
};

subtest 'the request id' => sub {
	my $id = uuid();
	is($c->get('/nope', 'X-Request-Id' => $id)->header('X-Request-Id'), $id, 'nginx keeps the client\'s UUID');
	is($c->get('/health', 'X-Request-Id' => $id)->header('X-Request-Id'), $id, 'so does a program');
	my $made = $c->get('/nope', 'X-Request-Id' => 'not-a-uuid')->header('X-Request-Id');
	like($made, qr/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/, 'anything else is replaced by one');
};

subtest 'CORS is for the origins of ALLOWED_ORIGINS, byte by byte' => sub {
	my %preflight = ('Access-Control-Request-Method' => 'POST');
	my $yes = $c->request(OPTIONS => '/v1/visitors', undef, Origin => 'https://app.example.com', %preflight);
	is($yes->status, 204, 'a preflight is answered');
	is($yes->header('Access-Control-Allow-Origin'), 'https://app.example.com', 'with the origin');
	like($yes->header('Access-Control-Allow-Methods'), qr/\bPATCH\b/, 'with the methods');
	like($yes->header('Access-Control-Allow-Headers'), qr/\b$_\b/i, "with $_")
		for qw(Authorization Content-Type Idempotency-Key X-Request-Id X-CSRF-Token x-device-key If-None-Match Last-Event-ID);
	for my $origin ('https://app.example.com.evil.net', 'https://APP.example.com', 'https://appxexample.com', 'null') {
		my $no = $c->request(OPTIONS => '/v1/visitors', undef, Origin => $origin, %preflight);
		is($no->header('Access-Control-Allow-Origin'), undef, "$origin is not allowed");
		is($no->header('Access-Control-Allow-Methods'), undef, 'and learns no methods');
	}
	my $get = $c->get('/health', Origin => 'http://localhost:5173');
	is($get->header('Access-Control-Allow-Origin'), 'http://localhost:5173', 'an answer has the origin too');
	like($get->header('Access-Control-Expose-Headers'), qr/\bIdempotent-Replay\b/, 'and what a script may read');
	is($c->get('/health')->header('Access-Control-Allow-Origin'), undef, 'without an origin there is none');
};

subtest 'pages' => sub {
	my $page = $c->get('/');
	is($page->status, 200, 'the sign-in page is there');
	is($page->type, 'text/html', 'as HTML');
	is($page->header('Cache-Control'), 'no-cache', 'asked for again each time');
	is($c->get('/', 'If-None-Match' => $page->header('ETag'))->status, 304, 'and mostly not sent again');
	is($c->get('/gate')->status, 301, 'a folder without its slash is redirected');
	is($c->get('/gate')->header('Location'), '/gate/', 'on the same host and port, whatever they are called');
	unlike($page->header('Server') // '', qr/\d/, 'the version of the server is nobody\'s business');
};

done_testing;
