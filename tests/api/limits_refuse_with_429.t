# Limits: sign-ins per address and account or tablet, failures per address, calls per user and per
# address; a refusal says when to come back and is logged. What is not limited is not.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $server = server(AUTH_RATE_LIMIT => 3, AUTH_FAILURE_LIMIT => 0, GENERAL_RATE_LIMIT => 4, DEVICE_RATE_LIMIT => 20, USER_RATE_BURST => 10);
my $w = world($server);
my $c = client($server);
sub login { my ($who, $password, %headers) = @_; return $c->post('/api/auth/login', { email => $w->email($who), password => $password // $w->password($who) }, %headers) }
# Redis may be emptied at any moment: then counting starts anew.
sub forget_counts { system('redis-cli', '-s', $server->var . '/run/redis.sock', 'eval', q{for _, k in ipairs(redis.call('keys', 'gh:l:*')) do redis.call('del', k) end}, 0) == 0 or die; return }
sub is_limited {
	my ($answer, $name, $quota, $window, $claim) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	problem_is($answer, 429, 'rate_limited', $claim);
	is($answer->header('RateLimit-Policy'), qq("$name";q=$quota;w=$window), '… the policy is told');
	like($answer->header('RateLimit'), qr/^"$name";r=0;t=\d+$/, '… and that nothing remains');
	my $after = $answer->header('Retry-After');
	ok($after >= 1 && $after <= $window, "… and when to come back ($after s)");
}

subtest 'sign-ins by password' => sub {
	my $first = login('resident101');
	is($first->status, 200, 'the first');
	is($first->header('RateLimit-Policy'), '"auth";q=3;w=60', 'says what there is');
	like($first->header('RateLimit'), qr/^"auth";r=2;t=\d+$/, 'and what remains');
	login('resident101') for 2 .. 3;
	is_limited(login('resident101'), 'auth', 3, 60, 'the fourth');
	is_limited(login('resident101', undef, 'X-Forwarded-For' => '203.0.113.7', 'Forwarded' => 'for=203.0.113.7'), 'auth', 3, 60, 'an address that one claims to have');
	is(login('resident102')->status, 200, 'another account is another matter');
	my ($line) = grep { /"event":"security"/ && /"kind":"limit"/ } split /\n/, wait_until { my $text = $server->log_text('auth-login'); $text =~ /"kind":"limit"/ && $text };
	like($line, qr/"limit":"auth"/, 'a refusal is logged as a security event');
	forget_counts();
	is(login('resident101')->status, 200, 'when counts are lost nobody is locked out');
};

subtest 'registration and PINs' => sub {
	forget_counts();
	my %account = (email => uuid() . '@example.test', password => 'correct horse 7');
	my @status = map { $c->post('/api/auth/register', \%account)->status } 1 .. 4;
	is("@status", '201 409 409 429', 'registration by address and account');
	my $pin = sub { $c->post('/v1/auth/guard', { device_token => $w->tablet_token, pin => $w->pin }) };
	$pin->() for 1 .. 3;
	is_limited($pin->(), 'auth', 3, 60, 'PINs by tablet');
};

subtest 'calls of a user' => sub {
	my $me = client($server)->login($w->email('resident103'), $w->password('x'));
	my $first = $me->get('/v1/profile/me');
	is($first->header('RateLimit-Policy'), '"user";q=30;w=60', 'a page may make bursts');
	my @status = map { $me->get('/v1/profile/me')->status } 2 .. 31;
	is_deeply([@status[-2, -1]], [200, 429], 'after thirty it is enough');
	is_limited($me->post('/v1/visitors', {}), 'user', 30, 60, 'whatever the call');
	is($w->as('family101')->get('/v1/profile/me')->status, 200, 'another user is not in the way');
	is($c->post('/api/auth/refresh', { refreshToken => $me->refresh_token })->status, 200, 'refreshing is not counted: a block of flats shares an address');
};

subtest 'calls of nobody' => sub {
	my @status = map { $c->get('/api/status')->status } 1 .. 5;
	is("@status", '200 200 200 200 429', 'are counted by address');
	is_limited($c->get('/i/' . 'x' x 43), 'general', 4, 900, 'guests\' links too');
	is_limited($c->post('/v1/auth/tablet', { device_token => 'x' }), 'general', 4, 900, 'and tablets');
	my @health = map { $c->get('/health')->status } 1 .. 10;
	is("@health", '200' . ' 200' x 9, 'health is asked as often as one likes');
};

done_testing;
