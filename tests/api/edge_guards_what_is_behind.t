# What nginx keeps away from the programs: floods, forged headers, tokens where they do not belong.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use JSON::PP ();

subtest 'the ceiling per address is always on' => sub {
	my $server = server(NGINX_RATE => 5, NGINX_BURST => 400);
	# One connection, nothing waited for: faster than the allowance grows again.
	my $flood = join '', (map { "GET /nope-$_ HTTP/1.1\r\nHost: a\r\n\r\n" } 1 .. 1000),
		"GET /api/sse/events HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
	my @answers = split /(?=HTTP\/1\.1 \d{3} )/, client($server)->raw_text($flood);
	my $stream = pop @answers;
	is(scalar @answers, 1000, 'all were answered');
	is((grep { /^HTTP\/1\.1 404 / } @answers[0 .. 19]), 20, 'a burst passes');
	my ($refused) = grep { /^HTTP\/1\.1 429 / } @answers;
	ok($refused, 'a flood does not') or return;
	like($refused, qr/^Retry-After: 1\r$/m, 'it is told when to come back');
	like($refused, qr/^Content-Type: application\/problem\+json.*"code":"rate_limited"/ms, 'in the form of every refusal');
	like($stream, qr/^HTTP\/1\.1 200 .*^retry: \d{4}$/ms, 'a stream is told by a 200, since an error ends an EventSource for good');
};

subtest 'behind a trusted proxy the client\'s address counts' => sub {
	my $server = server(TRUSTED_PROXIES => '127.0.0.1');
	client($server)->get('/nope', 'X-Forwarded-For' => '198.51.100.7, 127.0.0.1');
	my $logged = wait_until { $server->log_text('access') =~ /"remote":"198\.51\.100\.7"/ } 5;
	ok($logged, 'the address before the proxy');
	my $login = sub {
		return client($server)->post('/api/auth/login',
			{ email => 'resident101@example.com', password => 'resident123', cookie => JSON::PP::true }, @_);
	};
	like($login->('X-Forwarded-Proto' => 'https')->header('Set-Cookie'), qr/; Secure/, 'cookies are Secure if it spoke https');
	unlike($login->()->header('Set-Cookie'), qr/; Secure/, 'and not if it did not');
};

my $world = world();
my $person = $world->as('resident101');

subtest 'an address nobody vouches for is ignored' => sub {
	my $instance = instance();
	$person->get('/nope', 'X-Forwarded-For' => '198.51.100.99');
	my $id = $person->get('/nope-again')->header('X-Request-Id');
	my $logged = wait_until { $instance->log_text('access') =~ /\Q$id\E/ } 5;
	ok($logged, 'the requests are logged');
	unlike($instance->log_text('access'), qr/198\.51\.100\.99/, 'under the address they came from');
};

subtest 'what a client says about streams does not reach the daemon' => sub {
	my $foreign = 'society:' . world()->society_id;
	my $stream = $person->stream('/api/sse/events', 'X-Stream-Topics' => $foreign, 'X-Stream-User' => uuid(),
		'X-Stream-Expires' => 9999999999, 'X-Stream-Since' => 0, 'X-Accel-Redirect' => '/internal/stats');
	my $hello = $stream->wait_for('CONNECTION_ESTABLISHED');
	ok($hello, 'the stream opens');
	is((grep { $_ eq $foreign } @{ $hello->{topics} }), 0, 'without the topic that was asked for by header');
	ok((grep { $_ eq 'flat:' . $world->flat('101') } @{ $hello->{topics} }), 'with the topics that auth found');
	$stream->close;
	problem_is(client()->get("/internal/$_", 'X-Stream-Topics' => $foreign), 404, 'not_found', "/internal/$_ is nobody's")
		for qw(stream poll stats);
};

subtest 'a token in the query opens streams and nothing else' => sub {
	my $token = $person->token;
	problem_is(client()->get("/v1/profile/me?token=$token"), 401, 'unauthenticated', 'a profile');
	problem_is(client()->get("/v1/profile/me?%74oken=$token"), 401, 'unauthenticated', 'however it is written');
	is(client()->stream("/api/sse/events?token=$token")->status, 200, 'a stream');
	is($person->get('/v1/visitors?token=x&limit=1')->status, 200, 'the rest of the query stays');
};

done_testing;
