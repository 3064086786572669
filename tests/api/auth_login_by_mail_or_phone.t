# Signing in: by e-mail address or phone number, and what is refused.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $w = world();
my $c = client();
my $email = $w->email('resident101');
my $phone = '+9197' . int(10_000_000 + rand 89_999_999);
sql(q{update users set phone = :'phone' where email = :'email'}, phone => $phone, email => $email);
sub login { return $c->post('/api/auth/login', {@_}) }

subtest 'who is known gets in' => sub {
	my $answer = login(email => $email, password => $w->password('resident101'));
	is($answer->status, 200, 'by e-mail address');
	is_deeply([sort keys %{ $answer->json }], [sort qw(user accessToken refreshToken tokenType expiresIn)], 'with tokens');
	is($answer->json->{user}{id}, $w->user_id('resident101'), 'as themselves');
	is($answer->header('Cache-Control'), 'no-store', 'which nobody may store');
	is($answer->header('Set-Cookie'), undef, 'no cookie is set unless asked for');
	is(login(email => uc $email, password => $w->password('resident101'))->status, 200, 'in capitals');
	is(login(phone => $phone, password => $w->password('resident101'))->status, 200, 'by phone number');
	(my $spaced = $phone) =~ s/(\d{5})$/ $1/;
	is(login(phone => $spaced, password => $w->password('resident101'))->status, 200, 'however it is written');
	is(login(email => $w->email('stranger'), password => $w->password('stranger'))->status, 200, 'someone without any role too');
};

subtest 'who is not does not' => sub {
	problem_is(login(email => $email, password => 'wrong horse 7'), 401, 'invalid_credentials', 'a wrong password');
	problem_is(login(email => 'nobody@example.test', password => 'wrong horse 7'), 401, 'invalid_credentials', 'an unknown address');
	problem_is(login(phone => '+15550000000', password => 'wrong horse 7'), 401, 'invalid_credentials', 'an unknown number');
	my ($known, $unknown) = (login(email => $email, password => 'no'), login(email => 'no@example.test', password => 'no'));
	my @said = map { my %p = %{ $_->json }; delete $p{instance}; json_of(\%p) } $known, $unknown;
	is($said[0], $said[1], 'nothing told differs between a known and an unknown account');
	like($known->header('WWW-Authenticate'), qr/^Bearer/, 'a 401 says how to authenticate');
	sql(q{update users set disabled_at = now() where email = :'e'}, e => $w->email('stranger'));
	problem_is(login(email => $w->email('stranger'), password => $w->password('stranger')), 401, 'invalid_credentials', 'a disabled account');
};

subtest 'malformed' => sub {
	problem_is(login(password => 'x'), 422, 'validation_failed', 'neither address nor number');
	problem_is(login(email => $email, phone => $phone, password => 'x'), 422, 'validation_failed', 'both');
	problem_is(login(email => $email), 422, 'validation_failed', 'no password');
	problem_is(login(email => $email, password => ''), 422, 'validation_failed', 'an empty one');
	problem_is(login(email => $email, password => 'x' x 513), 422, 'validation_failed', 'an absurdly long one');
};

subtest 'an access token' => sub {
	my ($head, $claims) = map { JSON::PP::decode_json(base64($_)) }
		(split /\./, login(email => $email, password => $w->password('resident101'))->json->{accessToken})[0, 1];
	is($head->{alg}, 'HS256', 'is signed with HMAC-SHA-256');
	ok($head->{kid}, 'names its key');
	is_deeply([sort keys %$claims], [sort qw(sub sid iat exp jti)], 'says who, session, since, until and which: no roles');
	is($claims->{exp} - $claims->{iat}, 900, 'and lasts 15 minutes');
};

sub base64 {
	my $text = shift;
	require MIME::Base64;
	$text =~ tr{-_}{+/};
	return MIME::Base64::decode_base64($text);
}

done_testing;
