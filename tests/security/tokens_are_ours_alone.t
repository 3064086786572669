# An access token is what we signed, whole, in time, and used as one: the attacks of RFC 8725 and the
# tokens of one kind where another is asked for. What is refused is a 401 that does not say why it failed.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Attack;

my $w = world();
my $me = $w->as('resident101');
my $secret = secret_of(instance());
my ($header, $claims) = claims_of($me->token);
my $now = $claims->{iat};

sub try_token { my ($token, $path) = @_; return client()->get($path || '/v1/profile/me', Authorization => "Bearer $token") }
sub is_forged {
	my ($token, $claim) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $answer = try_token($token);
	problem_is($answer, 401, 'unauthenticated', $claim);
	is($answer->detail, 'The access token is not valid.', '… in the words of every forgery') if $answer->status == 401;
}
sub made { my ($head, $body, %how) = @_; return token_of($secret, { %$header, %$head }, { %$claims, %$body }, %how) }

is(try_token(made({}, {}))->status, 200, 'what this test forges with our secret is good: the refusals below are for what they say');
is_deeply([sort keys %$header], [qw(alg kid typ)], 'a token has the three header parameters');
is_deeply([sort keys %$claims], [qw(exp iat jti sid sub)], 'and five claims: no role, no name, nothing to believe');
is($claims->{exp} - $claims->{iat}, 900, 'for a quarter of an hour');

subtest 'another algorithm (RFC 8725 section 2.1)' => sub {
	my ($head, $body, $mac) = split /\./, $me->token;
	for my $alg ('none', 'None', 'NONE', 'nOnE', '') {
		my ($unsigned) = token_of('', { %$header, alg => $alg }, $claims) =~ /^(.*)\./;
		is_forged("$unsigned.", "alg $alg, without a signature");
		is_forged("$unsigned.$mac", "alg $alg, with that of a good token");
	}
	is_forged(made({ alg => $_ }, {}, mac => $_), "$_, though made with our secret") for qw(HS384 HS512);
	is_forged(made({ alg => $_ }, {}), "$_: our key is no public key") for qw(RS256 ES256 PS256 EdDSA dir A128KW PBES2-HS256+A128KW);
	is_forged(made({ alg => $_ }, {}), 'alg ' . json_of($_) . ' in place of a name') for [], ['HS256'], {}, 256, JSON::PP::null(), JSON::PP::true();
};

subtest 'a kid that leads elsewhere' => sub {
	for my $kid ('', '0', '../../../../dev/null', '/dev/null', '/proc/self/environ', "' or 1=1 --", "x' union select 'k' --", '|id', '$(id)', "\x00",
		"$header->{kid}\x00", uc $header->{kid} eq $header->{kid} ? lc $header->{kid} : uc $header->{kid}, " $header->{kid}", 'x' x 2000, 'http://127.0.0.1/key') {
		(my $shown = length $kid > 40 ? '2,000 letters' : $kid) =~ s/[^ -~]/?/g;
		is_forged(token_of($secret, { %$header, kid => $kid }, $claims), "kid $shown, signed with our secret") unless $kid eq $header->{kid};
		is_forged(token_of('', { %$header, kid => $kid }, $claims), "kid $shown, signed with nothing");
	}
	is_forged(token_of($secret, { alg => 'HS256', typ => 'JWT' }, $claims), 'none');
	is_forged(made({ kid => $_ }, {}), 'kid ' . json_of($_)) for [$header->{kid}], { $header->{kid} => 1 }, 7;
};

subtest 'header parameters that bring a key along' => sub {
	my %jwk = (kty => 'oct', k => 'AAAA');
	is_forged(made($_, {}), 'with ' . (keys %$_)[0]) for { jwk => \%jwk }, { jku => 'http://127.0.0.1:1/keys' }, { x5u => 'http://127.0.0.1:1/c' }, { x5c => ['AAAA'] },
		{ x5t => 'AAAA' }, { crit => ['exp'] }, { b64 => JSON::PP::false() }, { zip => 'DEF' }, { enc => 'A128GCM' }, { cty => 'JWT' }, { epk => \%jwk };
	is_forged(made({ typ => $_ }, {}), 'typ ' . json_of($_)) for 'at+jwt', 'refresh', '', 7, ['JWT'];
};

