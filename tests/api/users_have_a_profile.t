# One's own profile in both dialects, and who the house thinks one is.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $w = world();
my $c = $w->as('resident101');

subtest 'GET /api/users/profile' => sub {
	my $answer = $c->get('/api/users/profile');
	is($answer->status, 200, 'is one\'s own');
	is_deeply([sort keys %{ $answer->json }], [sort qw(id email firstName lastName phone language timeZone createdAt)], 'as API.md has it');
	is($answer->json->{email}, $w->email('resident101'), 'and nobody else\'s');
};

subtest 'PUT is whole' => sub {
	my $answer = $c->put('/api/users/profile', { firstName => "Zo\x{eb}", lastName => 'Ng', phone => '+31 20 123-' . int(1000 + rand 9000), language => 'nl', timeZone => 'Europe/Amsterdam' });
	is($answer->status, 200, 'all of it can be set');
	is_deeply($c->get('/api/users/profile')->json, $answer->json, 'and stays');
	is($answer->json->{timeZone}, 'Europe/Amsterdam', 'the time zone too');
	my $got = $answer->json;
	is($c->put('/api/users/profile', $got)->status, 200, 'what was got may be sent back as it is');
	my $bare = $c->put('/api/users/profile', { firstName => 'Zoe' })->json;
	is($bare->{phone}, undef, 'what is left out is emptied');
	is($bare->{language}, 'en', 'or as it was at first');
	is($c->put('/api/users/profile', { %$bare, lastName => undef })->json->{lastName}, '', 'null is as good as left out');
	is($c->get('/api/users/profile')->json->{email}, $w->email('resident101'), 'the address stays');
	my ($row) = sql(q{select action, actor from audit_logs where entity_id = :'id' order by ord desc limit 1}, id => $w->user_id('resident101'));
	is_deeply($row, ['user.update', $w->user_id('resident101')], 'each change is in the audit');
};

subtest 'what is refused' => sub {
	my %whole = %{ $c->get('/api/users/profile')->json };
	my $put = sub { return $c->put('/api/users/profile', { %whole, @_ }) };
	for my $bad ([email => 'other@example.test'], [id => uuid()], [timeZone => 'Mars/Olympus'], [timeZone => 'Nowhere'],
		[phone => '12'], [language => 'x'], [firstName => 'x' x 81], [firstName => "a\x01b"], [lastName => ['x']], [nick => 'x']) {
		my $answer = $put->(@$bad);
		problem_is($answer, 422, 'validation_failed', "$bad->[0] = " . (ref $bad->[1] ? 'a list' : length $bad->[1] > 30 ? 'too long' : $bad->[1] =~ s/\x01/\\x01/r));
		is_deeply([$answer->fields], [$bad->[0]], 'by name');
	}
	my $phone = '+9196' . int(10_000_000 + rand 89_999_999);
	is($w->as('resident102')->put('/api/users/profile', { phone => $phone })->status, 200, 'a neighbour has a number');
	my $taken = $put->(phone => $phone);
	problem_is($taken, 422, 'validation_failed', 'which is then taken');
	is_deeply([$taken->fields], ['phone'], 'as the field says');
};

subtest 'GET /v1/profile/me' => sub {
	my %want = (
		resident101 => ['resident', 'flat', $w->flat('101')], manager => ['manager', 'society', $w->society_id],
		operator => ['operator', 'organization', $w->organization_id], technician => ['technician', 'customer', $w->customer_id],
		customer => ['customer', 'customer', $w->customer_id], guard => ['guard', 'society', $w->society_id], admin => ['admin', 'site', undef]);
	for my $who (sort keys %want) {
		my $me = $w->as($who)->get('/v1/profile/me')->json;
		is_deeply([map { [@$_{qw(role scope_type scope_id)}] } @{ $me->{roles} }], [$want{$who}], "$who");
		is($me->{id}, $w->user_id($who), '… is themselves');
	}
	my $me = $w->as('resident102')->get('/v1/profile/me')->json;
	is_deeply([@{ $me->{flat} }{qw(id flat_number society_id society_name city time_zone)}],
		[$w->flat('102'), '102', $w->society_id, 'Society ' . $w->mark, 'Testville', 'Asia/Kolkata'], 'a resident has a flat');
	is($me->{guard}, undef, 'and is no guard');
	my $guard = $w->as('guard')->get('/v1/profile/me')->json;
	is_deeply([@{ $guard->{guard} }{qw(id society_id)}], [$w->guard_id, $w->society_id], 'a guard has a gate');
	is($guard->{flat}, undef, 'and no flat');
	my $nobody = $w->as('stranger')->get('/v1/profile/me')->json;
	is_deeply($nobody->{roles}, [], 'someone without a role has none');
};

done_testing;
