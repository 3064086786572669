# So many failed sign-ins from one address in a minute, whoever they were for, and nobody signs in from
# there until it is over.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $server = server(AUTH_FAILURE_LIMIT => 6, VISITOR_TIMEOUT => 5);
my $w = world($server);
my $c = client($server);
my $signed_in = $w->as('resident103');
sub login { my ($email, $password) = @_; return $c->post('/api/auth/login', { email => $email, password => $password }) }

problem_is(login("nobody$_\@example.test", 'guess'), 401, 'invalid_credentials', "guess $_, each time another account") for 1 .. 4;
problem_is($c->post('/v1/auth/tablet', { device_token => 'x' }), 401, 'invalid_credentials', 'an unknown tablet is a guess as well');
problem_is($c->post('/v1/auth/guard', { device_token => $w->tablet_token, pin => '000000' }), 401, 'invalid_credentials', 'so is a wrong PIN');
my $refused = login($w->email('resident101'), $w->password('x'));
problem_is($refused, 429, 'rate_limited', 'then even who knows the password must wait');
like($refused->header('RateLimit-Policy'), qr/^"auth-failures";q=6;w=60/, 'by a policy of its own');
problem_is($c->post('/v1/auth/guard', { device_token => $w->tablet_token, pin => $w->pin }), 429, 'rate_limited', 'at the tablet too');
is($signed_in->get('/v1/profile/me')->status, 200, 'who is signed in goes on');
is($c->post('/api/auth/refresh', { refreshToken => $signed_in->refresh_token })->status, 200, 'and can refresh');

done_testing;