subtest 'the signature' => sub {
	my ($head, $body, $mac) = split /\./, $me->token;
	is_forged("$head.$body.", 'empty');
	is_forged("$head.$body", 'left out');
	is_forged("$head.$body." . substr($mac, 0, $_), "cut to $_ characters") for 1, 2, 22, 42;
	is_forged("$head.$body.$mac$_", 'followed by ' . length $_) for 'A', 'AAAA', '=', '.', ".$mac";
	is_forged("$head.$body." . ('A' x 43), 'zeros');
	my @digits = ('A' .. 'Z', 'a' .. 'z', 0 .. 9, '-', '_');
	my %value = map { ($digits[$_] => $_) } 0 .. 63;
	my $other = $digits[$value{ substr $mac, -1 } ^ 1];
	is_forged("$head.$body." . substr($mac, 0, 42) . $other, 'with one stray bit past its end: another spelling of the same bytes');
	is_forged(token_of("$secret ", $header, $claims), 'by a secret that differs in its last byte');
	is_forged(token_of('', $header, $claims), 'by no secret');
	is_forged(token_of($header->{kid}, $header, $claims), 'by the kid');
	my ($others) = $w->as('resident102')->token =~ /\.([^.]+)$/;
	is_forged("$head.$body.$others", 'of another token');
	my ($theirs) = $w->as('resident102')->token =~ /^[^.]+\.([^.]+)/;
	is_forged("$head.$theirs.$mac", 'over the claims of another');
};

subtest 'claims' => sub {
	is_forged(made({}, { sub => $_ }), 'sub ' . json_of($_)) for '', 'admin', '*', ['x'], JSON::PP::null(), 0, "' or 1=1 --", $w->user_id('resident102') . "\x00";
	is_forged(made({}, { sid => $_ }), 'sid ' . json_of($_)) for '', JSON::PP::null(), {}, '../x';
	for my $name (qw(sub sid iat exp jti)) {
		my %less = %$claims;
		delete $less{$name};
		is_forged(token_of($secret, $header, \%less), "without $name");
	}
	my $text = json_of($claims);
	(my $twice = $text) =~ s/\}$/,"sub":"@{[$w->user_id('resident102')]}"}/;
	is_forged(token_of($secret, $header, $twice), 'sub given twice');
	(my $head_twice = json_of($header)) =~ s/\}$/,"alg":"none"}/;
	is_forged(token_of($secret, $head_twice, $text), 'alg given twice');
	is_forged(token_of($secret, $header, $_), "in place of claims: $_") for '', '[]', '"x"', 'null', '{', "$text$text", "[$text]";
	is_forged(made({}, { pad => 'x' x $_ }), "$_ bytes more") for 3000, 5000;
	problem_is(try_token(made({}, { sub => $w->user_id('resident102') })), 401, 'token_revoked', 'a user whose session it is not, even if we had signed it');
	problem_is(try_token(made({}, { sid => uuid() })), 401, 'token_revoked', 'a session that never was');
};

subtest 'clocks' => sub {
	problem_is(try_token(made({}, { exp => $now - 1, iat => $now - 900 })), 401, 'token_expired', 'expired a second ago: there is no leeway');
	is(try_token(made({}, { iat => time + 30, exp => time + 930 }))->status, 200, 'issued by a clock that is half a minute ahead');
	is_forged(made({}, { iat => time + 300, exp => time + 1200 }), 'issued five minutes from now');
	is_forged(made({}, { iat => $now, exp => $now }), 'for no time at all');
	is_forged(made({}, { exp => $_ }), 'exp ' . json_of($_)) for '9999999999', 9e18, -1, 1.5, $now + 900.5, [], JSON::PP::true(), JSON::PP::null();
	is_forged(made({}, { iat => "$now" }), 'iat as text');
	my $text = json_of($claims);
	is_forged(token_of($secret, $header, $text =~ s/"exp":\d+/"exp":$_/r), "exp $_") for '1e18', '9e999', '99999999999999999999999', '0x7fffffff';
};

