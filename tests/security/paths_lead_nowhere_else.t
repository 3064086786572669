# A path is one of the route table's or a page's, as it is written there. Nothing in it or beside it leads to
# what is internal, to files that are no page, or to somebody else's answer; nothing given comes back as a
# header of its own.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Attack;

my $c = client();
my ($w, $other) = (world(), world());
my $me = $w->as('resident101');
my $bearer = 'Authorization: Bearer ' . $me->token;
sub ask { my ($line, @headers) = @_; return (answers_to($c, join("\r\n", "$line HTTP/1.1", 'Host: x', 'Connection: close', @headers, '', ''), 5))[0] }

subtest 'what is internal is nobody\'s' => sub {
	my @spellings = ('/internal/stream', '/internal/poll', '/internal/stats', '/internal//stream', '//internal/stream', '/internal/stream/', '/./internal/stream', '/x/../internal/stream',
		'/v1/../internal/stats', '/v1/%2e%2e/internal/stats', '/%69nternal/stats', '/%2finternal/stats', '/internal%2fstats', '/INTERNAL/stats', '/internal/stats%20', '/internal/stats;x',
		'/internal/stats?x', 'http://x/internal/stats', '/.stream/retry', '/.problem/404', '/%2eproblem/404', '/.problem/../internal/stats', '/api/sse/%2e%2e/%2e%2e/internal/stats');
	for my $path (@spellings) {
		my $answer = ask("GET $path", $bearer, 'X-Stream-Topics: society:' . $other->society_id, 'X-Stream-User: ' . $other->user_id('resident101'), 'X-Accel-Redirect: /internal/stats');
		is($answer->status, 404, $path);
		unlike($answer->body, qr/connections|retry:/, '… shows nothing');
	}
};

subtest 'headers that only we set do nothing' => sub {
	for my $header ('X-Accel-Redirect: /internal/stats', 'X-Accel-Redirect: /../../etc/passwd', 'X-Sendfile: /etc/passwd', 'X-Original-URL: /api/users/users', 'X-Rewrite-URL: /api/users/users',
		'X-Forwarded-Host: evil.example', 'X-Forwarded-Prefix: /admin', 'X-Real-IP: 127.0.0.1', 'X-User: ' . $w->user_id('admin'), 'X-Remote-User: admin', 'REMOTE_USER: admin',
		'X-Forwarded-User: admin', 'Proxy: http://127.0.0.1:1', 'Script-Name: /x', 'Https: on', 'X-Original-Method: DELETE') {
		my $answer = ask('GET /v1/profile/me', $bearer, $header);
		is($answer->status == 200 && $answer->json->{id}, $w->user_id('resident101'), $header);
	}
	is(ask('GET /api/users/users', $bearer, 'X-User: ' . $w->user_id('admin'), 'X-Forwarded-User: admin')->status, 403, 'nobody becomes an admin by saying so');
	my $made = ask('GET /v1/visitors', $bearer, 'X-Forwarded-Host: evil.example');
	unlike($made->body, qr/evil/, 'links are not made of X-Forwarded-Host');
};

subtest 'other spellings of a route are no route' => sub {
	for my $path ('/v1//profile/me', '/v1/profile//me', '/v1/profile/me/', '/v1/profile/me//', '/v1/./profile/me', '/v1/x/../profile/me', '/v1/profile/%6de', '/v1%2fprofile/me', '/v1/profile/me%2f', '/v1/profile/me.',
		'/v1/profile/me;x=y', '/v1/profile/me.json', '/V1/profile/me', '/v1/PROFILE/me', '/v1/profile/me%20', '/v1/profile/%2e/me', '/v1/profile/me%3f', '/v1/profile/me%23', '/v1/profile/me\\', '/v1\\profile\\me') {
		my $answer = ask("GET $path", $bearer);
		is($answer->status, 404, $path);
	}
	is(ask("GET /v1/profile/me$_", $bearer)->status, 400, "a NUL or half an escape: $_") for '%00', '%', '%g0', '%0', '%2';
	is(ask("GET /v1/visitors/$_", $bearer)->status, 404, "in place of an id: $_") for '..', '%2e%2e', '..%2f..%2finternal%2fstats', '%2fetc%2fpasswd', '%0d%0aX:y', '*', '@', '-1', 'me', '%c0%ae%c0%ae', '%ff', 'x' x 3000;
};

