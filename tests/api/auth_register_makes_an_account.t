# Registration makes a user, a customer account in the default organization, and the assignment; both
# names of the path do the same.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $c = client();
my $mark = uuid();
my $DEFAULT = '00000000-0000-4000-8000-000000000001';

sub register { my ($name, %more) = @_; return $c->post('/api/auth/register',
	{ email => "$name.$mark\@example.test", password => 'correct horse 7', %more }) }

subtest 'an account' => sub {
	my $made = register('New.Person', firstName => 'Ada', lastName => 'Lovelace', phone => '+44 (20) 7946-' . int(1000 + rand 9000));
	is($made->status, 201, 'is made');
	is($made->header('Location'), undef, 'it has no page of its own');
	my $got = $made->json;
	is_deeply([sort keys %$got], [sort qw(user accessToken refreshToken tokenType expiresIn)], 'the answer signs in');
	is($got->{tokenType}, 'Bearer', 'with bearer tokens');
	is($got->{expiresIn}, 900, 'that last 15 minutes');
	my $user = $got->{user};
	is($user->{email}, lc "New.Person.$mark\@example.test", 'the address is kept in lower case');
	is("$user->{firstName} $user->{lastName}", 'Ada Lovelace', 'with the names');
	like($user->{phone}, qr/^\+44207946\d{4}$/, 'and the number without its separators');
	like($user->{createdAt}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'times are UTC with milliseconds');
	like($user->{id}, qr/^[0-9a-f]{8}-[0-9a-f]{4}-7/, 'the id is a UUID of version 7');

	my ($row) = sql(<<~'SQL', id => $user->{id});
		select c.organization_id, c.name, a.role, a.scope_type, p.hash like '$s1$%'
		from role_assignments a join customers c on c.id = a.scope_id
		join user_passwords p on p.user_id = a.user_id
		where a.user_id = :'id'
		SQL
	is_deeply($row, [$DEFAULT, 'Ada Lovelace', 'customer', 'customer', 't'],
		'there is a customer account in the default organization, its owner, and a scrypt hash');
	my $me = client();
	$me->token($got->{accessToken});
	is($me->get('/api/users/profile')->status, 200, 'the access token works');
	is($me->post('/api/auth/refresh', { refreshToken => $got->{refreshToken} })->status, 200, 'so does the refresh token');
	is($me->get('/api/auth/sessions')->data->[0]{current}, JSON::PP::true(), 'it is a session like any other');
};

subtest 'names' => sub {
	my $user = register('whole', name => 'Grace Brewster Hopper')->json->{user};
	is_deeply([@$user{qw(firstName lastName)}], ['Grace', 'Brewster Hopper'], 'a whole name is split');
	$user = register('one', name => 'Prince')->json->{user};
	is_deeply([@$user{qw(firstName lastName)}], ['Prince', ''], 'one word is the given name');
	my $answer = $c->post('/api/auth/signup', { email => "signup.$mark\@example.test", password => 'correct horse 7' });
	is($answer->status, 201, '/signup is another name of /register');
	is($answer->json->{user}{firstName}, '', 'a name is not needed');
};

subtest 'what is taken' => sub {
	my $phone = '+9198' . int(10_000_000 + rand 89_999_999);
	is(register('first', phone => $phone)->status, 201, 'one account');
	problem_is(register('FIRST'), 409, 'conflict', 'the address again, in other letters');
	problem_is(register('second', phone => $phone), 409, 'conflict', 'the number again');
	is(sql_value(q{select count(*) from users where email like 'second.' || :'mark' || '%'}, mark => $mark), 0,
		'nothing is left of the second');
	my @all = map { register("many$_", cookie => JSON::PP::false())->status } 1 .. 2;
	is("@all", '201 201', 'others are not in the way');
};

subtest 'passwords' => sub {
	my %bad = (short => 'Xq7!zzz', common => 'password1', 'common in capitals' => 'PassWord1', long => 'x' x 129, empty => '');
	for my $what (sort keys %bad) {
		my $answer = register('bad', password => $bad{$what});
		problem_is($answer, 422, 'validation_failed', "a $what one is refused");
		is_deeply([$answer->fields], ['password'], 'naming the field');
	}
	is(register('eight', password => 'Xq7!zzzz')->status, 201, '8 characters are enough');
	is(register('umlauts', password => "\x{e4}\x{f6}\x{fc}\x{df}\x{20ac}\x{1f511}xy")->status, 201, 'characters are counted, not bytes');
	is(register('longest', password => 'x7' x 64)->status, 201, '128 are not too many');
	my $spaced = register('spaces', password => '  two spaces  ');
	is($c->post('/api/auth/login', { email => "spaces.$mark\@example.test", password => 'two spaces' })->status, 401,
		'a password is not trimmed');
};

subtest 'all bad fields are told at once' => sub {
	my $answer = $c->post('/api/auth/register', { email => 'nobody', phone => 'abc', temprature => 1, firstName => 7 });
	problem_is($answer, 422, 'validation_failed', 'a thoroughly wrong body');
	is_deeply([sort $answer->fields], [sort qw(email phone temprature firstName password)], 'names each of them, the unknown and the missing too');
};

done_testing;
