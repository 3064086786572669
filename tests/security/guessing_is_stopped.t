# Passwords and PINs cannot be tried: five failures of an account lock it, under whatever name it is
# called, from wherever, one by one or thirty at once; and one address cannot go on with other accounts.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

# Many processes hash, so that guesses sent at once are looked at at once.
my $server = server(LOGIN_CHILDREN => 6, PASSWORD_COST => 11, TRUSTED_PROXIES => '127.0.0.1', GENERAL_RATE_LIMIT => 6);
my $w = world($server);
my $c = client($server);
my $phone = '+9198' . substr(time, -8);
sub login { my ($body, %headers) = @_; return $c->post('/api/auth/login', $body, %headers) }
sub codes { my %n; $n{$_->code // $_->status}++ for @_; return join ' ', map { "$_ $n{$_}" } sort keys %n }
sub unlock { $server->sql('delete from login_failures') }
# So many wrong passwords, and then the right one, which is refused.
sub is_locked_after {
	my ($claim, $right, @guesses) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	unlock();
	my @got = map { login({ %$_, password => 'a wrong guess' }) } @guesses;
	is(codes(@got), 'invalid_credentials 5', $claim);
	problem_is(login($right), 423, 'account_locked', '… lock the account');
}

my %me = (email => $w->email('resident101'));
my %right = (%me, password => $w->password('resident101'));
is($w->as('resident101')->put('/api/users/profile', { firstName => 'R', phone => $phone })->status, 200, 'someone with an e-mail address and a phone number');

subtest 'thirty guesses at once' => sub {
	for my $round (1 .. 2) {
		unlock();
		my @got = at_once(map { [$c, POST => '/api/auth/login', { %me, password => "guess $_" }] } 1 .. 30);
		is(codes(@got), 'account_locked 25 invalid_credentials 5', 'five are looked at, the others are told of the lock');
		problem_is(login(\%right), 423, 'account_locked', 'and so is the right password');
	}
	unlock();
	my @got = at_once(map { [$c, POST => '/api/auth/login', { %me, password => $_ == 29 ? $right{password} : "guess $_" }] } 1 .. 30);
	my ($yes, $no) = map { my $s = $_; scalar grep { $_->status == $s } @got } 200, 401;
	ok($yes <= 1 && $no <= 9, "one of them right: at most one gets in, and few learn that they were wrong ($yes, $no)");
	cmp_ok($no, '<=', 5, 'no more than five before a lock') unless $yes;
	my $me = $w->client->login($w->email('resident102'), $w->password('resident102'));
	@got = at_once(map { [$me, POST => '/api/auth/password', { currentPassword => "guess $_", newPassword => 'battery staple 9' }] } 1 .. 20);
	is(codes(@got), 'account_locked 15 invalid_credentials 5', 'a change of password is no way around');
	my @rights = at_once(map { [$c, POST => '/api/auth/login', { email => $w->email('resident103'), password => $w->password('resident103') }] } 1 .. 12);
	is(codes(@rights), '200 12', 'twelve who know the password are let in at once');
};

subtest 'other spellings' => sub {
	my ($local, $domain) = split /@/, $me{email};
	is_locked_after('letters in capitals and blanks around', \%right, map { { email => $_ } } uc $me{email}, " $me{email}", "$me{email} ", "\t$me{email}\n", ucfirst $me{email});
	is_locked_after('a phone number in all its ways to be written', { phone => $phone, password => $right{password} },
		map { { phone => $_ } } $phone, substr($phone, 0, 3) . ' ' . substr($phone, 3), "$phone ", substr($phone, 0, 5) . '-' . substr($phone, 5), '+(' . substr($phone, 1, 2) . ')' . substr($phone, 3));
	is_locked_after('three by e-mail and two by phone', \%right, (map { { email => $me{email} } } 1 .. 3), (map { { phone => $phone } } 1 .. 2));
	problem_is(login({ phone => $phone, password => $right{password} }), 423, 'account_locked', '… by either name');
	for my $alike ("$local+x\@$domain", "$local.\@$domain", "$local\@$domain.", "$local\@\x{0430}$domain", "\x{1d42b}$local\@$domain", "$local\x{200b}\@$domain", "\x{ff52}$local\@$domain", "$local%00\@$domain",
		"$me{email}\x00", "$me{email},x\@example.test", "\"$local\"\@$domain", "$local\@[$domain]", "$local(x)\@$domain") {
		my $answer = login({ email => $alike, password => $right{password} });
		ok($answer->status == 401 || $answer->status == 422 || $answer->status == 400, 'a look-alike is nobody: ' . $answer->status);
	}
	problem_is(login({ %right, email => [$me{email}] }), 422, 'validation_failed', 'an array is no name');
	problem_is(login({ %right, phone => $phone }), 422, 'validation_failed', 'nor are two names one');
};

subtest 'from elsewhere' => sub {
	unlock();
	my @got = map { login({ %me, password => 'x' }, 'X-Forwarded-For' => "203.0.113.$_", 'User-Agent' => "agent $_") } 1 .. 6;
	is(codes(@got), 'account_locked 1 invalid_credentials 5', 'five addresses are not five times five tries');
	unlock();
	my $nobody = uuid() . '@example.test';
	@got = map { login({ email => $nobody, password => 'x' }) } 1 .. 6;
	is(codes(@got), 'account_locked 1 invalid_credentials 5', 'an account that is none locks as well: the lock tells nothing');
};

subtest 'a PIN on many tablets' => sub {
	my $guard = $w->as('guard');
	my $victim = $w->as('manager')->post('/v1/guards', { name => 'Victim', pin => '918273' })->json;
	my @tablets = map { $guard->post('/v1/guards/register-device', { name => "spare $_", platform => 'web' })->json->{device_token} } 1 .. 6;
	my $pin = sub { return $c->post('/v1/auth/guard', { device_token => $_[0], guard_id => $victim->{id}, pin => $_[1] }) };
	my @got = map { my $tablet = $_; map { $pin->($tablet, "00000$_") } 1 .. 5 } @tablets;
	is(codes(@got), 'account_locked 10 invalid_credentials 20', 'a guard who registers tablets has four times five tries, not as many as he likes');
	problem_is($pin->($tablets[5], '918273'), 423, 'account_locked', 'then the guard is locked on every tablet');
	unlock();
	@got = at_once(map { [$c, POST => '/v1/auth/guard', { device_token => $tablets[0], guard_id => $victim->{id}, pin => sprintf '%06d', $_ }] } 1 .. 30);
	is(codes(@got), 'account_locked 25 invalid_credentials 5', 'thirty at once are five');
	is($w->client->guard_login($w->tablet_token, $w->pin, guard_id => $w->guard_id)->get('/v1/profile/me')->status, 200, 'the other guard is not locked out');
	is(codes(map { $c->post('/v1/auth/guard', { device_token => $tablets[1], guard_id => uuid(), pin => '123456' }) } 1 .. 6), 'account_locked 1 invalid_credentials 5', 'a guard who is none tells nothing either');
};

subtest 'addresses of one household' => sub {
	my @got = map { $c->get('/api/status', 'X-Forwarded-For' => "2001:db8:0:1::$_") } 1 .. 7;
	is(codes(@got), '200 6 rate_limited 1', 'a /64 of IPv6 counts as one');
	is($c->get('/api/status', 'X-Forwarded-For' => '2001:db8:0:2::1')->status, 200, 'the next one is another');
	is($c->get('/api/status', 'X-Forwarded-For' => '::ffff:198.51.100.7')->status, 200, 'an IPv4 address in the form of IPv6 is one of its own');
	is($c->get('/api/status', 'X-Forwarded-For' => '198.51.100.8')->status, 200, 'as are IPv4 addresses');
};

done_testing;
