# Browsers may have their tokens in cookies; then unsafe methods need X-CSRF-Token.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $w = world();
my $c = client();
my $answer = $c->post('/api/auth/login',
	{ email => $w->email('resident101'), password => $w->password('resident101'), cookie => JSON::PP::true() });
is($answer->status, 200, 'signing in with cookies');
is_deeply([sort keys %{ $answer->json }], [sort qw(user tokenType expiresIn)], 'leaves no token in the body');
unlike($answer->body, qr/eyJ/, 'nowhere in it');
my %cookie = %{ $c->cookies };
is_deeply([sort keys %cookie], [qw(gh_access gh_csrf gh_refresh)], 'three cookies are set');

for my $name (qw(gh_access gh_refresh)) {
	my %has = map { my ($k, $v) = split /=/; (lc $k => $v // 1) } @{ $cookie{$name}{attributes} };
	ok($has{httponly}, "$name is out of reach of scripts");
	is($has{samesite}, 'Strict', "$name stays on this site");
	ok(!$has{secure}, "$name is not Secure on plain http");
	is($has{path}, $name eq 'gh_refresh' ? '/api/auth/refresh' : '/', "$name goes only where it is needed");
	ok($has{'max-age'} > 86400, "$name survives the browser's restart");
}
ok(!grep({ /^httponly$/i } @{ $cookie{gh_csrf}{attributes} }), 'a script can read gh_csrf');

is($c->get('/v1/profile/me')->status, 200, 'reading needs no more');
my %new = (flat_id => $w->flat('101'), visitor_name => 'Ravi');
problem_is($c->post('/v1/visitors', \%new), 403, 'csrf_failed', 'writing without X-CSRF-Token');
problem_is($c->post('/v1/visitors', \%new, 'X-CSRF-Token' => 'a' x 64), 403, 'csrf_failed', 'with a wrong one');
problem_is($c->post('/v1/visitors', \%new, 'X-CSRF-Token' => ''), 403, 'csrf_failed', 'with an empty one');
my $other = $w->client;
$other->post('/api/auth/login',
	{ email => $w->email('resident102'), password => $w->password('resident102'), cookie => JSON::PP::true() });
problem_is($c->post('/v1/visitors', \%new, 'X-CSRF-Token' => $other->cookies->{gh_csrf}{value}), 403, 'csrf_failed',
	'with the one of another session');
my $csrf = $cookie{gh_csrf}{value};
is($c->post('/v1/visitors', \%new, 'X-CSRF-Token' => $csrf)->status, 201, 'with the right one');
problem_is($c->delete('/api/auth/sessions/' . uuid()), 403, 'csrf_failed', 'DELETE needs it as well');
problem_is($c->put('/api/users/profile', {}), 403, 'csrf_failed', 'and PUT');

subtest 'a bearer token needs none' => sub {
	is($w->as('resident101')->post('/v1/visitors', \%new)->status, 201, 'no cookie, no forgery');
	my $both = client();
	$both->token($w->as('resident102')->token);
	my $me = $both->get('/v1/profile/me', Cookie => "gh_access=$cookie{gh_access}{value}");
	is($me->json->{id}, $w->user_id('resident102'), 'and it wins over a cookie');
};

subtest 'refreshing' => sub {
	problem_is($c->post('/api/auth/refresh'), 403, 'csrf_failed', 'by cookie needs X-CSRF-Token');
	my $answer = $c->post('/api/auth/refresh', undef, 'X-CSRF-Token' => $csrf);
	is($answer->status, 200, 'and then gives new cookies');
	is_deeply([sort keys %{ $answer->json }], [sort qw(tokenType expiresIn)], 'with no token in the body');
	isnt($c->cookies->{gh_refresh}{value}, $cookie{gh_refresh}{value}, 'the refresh token is another');
	is($c->get('/v1/profile/me')->status, 200, 'and one is still signed in');
};

subtest 'signing out' => sub {
	my %had = map { $_ => $c->cookies->{$_}{value} } keys %{ $c->cookies };
	is($c->post('/api/auth/logout', undef, 'X-CSRF-Token' => $csrf)->status, 204, 'ends it');
	is_deeply($c->cookies, {}, 'and takes the cookies away');
	problem_is(client()->get('/v1/profile/me', Cookie => "gh_access=$had{gh_access}"), 401, 'token_revoked', 'the old one is worth nothing');
};

done_testing;