subtest 'files that are no page' => sub {
	for my $path ('/../etc/passwd', '/../../../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc/passwd', '/js/../../Makefile', '/js/..%2f..%2fMakefile', '/js/..%5c..%5cMakefile', '/js/%252e%252e/%252e%252e/Makefile',
		'/.git/config', '/.git/HEAD', '/js/.git', '/.env', '/.well-known/../.git/HEAD', '/package.json', '/package-lock.json', '/vendor/../package.json', '/vendor/..%2fpackage.json', '/vendor.mjs', '/node_modules/', '/node_modules/.installed',
		'/node_modules/../package.json', '/index.html~', '/index.html.bak', '/index.html/', '/index.html%20', '/index.html::$DATA', '/js/', '/css/', '/vendor/', '/var/gatehouse.env', '/gatehouse.env', '/js/boot.js%00.html',
		'/vendor/../../var/demo.json', '/js/boot.js/..', '/nginx.conf', '/server-status', '/nginx_status', '/phpinfo.php', '/cgi-bin/test') {
		my $answer = ask("GET $path");
		like($answer->status, qr/^40[04]$/, $path);
		unlike($answer->body, qr/root:|JWT_SECRET|\[core\]|"scripts"|"dependencies"|CFLAGS/, '… shows nothing');
	}
	is(ask($_ . ' /index.html')->status, 405, "$_ changes no page") for qw(PUT DELETE PATCH MKCOL MOVE COPY);
	for my $path ('//evil.example', '//evil.example/%2e%2e', '//evil.example/gate', '/\\evil.example/gate', '/%5cevil.example/gate', '/gate', '//gate', '/home', '/docs', '/js') {
		my $location = ask("GET $path", 'Host: x')->header('Location') // ask("GET $path")->header('Location') // '';
		unlike($location, qr{^(?://|/\\|[a-z]+:)}i, "$path sends nobody elsewhere" . (length $location ? " ($location)" : ''));
	}
};

# What is echoed, with an attempt to begin a line of its own. A proper client cannot send the bytes, so
# they come encoded as well.
subtest 'nothing given ends a header' => sub {
	my @breaks = ("\r\nX-Injected: 1", "\nX-Injected: 1", "\rX-Injected: 1", "%0d%0aX-Injected:%201", "%0aX-Injected:%201", "\xe5\x98\x8a\xe5\x98\x8dX-Injected: 1", "\xc4\x8d\xc4\x8aX-Injected: 1");
	my $injected = sub { my ($answer) = @_; return $answer && (defined $answer->header('X-Injected') || $answer->body =~ /^X-Injected/m) };
	$me->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => "Guest $_" }) for 1 .. 2;
	my $id = $me->get('/v1/visitors?limit=1')->data->[0]{id};
	for my $break (@breaks) {
		(my $shown = $break) =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;
		my $encoded = $break =~ /%/ ? $break : $break =~ s/([^A-Za-z0-9%])/sprintf '%%%02x', ord $1/ger;
		# In a header a line break ends it for good: what follows is a header of the request, and only of that.
		my @found = grep { $injected->(ask("GET /v1/visitors/$id", $bearer, $_)) } map { "$_$break" } 'X-Request-Id: ' . uuid(), 'Origin: https://app.example.com', 'If-None-Match: x', 'Last-Event-ID: 1-1', 'User-Agent: x';
		push @found, grep { $injected->(ask($_, $bearer)) } "GET /v1/visitors?limit=1&q=Guest$encoded", "GET /v1/visitors?limit=1&flat_id=" . $w->flat('101') . "&cursor=$encoded", "GET /v1/visitors/$encoded", "GET /api/events/poll?wait=0&since=1-1$encoded",
			"GET /api/events/poll?wait=0&topics=user:$encoded", "GET /api/sse/events?last_event_id=1-1$encoded&topics=x", "GET /gate$encoded", "GET /i/$encoded", "GET /metrics/endpoint/GET/$encoded";
		push @found, 'Host' if $injected->((answers_to($c, "GET /v1/visitors/$id HTTP/1.1\r\nHost: x$break\r\nConnection: close\r\n$bearer\r\n\r\n", 5))[0]);
		is_deeply(\@found, [], $shown);
	}
	my $list = ask('GET /v1/visitors?limit=1&q=G<u>;rel="x"', $bearer);
	is($list->status, 200, 'what ends the address of a Link header');
	$list = ask("GET /v1/visitors?limit=1&status=accepted&q=Guest&&$_", $bearer) for '%3e%22';
	my $link = ask('GET /v1/visitors?limit=1&q=uest+', $bearer)->header('Link');
	like($link, qr{^</v1/visitors\?limit=1&q=uest\+&cursor=[\w-]+>; rel="next"$}, 'a list links to its next page');
	my $odd = $me->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'a>b"c' }) && $me->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'a>b"c' });
	is(ask('GET /v1/visitors?limit=1&q=a>b"c', $bearer)->header('Link') =~ tr/<>"//, 4, 'which nothing in the query ends: it is encoded there');
};

subtest 'a Host that is none makes no link' => sub {
	for my $host ('a"b', 'a<b>', "a'b", 'a&b', "\xff\xfe", 'a`b', 'x' x 300) {
		my ($answer) = answers_to($c, "GET /v1/visitors?limit=1 HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n$bearer\r\n\r\n", 5);
		(my $shown = substr $host, 0, 10) =~ s/[^ -~]/?/g;
		like($answer->status, qr/^(?:200|400)$/, "Host: $shown") or next;
		next if $answer->status != 200 || $host =~ /^x+$/;
		like($answer->data->[0]{invite_url}, qr{^http://localhost/i/}, '… is not repeated');
	}
};

subtest 'what a client says of itself is text' => sub {
	for my $agent ("\xff\xfe\x80", "caf\xc3", "\xc3\xa9" x 150, "\xed\xa0\x80", 'x' x 5000, "\x7f\x1b[31m") {
		my $body = json_of({ email => $w->email('resident101'), password => $w->password('resident101') });
		my ($answer) = answers_to($c, "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nUser-Agent: $agent\r\nContent-Length: " . length($body) . "\r\n\r\n$body", 5);
		(my $shown = substr $agent, 0, 12) =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;
		is($answer->status, $agent =~ /[\x00-\x08\x0b\x1b\x7f]/ ? $answer->status : 200, "User-Agent: $shown …");
		isnt($answer->status, 500, '… is no fault of ours');
	}
	my $list = $me->get('/api/auth/sessions?limit=100');
	is($list->status, 200, 'and can be listed');
	cmp_ok(length $_->{userAgent}, '<=', 200, 'short') for (sort { length $b->{userAgent} <=> length $a->{userAgent} } @{ $list->data })[0];
};

done_testing;