subtest 'one kind in place of another' => sub {
	my $c = $w->sign_in('resident102');
	is_forged($c->refresh_token, 'a refresh token as access token');
	is_forged($w->tablet_token, 'a tablet\'s token as access token');
	my $as_refresh = client()->post('/api/auth/refresh', { refreshToken => $c->token });
	ok($as_refresh->status == 422 || $as_refresh->status == 401, 'an access token as refresh token (' . $as_refresh->status . ')');
	problem_is(client()->post('/api/auth/refresh', { refreshToken => $w->tablet_token }), 401, 'unauthenticated', 'a tablet\'s as refresh token');
	problem_is(client()->post('/v1/auth/guard', { device_token => $c->refresh_token, pin => $w->pin }), 401, 'invalid_credentials', 'a refresh token as a tablet\'s');
	my $csrf = client();
	$csrf->post('/api/auth/login', { email => $w->email('resident102'), password => $w->password('x'), cookie => JSON::PP::true() });
	is_forged($csrf->cookies->{gh_csrf}{value}, 'a CSRF token as access token');
	my $guest = $w->as('resident101')->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'Guest' })->json->{invite_url};
	is_forged($guest =~ s{.*/i/}{}r, 'a guest\'s as access token');
	is($c->get('/v1/profile/me')->status, 200, 'none of which has ended the session they belong to');
};

subtest 'where a token may stand' => sub {
	my $token = $me->token;
	problem_is(client()->get("/v1/profile/me?$_=$token"), 401, 'unauthenticated', "not in the query, as $_") for qw(token access_token accessToken Token TOKEN t%6fken token%00);
	problem_is(client()->post("/api/auth/logout?token=$token"), 401, 'unauthenticated', 'nor where it would do something');
	problem_is(client()->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'X', token => $token }), 401, 'unauthenticated', 'nor in a body');
	problem_is(client()->get('/v1/profile/me', Authorization => $_), 401, 'unauthenticated', "as \"$_\"" =~ s/\Q$token\E/…/r)
		for $token, "Basic $token", "Token $token", "Bearer", "Bearer ", "Bearer$token", "Bearer $token $token", "Bearer $token,Bearer $token", "Bearer \"$token\"", "DPoP $token";
	problem_is(client()->get('/v1/profile/me', 'X-Access-Token' => $token, 'X-Authorization' => "Bearer $token", 'Proxy-Authorization' => "Bearer $token"), 401,
		'unauthenticated', 'in another header');
	problem_is(client()->get('/v1/profile/me', Cookie => "gh_refresh=$token; access=$token; gh_access =$token; GH_ACCESS=$token"), 401, 'unauthenticated', 'in another cookie');
	my @two = answers_to(client(), "GET /v1/profile/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer x\r\nAuthorization: Bearer $token\r\n\r\n");
	is(statuses_of(@two), 400, 'in the second of two headers');
	is(client()->get('/v1/profile/me', Authorization => "bearer $token")->status, 200, 'the scheme is not case-sensitive (RFC 9110)');
	is(client()->stream("/api/sse/events?token=" . made({}, { sub => $w->user_id('resident102') }))->status, 401, 'a stream looks at it as closely');
};

my @lines = grep { /"kind":"forged_token"/ } split /\n/, instance()->log_text('users');
ok(scalar @lines, 'forgeries are security events');
unlike($_, qr/eyJ/, 'which do not repeat the token') for $lines[-1] // '';

done_testing;
