# Five failures in 15 minutes lock an account for 15, whether it exists or not; a guard's PIN is locked
# for that guard on that tablet alone.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $w = world();
my $c = client();
sub login { my ($who, $password) = @_; return $c->post('/api/auth/login', { email => $who, password => $password }) }

for my $case (['an account', $w->email('resident101')], ['what is none', 'nobody.' . uuid() . '@example.test']) {
	my ($what, $email) = @$case;
	subtest $what => sub {
		problem_is(login($email, "wrong $_"), 401, 'invalid_credentials', "failure $_") for 1 .. 5;
		my $locked = login($email, $w->password('resident101'));
		problem_is($locked, 423, 'account_locked', 'then even the right password is refused');
		my $after = $locked->header('Retry-After');
		ok($after > 890 && $after <= 900, "for 15 minutes ($after s)");
	};
}
is(login($w->email('resident102'), $w->password('resident102'))->status, 200, 'another account is not locked');
is($w->as('resident103')->get('/v1/profile/me')->status, 200, 'who is signed in stays so');

subtest 'the lock ends' => sub {
	my ($email, $password) = ($w->email('resident101'), $w->password('resident101'));
	sql(q{update login_failures set locked_until = now() - interval '1 second', since = now() - interval '16 minutes'
		where key = encode(sha256(convert_to(:'id', 'UTF8')), 'hex')}, id => $w->user_id('resident101'));
	problem_is(login($email, 'wrong'), 401, 'invalid_credentials', 'a failure then is the first of a new quarter of an hour');
	is(login($email, $password)->status, 200, 'and the right password is right');
	login($email, 'wrong') for 1 .. 4;
	is(login($email, $password)->status, 200, 'four failures do not lock');
	login($email, 'wrong') for 1 .. 4;
	is(login($email, $password)->status, 200, 'a success forgets those before it');
};

subtest 'the current password of a change is guarded by the same lock' => sub {
	my $me = $w->sign_in('family101');
	my %change = (currentPassword => 'wrong', newPassword => 'battery staple 9');
	problem_is($me->post('/api/auth/password', \%change), 401, 'invalid_credentials', "failure $_") for 1 .. 5;
	problem_is($me->post('/api/auth/password', { %change, currentPassword => $w->password('x') }), 423, 'account_locked',
		'whoever sits at a screen left open cannot try on');
};

subtest 'a PIN is locked for one guard on one tablet' => sub {
	my $g = world();
	my $manager = $g->as('manager');
	my $second = $manager->post('/v1/guards', { name => 'Second', pin => '777777', device_ids => [$g->tablet_id] })->json;
	my $tablet = $manager->post('/v1/guards/register-device', { name => 'back gate', platform => 'web' })->json;
	my $pin = sub { my ($token, $guard, $pin) = @_; return $c->post('/v1/auth/guard', { device_token => $token, guard_id => $guard, pin => $pin }) };

	problem_is($pin->($g->tablet_token, $g->guard_id, '000000'), 401, 'invalid_credentials', "failure $_") for 1 .. 5;
	my $locked = $pin->($g->tablet_token, $g->guard_id, $g->pin);
	problem_is($locked, 423, 'account_locked', 'then the right PIN is refused');
	my $after = $locked->header('Retry-After');
	ok($after > 890 && $after <= 900, "for 15 minutes ($after s)");
	is($pin->($g->tablet_token, $second->{id}, '777777')->status, 200, 'the other guard is not locked there');
	is($pin->($tablet->{device_token}, $g->guard_id, $g->pin)->status, 200, 'nor the first on another tablet');
};

done_testing;
