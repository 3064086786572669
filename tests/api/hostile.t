# What no proper client sends: malformed, huge, deep, non-UTF-8 and NUL-laden bodies; wrong types and
# bounds of every field of every route, from --routes; forged and stale tokens; header and query garbage.
# Each gets the right problem, nothing is stored, nothing crashes.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Example;
use Gatehouse::Gate;
use Gatehouse::Routes;
use Gatehouse::Tables;
use Digest::SHA qw(hmac_sha256 sha256_hex);
use MIME::Base64 qw(encode_base64);

my $server = server();
my $w = world($server);
$w->as($_) for qw(admin guard resident101 manager);
my @routes = Gatehouse::Routes->all;

# Who may call a route: an admin, unless it needs nobody.
sub caller_of { my ($route) = @_; return (grep { $_ eq 'anyone' } $route->who) ? client($server) : $w->as('admin') }
# Requests that would succeed but for what is done to them, made once.
my %example = map { ($_->name => [Gatehouse::Example::request($_, $w, 'admin')]) } @routes;
my @with_body = grep { $_->fields('body') } @routes;
# A worker may number events and look after itself meanwhile; the counts of failures are meant.
sub stored { my $is = digests($server); delete @$is{qw(login_failures events)}; return $is }
my $at_first = stored();
sub nothing_stored { my ($claim) = @_; is_deeply([changed($at_first, stored())], [], $claim // 'nothing is stored') }
# Faults of an answer as one of several problems: [status, code]…
sub unlike_all {
	my ($answer, @meant) = @_;
	for (@meant) { return () unless $answer->problem_faults(@$_) }
	return $answer->summary . ' ' . substr $answer->body, 0, 200;
}

subtest 'bodies that are none' => sub {
	my @malformed = ('{', '}', '{]', '{"a":}', '{"a" 1}', '{a:1}', "\0", "{\"a\":\"\0\"}", '{"a":"\u0000"}', '{"a":"\ud800"}', '{"a":"\udc00\ud800"}',
		"\xef\xbb\xbf{}", "{\"a\":\"\xff\"}", "{\"a\":\"\xc0\xaf\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"\xff\":1}", '{"a":1e999}', '{"a":' . '9' x 400 . '}',
		'{"a":1}x', '{"a":1}' . "\0", '{"a":' x 33 . '1' . '}' x 33, '[' x 20000, '{"a":' . '[' x 5000 . ']' x 5000 . '}', '"' x 1000, '\\' x 1000, 'nan', 'Infinity',
		'{"a":"\x"}', '{"a":"\u12"}', "{\"a\":\"\n\"}", '{"a":1,"a":2}', '<xml/>', 'a=1&b=2');
	for my $route (@with_body) {
		my ($path) = @{ $example{ $route->name } };
		my @wrong = map { unlike_all(caller_of($route)->request($route->method, $path, $_), [400, 'malformed_json']) } @malformed;
		is_deeply(\@wrong, [], $route->name);
	}
	nothing_stored();
};

subtest 'other JSON than an object' => sub {
	for my $route (@with_body) {
		my ($path) = @{ $example{ $route->name } };
		my @wrong = map { unlike_all(caller_of($route)->request($route->method, $path, $_), [422, 'validation_failed']) }
			'[]', '[{}]', '"x"', '0', 'true', 'null', '[' x 30 . ']' x 30;
		is_deeply(\@wrong, [], $route->name);
	}
	nothing_stored();
};

subtest 'huge bodies' => sub {
	for my $route (@with_body) {
		my ($path) = @{ $example{ $route->name } };
		my $answer = caller_of($route)->request($route->method, $path, '{"a":"' . 'x' x 200_000 . '"}');
		problem_is($answer, 413, 'payload_too_large', $route->name);
	}
	my ($path, $body) = @{ $example{'POST /v1/visitors'} };
	my $many = json_of({ map { ("field$_" => $_) } 1 .. 3000 });
	my $answer = $w->as('admin')->post('/v1/visitors', $many);
	problem_is($answer, 422, 'validation_failed', 'thousands of unknown fields');
	nothing_stored();
};

# Values that a field does not take, by its type: a list of [what, value].
sub wrong_values {
	my ($field) = @_;
	my ($type, $min, $max) = @$field{qw(type min max)};
	my @wrong = (['an object', {}], ['an object with something', { a => 1 }]);
	push @wrong, ['a list', []], ['a list of texts', ['x']] if $type ne 'uuids';
	push @wrong, ['a number', 7] unless $type =~ /^(?:int|number)$/;
	push @wrong, ['true', JSON::PP::true()] unless $type eq 'bool';
	push @wrong, ['a text', 'x y z'] if $type !~ /^(?:text|secret)$/;
	push @wrong, ['an empty text', ''] if $type =~ /^(?:uuid|uuids|int|number|bool|time|date|moment|choice|zone|email|phone)$/ || $min;
	if ($type =~ /^(?:text|secret)$/) {
		push @wrong, ["$max + 1 characters", "\x{e4}" x ($max + 1)] if $max;
		push @wrong, ['too few characters', 'x' x ($min - 1)] if $min && $min > 1;
	}
	push @wrong, map { ["control character $_", "a" . chr($_) . "b"] } 1, 7, 8, 27, 127 if $type eq 'text' && ($max // 80) > 3;
	push @wrong, ['too small', $min - 1], ['too large', $max + 1], ['far too large', 1e15], ['a number with a fraction', $min + 0.5], ['a number as a text', "$min"] if $type eq 'int';
	push @wrong, ['a choice that is none', $field->{choices}[0] . 'x'], ['a choice in capitals', uc $field->{choices}[0]], ['two choices', join ' ', @{ $field->{choices} }[0, -1]] if $type eq 'choice';
	push @wrong, map { ["a time $_", $_] } '2026-01-31', '2026-01-31T09:15', '2026-02-30T00:00:00Z', '2026-01-31T24:00:00Z', '10000-01-01T00:00:00Z', '2026-01-31T09:15:00' if $type eq 'time';
	push @wrong, map { ["an address $_", $_] } 'a', 'a@', '@b.c', 'a@b', 'a b@c.de', 'a@b@c.de', "a\@b.c\r\nBcc: x\@y.z", 'a@b.c,d@e.f', '<a@b.c>', 'x' x 65 . '@b.c' if $type eq 'email';
	push @wrong, map { ["a number $_", $_] } '1234', '+', '+1 234', '12345678901234567', '1234567890;ext=1', "12345\n67890", "\x{0661}" x 8 if $type eq 'phone';
	push @wrong, map { ["a zone $_", $_] } 'Asia', '/etc/passwd', '../../UTC', "Asia/Kolkata'", 'Asia/Nowhere' if $type eq 'zone';
	push @wrong, map { ["a UUID $_", $_] } '1' x 32, '{' . uuid() . '}', uuid() . ' ', 'urn:uuid:' . uuid(), (uuid() =~ s/-/_/gr) if $type eq 'uuid';
	push @wrong, ['UUIDs with one that is none', [uuid(), 'x']], ['UUIDs in UUIDs', [[uuid()]]], ['too many', [map { uuid() } 0 .. $max]] if $type eq 'uuids';
	return @wrong;
}

subtest 'every field of every body' => sub {
	my $tried = 0;
	for my $route (@with_body) {
		my ($path, $body) = @{ $example{ $route->name } };
		my @wrong;
		for my $field ($route->fields('body')) {
			for my $case (wrong_values($field)) {
				my ($what, $value) = @$case;
				my $answer = caller_of($route)->request($route->method, $path, { %$body, $field->{name} => $value });
				$tried++;
				push @wrong, "$field->{name} = $what: " . $answer->summary . ' ' . substr $answer->body, 0, 300
					if $answer->problem_faults(422, 'validation_failed') || !grep { $_ eq $field->{name} } $answer->fields;
			}
			next unless $field->{required};
			my %without = %$body;
			delete $without{ $field->{name} };
			for my $body (\%without, { %$body, $field->{name} => undef }) {
				my $answer = caller_of($route)->request($route->method, $path, $body);
				push @wrong, "$field->{name} missing: " . $answer->summary if $answer->problem_faults(422, 'validation_failed') || !grep { $_ eq $field->{name} } $answer->fields;
			}
		}
		my $answer = caller_of($route)->request($route->method, $path, { %$body, temprature => 1, __proto__ => 1, "a\nb" => 1 });
		push @wrong, 'unknown fields: ' . $answer->summary . $answer->body unless $answer->status == 422 && 3 == grep { /^(?:temprature|__proto__|a\nb)$/ } $answer->fields;
		is_deeply(\@wrong, [], $route->name);
	}
	ok($tried > 500, "$tried values were tried");
	nothing_stored();
};

subtest 'every parameter of every query' => sub {
	for my $route (grep { $_->fields('query') } @routes) {
		my ($path) = @{ $example{ $route->name } };
		my @wrong;
		my $try = sub {
			my ($query, @named) = @_;
			my $answer = $route->is_stream && $route->path =~ /sse/ ? $w->as('admin')->get("/api/events/poll?$query") : caller_of($route)->request($route->method, "$path?$query");
			my %named = map { ($_ => 1) } $answer->fields;
			push @wrong, substr($query, 0, 60) . ': ' . $answer->summary . ' ' . substr $answer->body, 0, 200
				if $answer->status != 422 || grep { !$named{$_} } @named;
		};
		for my $field (grep { $_->{name} ne 'token' } $route->fields('query')) {
			next if $route->path eq '/api/sse/events' && $field->{name} !~ /^topics$/;
			my ($name, $type, $min, $max) = @$field{qw(name type min max)};
			$try->("$name=x%00y", 'query');
			$try->("$name=%ff", 'query');
			$try->("$name=%c0%af", 'query');
			$try->("$name=%", 'query');
			$try->("$name=%zz", 'query');
			$try->("$name=" . 'x' x ($max + 1), $name) if $type =~ /^(?:text|secret)$/ && $max && $max < 4000;
			$try->("$name=a%07b", $name) if $type eq 'text';
			$try->("$name=$_", $name) for $type =~ /^(?:text|secret)$/ ? () : $type eq 'bool' ? ('yes', 'TRUE', '2') : $type eq 'int' ? ($min - 1, $max + 1, '1.0', '0x1', '%201', '1e0', '1' x 30) : ('x', '%27', '-1');
			$try->("$name=1&$name=1", $name) if $type =~ /^(?:int|bool|text)$/;
		}
		$try->('no_such_parameter=1', 'no_such_parameter') unless $route->path eq '/api/sse/events';
		$try->('=1');
		$try->('%ff=1', 'query');
		$try->('a%00b=1', 'query');
		is_deeply(\@wrong, [], $route->name);
	}
	for my $query ('&', '&&&', '?', 'limit=5&', '&limit=5') {
		my $answer = $w->as('guard')->get("/v1/visitors?$query");
		ok($answer->status == 200 || $query =~ /\?/ && $answer->status == 422, "separators alone mean nothing: $query");
	}
	nothing_stored();
};

subtest 'tokens' => sub {
	my ($secret) = map { /^JWT_SECRET=(.*)/ } split /\n/, do { open my $in, '<', $server->var . '/gatehouse.env' or die $!; local $/; <$in> };
	$secret =~ s/^["']|["']$//g;
	my $b64 = sub { return encode_base64($_[0], '') =~ tr{+/}{-_}r =~ s/=+$//r };
	my $token = $w->as('resident101')->token;
	my ($head, $payload, $signature) = split /\./, $token;
	my %claims = %{ Gatehouse::Example::claims($w->as('resident101')) };
	my $kid = substr sha256_hex("kid$secret"), 0, 8;
	my $sign = sub {
		my ($header, $claims, $key) = @_;
		my $text = $b64->(ref $header ? json_of($header) : $header) . '.' . $b64->(ref $claims ? json_of($claims) : $claims);
		return "$text." . $b64->(hmac_sha256($text, $key // $secret));
	};
	my %header = (alg => 'HS256', kid => $kid, typ => 'JWT');
	my $call = sub { return client($server)->get('/v1/profile/me', Authorization => "Bearer $_[0]") };
	is($call->($sign->(\%header, \%claims))->status, 200, 'a token signed here like ours is taken: what follows is refused for what is done to it');

	my %forged = (
		'alg none' => $b64->(json_of({ alg => 'none', typ => 'JWT' })) . ".$payload.", 'alg none, signed' => $sign->({ %header, alg => 'none' }, \%claims),
		'alg None' => $sign->({ %header, alg => 'None' }, \%claims), 'alg HS512' => $sign->({ %header, alg => 'HS512' }, \%claims), 'alg RS256' => $sign->({ %header, alg => 'RS256' }, \%claims),
		'alg missing' => $sign->({ kid => $kid }, \%claims), 'alg a list' => $sign->({ %header, alg => ['HS256'] }, \%claims),
		'another kid' => $sign->({ %header, kid => 'deadbeef' }, \%claims), 'no kid' => $sign->({ alg => 'HS256', typ => 'JWT' }, \%claims),
		'a kid that is a path' => $sign->({ %header, kid => '../../../dev/null' }, \%claims, ''), 'a key inside' => $sign->({ %header, jwk => { kty => 'oct', k => 'eA' } }, \%claims, 'x'),
		'crit' => $sign->({ %header, crit => ['exp'] }, \%claims), 'another secret' => $sign->(\%header, \%claims, 'x' x 40), 'an empty secret' => $sign->(\%header, \%claims, ''),
		'no signature' => "$head.$payload.", 'no signature at all' => "$head.$payload", 'the signature cut' => substr($token, 0, -1), 'and lengthened' => "${token}A",
		'another payload' => "$head." . $b64->(json_of({ %claims, sub => $w->user_id('admin') })) . ".$signature", 'four parts' => "$token.x", 'dots' => '...', 'nothing but a dot' => '.',
		'padding' => "$head.$payload=.$signature", 'garbage' => 'garbage', 'a very long one' => 'x' x 5000, 'a refresh token' => $w->as('resident101')->refresh_token,
		'no exp' => $sign->(\%header, { map { ($_ => $claims{$_}) } grep { $_ ne 'exp' } keys %claims }), 'exp a text' => $sign->(\%header, { %claims, exp => "$claims{exp}x" }),
		'exp far away' => $sign->(\%header, { %claims, exp => 1e300 }), 'exp before iat' => $sign->(\%header, { %claims, exp => $claims{iat} - 1 }), 'iat in the future' => $sign->(\%header, { %claims, iat => time + 3600, exp => time + 7200 }),
		'sub no id' => $sign->(\%header, { %claims, sub => "' or 1=1 --" }), 'sub a list' => $sign->(\%header, { %claims, sub => [$claims{sub}] }), 'sub missing' => $sign->(\%header, { map { ($_ => $claims{$_}) } grep { $_ ne 'sub' } keys %claims }),
		'claims a list' => $sign->(\%header, '[]'), 'claims no JSON' => $sign->(\%header, '{'), 'claims twice' => $sign->(\%header, json_of(\%claims) =~ s/\}$/,"sub":"$claims{sub}"}/r),
		'deep claims' => $sign->(\%header, '{"a":' x 500 . '1' . '}' x 500),
	);
	for my $what (sort keys %forged) {
		problem_is($call->($forged{$what}), 401, 'unauthenticated', $what);
	}
	problem_is($call->($sign->(\%header, { %claims, iat => time - 1000, exp => time - 1 })), 401, 'token_expired', 'one that has expired is told so');
	problem_is($call->($sign->(\%header, { %claims, sub => $w->user_id('admin') })), 401, 'token_revoked', 'a session of somebody else is none');
	problem_is($call->($sign->(\%header, { %claims, sid => uuid() })), 401, 'token_revoked', 'nor is one that never was');
	for my $odd ('', 'Bearer', 'Bearer ', 'bearer', 'Basic YWRtaW46YWRtaW4=', 'Token x', $token, "Digest username=x") {
		problem_is(client($server)->get('/v1/profile/me', Authorization => $odd), 401, 'unauthenticated', 'Authorization: ' . ($odd eq $token ? 'the token alone' : $odd));
	}
	is(client($server)->get('/v1/profile/me', Authorization => "bearer $token")->status, 200, 'the scheme is read in any case');
	problem_is(client($server)->get('/v1/profile/me', Cookie => "gh_access=$_"), 401, 'unauthenticated', 'a cookie: ' . (length > 20 ? '…' : $_)) for 'x', '', 'a.b.c', '"; drop', 'x' x 3000;
	nothing_stored();
};

subtest 'headers' => sub {
	my $token = $w->as('guard')->token;
	my $raw = sub { my ($head, $body) = @_; $body //= ''; return client($server)->raw("$head\r\nHost: x\r\nConnection: close\r\nContent-Length: " . length($body) . "\r\n\r\n$body") };
	my $get = "GET /v1/profile/me HTTP/1.1\r\nAuthorization: Bearer $token";
	my %injected = (
		'a request id' => "X-Request-Id: x%0d%0aSet-Cookie: a=b", 'an origin' => "Origin: https://x%0d%0aSet-Cookie:%20a=b", 'a referer' => 'Referer: javascript:alert(1)',
		'bytes past ASCII in the agent' => "User-Agent: \xff\xfe\x80", 'quotes in the agent' => "User-Agent: \"}',\\\"\\u0000", 'an agent of 7 KiB' => 'User-Agent: ' . 'x' x 7000,
		'a validator' => "If-None-Match: \"\xff\"", 'an endless one' => 'If-None-Match: ' . 'W/"x",' x 1000, 'an event id' => "Last-Event-ID: 1-1%0d%0aX-Stream-Topics:%20x",
		'a language' => "Accept-Language: \xc3", 'a key that is none' => "x-device-key: \x01",
	);
	for my $what (sort keys %injected) {
		my $answer = $raw->("$get\r\n$injected{$what}");
		ok($answer->status == 200 || $answer->status == 400, "$what: " . $answer->status) or diag $answer->body;
		ok(!defined $answer->header('Set-Cookie'), '… sets nothing');
	}
	my $login = json_of({ email => $w->email('resident102'), password => $w->password('x') });
	for my $agent ("\xff\xfe", "caf\xe9", "x" x 199 . "\xc3\xa9", "\x{1b}[31m") {
		my $answer = client($server)->raw("POST /api/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nUser-Agent: $agent\r\nContent-Length: " . length($login) . "\r\n\r\n$login");
		ok($answer->status == 200 || $answer->status == 400, 'signing in with a strange agent: ' . $answer->status) or diag $answer->body;
	}
	my $sessions = $w->client->login($w->email('resident102'), $w->password('x'))->get('/api/auth/sessions');
	is($sessions->status, 200, 'the list of such sessions is still JSON');
	ok(ref $sessions->data, 'of valid UTF-8');
	$server->sql(q{delete from sessions where user_id = :'u'; delete from audit_logs where actor = :'u' and action = 'auth.login'}, u => $w->user_id('resident102'));

	for my $host ("a\"b", 'x/y', '<script>', "evil.example\@good", 'x' x 300) {
		my $answer = client($server)->raw("GET /v1/profile/me HTTP/1.1\r\nHost: $host\r\nConnection: close\r\nAuthorization: Bearer $token\r\n\r\n");
		ok($answer->status == 400 || $answer->status == 200, "Host: " . substr($host, 0, 20) . ': ' . $answer->status);
	}
	for my $bad ("GET /v1/profile/me HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n", "GET /v1/profile/me HTTP/9.9\r\n\r\n", "GET\r\n\r\n", "\0\0\0\0\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /v1/visitors HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "POST /v1/visitors HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST /v1/visitors HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "POST /v1/visitors HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") {
		my $answer = client($server)->raw($bad);
		ok($answer->status >= 400 && $answer->status < 500 || $answer->status == 505, substr($bad =~ s/[^ -~]+/ /gr, 0, 60) . '…: ' . $answer->status);
	}
	nothing_stored();
};

subtest 'paths' => sub {
	for my $path ('/v1/visitors/../../etc/passwd', '/v1/visitors/%2e%2e/%2e%2e/etc/passwd', '/v1/visitors/..%2f..%2fetc', '/v1/visitors/%00', '/v1/visitors/%ff', '/v1/visitors/' . '%41' x 500, '/v1/visitors/x%0d%0aSet-Cookie:a=b',
		'/v1/visitors/' . uuid() . '%20', '/v1/visitors/' . uuid() . '/respond/', '/v1/visitors;id=1', '/V1/VISITORS', '/v1/visitors.json', '/i/%00', "/i/'--", '/i/' . '%F0%9F%94%91' x 30, '/api/users/..%2fusers', '/v1/%2e/visitors', '/cgi-bin/visitors', '//v1//visitors') {
		my $answer = $w->as('guard')->get($path);
		ok($answer->status == 404 || $answer->status == 400 || $answer->status == 200 && $path =~ m{%2e/visitors|//v1}, (length $path > 60 ? substr($path, 0, 60) . '…' : $path) . ': ' . $answer->status) or diag $answer->body;
		ok(!defined $answer->header('Set-Cookie'), '… sets nothing') if $path =~ /Set-Cookie/;
	}
	nothing_stored();
};

is($w->as('guard')->get('/v1/visitors')->status, 200, 'and the gate still works');

done_testing;
