# A page of somebody else, open in a browser that is signed in here, can neither act nor read: every unsafe
# call wants the CSRF token, none takes what a form can send, no foreign origin is told anything.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Routes;

my $server = server(TRUSTED_PROXIES => '127.0.0.1', ALLOWED_ORIGINS => 'https://app.example.com');
my $w = world($server);
my @HTTPS = ('X-Forwarded-Proto' => 'https');
sub signed_in {
	my ($who, %headers) = @_;
	my $c = client($server)->headers(%headers);
	$c->post('/api/auth/login', { email => $w->email($who), password => $w->password($who), cookie => JSON::PP::true() })->status == 200 or die "$who cannot sign in\n";
	return $c;
}
my $admin = signed_in('admin');
my $other = signed_in('resident102');
my $csrf = $admin->cookies->{gh_csrf}{value};
sub filled { my ($route) = @_; return $route->path =~ s{:\w+}{uuid()}ger }

subtest 'every unsafe call that takes a cookie wants the CSRF token' => sub {
	my @routes = grep { $_->method ne 'GET' && !grep { $_ eq 'anyone' } $_->who } Gatehouse::Routes->all;
	cmp_ok(scalar @routes, '>', 20, scalar(@routes) . ' of them');
	my %wrong = (missing => undef, empty => '', 'of another session' => $other->cookies->{gh_csrf}{value}, 'in capitals' => uc $csrf, cut => substr($csrf, 0, 63),
		'with more' => "${csrf}0", zeros => '0' x 64, 'the access token' => $admin->cookies->{gh_access}{value});
	for my $route (@routes) {
		my @passed = grep { ($admin->request($route->method, filled($route), {}, 'X-CSRF-Token' => $wrong{$_})->code // '') ne 'csrf_failed' } sort keys %wrong;
		is_deeply(\@passed, [], $route->name);
	}
	is($admin->get('/v1/profile/me')->status, 200, 'none of which signed anybody out');
	is($admin->post('/v1/visitors', {}, 'X-CSRF-Token' => $csrf)->status, 422, 'with the right one it is the body that is looked at');
};

subtest 'a form sends nothing that is taken' => sub {
	my %login = (email => $w->email('stranger'), password => $w->password('stranger'), cookie => JSON::PP::true());
	my $text = json_of(\%login);
	for my $type ('text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain; application/json', 'text/json', 'application/jsonp', '') {
		my $c = client($server);
		my $answer = $c->post('/api/auth/login', $text, 'Content-Type' => $type, Origin => 'https://evil.example', 'Sec-Fetch-Site' => 'cross-site');
		problem_is($answer, 415, 'unsupported_media_type', "nobody is signed in to another account by a body of type '$type'");
		is_deeply($c->cookies, {}, '… no cookie is set');
	}
	is($admin->request(POST => '/api/auth/logout', '', 'Content-Type' => 'text/plain')->code, 'csrf_failed', 'nobody is signed out');
	is($admin->get("/api/auth/$_")->status, 405, "nor by a picture whose address is $_") for qw(logout login refresh);
	for my $trick ('X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override') {
		is($admin->get('/api/auth/logout', $trick => 'POST')->status, 405, "$trick changes no method");
	}
	is($admin->get('/api/auth/logout?_method=POST')->status, 405, 'nor does a parameter');
	is($admin->get('/v1/profile/me')->status, 200, 'and one is still signed in');
};

subtest 'what cookies are' => sub {
	my $c = signed_in('resident101', @HTTPS);
	is_deeply([sort keys %{ $c->cookies }], ['__Host-gh_access', '__Host-gh_csrf', '__Secure-gh_refresh'], 'on https their names say that no other host set them');
	for my $name (sort keys %{ $c->cookies }) {
		my %has = map { my ($k, $v) = split /=/, $_, 2; (lc $k => $v // 1) } @{ $c->cookies->{$name}{attributes} };
		ok($has{secure}, "$name goes over https alone");
		is($has{samesite}, 'Strict', '… and with requests of this site alone');
		ok(!exists $has{domain}, '… to this host alone');
		is($has{path}, $name =~ /refresh/ ? '/api/auth/refresh' : '/', '… where it is needed');
		is(!!$has{httponly}, $name !~ /csrf/, '… ' . ($name =~ /csrf/ ? 'readable for the page' : 'out of reach of scripts'));
	}
	is($c->get('/v1/profile/me')->status, 200, 'they work');
	my $planted = client($server)->headers(@HTTPS);
	my $plain = signed_in('stranger');
	$planted->{cookies} = { gh_access => $plain->cookies->{gh_access}, gh_csrf => $plain->cookies->{gh_csrf} };
	problem_is($planted->get('/v1/profile/me'), 401, 'unauthenticated', 'a name that a neighbouring host can set is not looked at on https');
	my $both = client($server)->headers(@HTTPS);
	$both->{cookies} = { %{ $c->cookies }, %{ $planted->{cookies} } };
	is($both->get('/v1/profile/me')->json->{id}, $w->user_id('resident101'), 'nor beside the right one');
	is($c->post('/api/auth/refresh', undef, 'X-CSRF-Token' => $c->cookies->{'__Host-gh_csrf'}{value})->status, 200, 'they are renewed');
	is($c->post('/api/auth/logout', undef, 'X-CSRF-Token' => $c->cookies->{'__Host-gh_csrf'}{value})->status, 204, 'and end');
	is_deeply($c->cookies, {}, 'with none left');
};

subtest 'origins are compared byte by byte' => sub {
	for my $origin ('null', 'https://evil.example', 'https://app.example.com.evil.example', 'https://evilapp.example.com', 'https://app.example.com@evil.example', 'https://app.example.com:8443',
		'http://app.example.com', 'HTTPS://APP.EXAMPLE.COM', 'https://app.example.com/', 'https://app.example.com ,https://evil.example', 'https://app-example.com', 'https://appxexample.com',
		'https://app.example.com%00.evil.example', 'https://app.example.com\\.evil.example', 'file://', '*', 'https://*.example.com', 'https://xn--pp-6kc.example.com') {
		my $get = $admin->get('/v1/profile/me', Origin => $origin);
		my @told = grep { defined $get->header($_) } map { "Access-Control-$_" } qw(Allow-Origin Allow-Credentials Expose-Headers Allow-Methods Allow-Headers);
		is_deeply(\@told, [], "$origin is told nothing");
		my $ask = $admin->request(OPTIONS => '/api/auth/logout', undef, Origin => $origin, 'Access-Control-Request-Method' => 'POST', 'Access-Control-Request-Headers' => 'X-CSRF-Token');
		@told = grep { defined $ask->header($_) } map { "Access-Control-$_" } qw(Allow-Origin Allow-Credentials Allow-Methods Allow-Headers Max-Age);
		is_deeply(\@told, [], '… nor when it asks first');
	}
	my $friend = $admin->get('/v1/profile/me', Origin => 'https://app.example.com');
	is($friend->header('Access-Control-Allow-Origin'), 'https://app.example.com', 'one that is allowed is told its own name, not *');
	is($friend->header('Access-Control-Allow-Credentials'), 'true', '… and may send cookies');
	like($friend->header('Vary'), qr/\bOrigin\b/, '… and no cache gives its answer to another');
	is($admin->post('/api/auth/logout', undef, Origin => 'https://app.example.com')->code, 'csrf_failed', 'its cookies too want the CSRF token');
};

done_testing;
