# A body sets what its route says and nothing else, and a role is given by those above it: no field, no
# role, no idempotency key of another makes anyone more than he is.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Example;
use Gatehouse::Gate;
use Gatehouse::Routes;

my ($w, $other) = (world(), world());
my %ACTOR = (resident => 'resident101', guard => 'guard', manager => 'manager', operator => 'operator', technician => 'technician', customer => 'customer', user => 'resident101', admin => 'admin', anyone => 'resident101');

subtest 'a field that a route does not name is refused by name' => sub {
	my %more = (status => 'accepted', role => 'admin', roles => ['admin'], is_admin => JSON::PP::true(), isAdmin => JSON::PP::true(), user_id => uuid(), userId => uuid(), created_by => uuid(), organizationId => uuid(),
		disabled_at => JSON::PP::null(), pin_hash => 'x', password_hash => 'x', token_hash => 'x', approval_deadline => '2030-01-01T00:00:00Z', invite_token => 'x', responded_by => uuid(), seq => 1,
		__proto__ => { admin => 1 }, constructor => {}, '$where' => '1', 'role[]' => 'admin', 'flat_id ' => uuid(), "flat_id\n" => 'x', '' => 'x', actor => uuid(), session => uuid(), who => 127, new_id => uuid(), new_user => uuid(), limit_more => 9, base_url => 'http://evil');
	my $routes = 0;
	for my $route (grep { $_->method ne 'GET' && !$_->is_stream && $_->path !~ m{/(?:logout|logout-all)$} } Gatehouse::Routes->all) {
		my ($who) = map { $ACTOR{$_} } grep { $ACTOR{$_} } $route->who;
		my ($path, $body) = Gatehouse::Example::request($route, $w, $who // 'admin');
		my %known = map { ($_->{name} => 1, defined $_->{alias} ? ($_->{alias} => 1) : ()) } $route->fields('body');
		my @asked = grep { !$known{$_} } sort keys %more;
		my $answer = $w->as($who // 'admin')->request($route->method, $path, { %{ $body || {} }, map { ($_ => $more{$_}) } @asked });
		my %named = map { ($_ => 1) } $answer->problem && $answer->json->{errors} ? map { $_->{field} } @{ $answer->json->{errors} } : ();
		$routes++;
		# null is no value: it is refused with the others because its name is not known either.
		is_deeply([$answer->status, grep { !$named{$_} } @asked], [422], $route->name) or diag substr $answer->body, 0, 300;
	}
	cmp_ok($routes, '>', 30, "$routes routes");
};

subtest 'nor does the query bring one in' => sub {
	my $resident = $w->as('resident101');
	for my $name (qw(actor session who new_id limit_more after like society base_url invite_code status2 gh.admin)) {
		problem_is($resident->get("/v1/visitors?$name=x"), 422, 'validation_failed', "?$name=");
	}
	problem_is($resident->get('/v1/visitors?limit=1&limit=100'), 422, 'validation_failed', 'nor the same twice');
	problem_is($resident->get('/v1/visitors?limit=1&LIMIT=100'), 422, 'validation_failed', 'in capitals');
	my $id = announce($w)->{id};
	problem_is($resident->post("/v1/visitors/$id/respond?id=" . uuid(), { decision => 'accept' }), 422, 'validation_failed', 'a path\'s id in the query');
	problem_is($resident->post("/v1/visitors/$id/respond", { decision => 'accept', id => uuid() }), 422, 'validation_failed', 'or in the body');
};

subtest 'what is read-only stays' => sub {
	my $me = $w->as('resident102');
	my $profile = $me->get('/api/users/profile')->json;
	for my $change ({ id => $w->user_id('admin') }, { email => $w->email('admin') }, { email => 'new@example.test' }) {
		problem_is($me->put('/api/users/profile', { %$profile, %$change }), 422, 'validation_failed', 'a profile\'s ' . (keys %$change)[0]);
	}
	is($me->put('/api/users/profile', { %$profile, createdAt => '2001-01-01T00:00:00Z' })->json->{createdAt}, $profile->{createdAt}, 'when it was made is not changed by saying so');
	is($me->get('/v1/profile/me')->json->{id}, $w->user_id('resident102'), 'one is who one was');
	problem_is($w->as('guard')->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'X', status => 'accepted' }), 422, 'validation_failed', 'a guard lets nobody in for a resident');
	is($w->as('guard')->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'X', expected_start => from_now(60), expected_end => from_now(3600) })->json->{status}, 'pending', 'not by asking for an hour either');
};

subtest 'roles' => sub {
	my $manager = $w->as('manager');
	my $mine = '/api/users/' . $w->user_id('manager') . '/roles';
	my $had = sub { return join ' ', sort map { $_->[0] } sql(q{select role || ':' || scope_id from role_assignments where user_id = :'u'}, u => $w->user_id('manager')) };
	my $before = $had->();
	my $role = sub { my ($role, $type, $id) = @_; return { role => $role, scopeType => $type, defined $id ? (scopeId => $id) : () } };
	for my $case ([admin => 'site'], [manager => organization => $w->organization_id], [operator => organization => $w->organization_id], [technician => customer => $w->customer_id], [customer => customer => $w->customer_id],
		[manager => society => $w->society_id], [manager => society => $other->society_id], [guard => society => $other->society_id], [resident => flat => $other->flat('101')], [technician => organization => $w->organization_id]) {
		my $answer = $manager->post($mine, $role->(@$case));
		like($answer->status, qr/^(?:403|404)$/, "a society's manager does not make himself $case->[0] of a $case->[1]");
	}
	for my $case ([guard => flat => $w->flat('101')], [guard => organization => $w->society_id], [resident => society => $w->society_id], [admin => society => $w->society_id], [technician => society => $w->society_id],
		[manager => site => undef], [resident => customer => $w->flat('101')], [technician => organization => $w->customer_id], [guard => customer => $w->society_id]) {
		my $answer = $manager->post($mine, $role->(@$case));
		like($answer->status, qr/^(?:403|404|422)$/, "nor $case->[0] in a $case->[1], which is no such scope (" . $answer->status . ')');
	}
	is($w->as($_)->post($mine, $role->(admin => 'site'))->status, 403, "a $_ gives no role at all") for qw(resident101 guard operator technician customer stranger);
	problem_is($manager->request(DELETE => '/api/users/' . $w->user_id('admin') . '/roles', $role->(admin => 'site')), 404, 'not_found', 'an admin is not unmade by a manager');
	problem_is($manager->request(DELETE => '/api/users/' . $w->user_id('operator') . '/roles', $role->(operator => organization => $w->organization_id)), 404, 'not_found', 'nor an operator');
	is(scalar @{ $manager->get($mine)->data }, 0, 'of his own roles a manager sees none that he could change');
	is($had->(), $before, 'he has what he had');
};

subtest 'who asks for a flat does not decide about it' => sub {
	my $stranger = $w->as('stranger');
	my $id = $stranger->post('/v1/resident-requests', { flat_id => $w->flat('104'), relation => 'owner' })->json->{id};
	for my $who (qw(stranger resident101 guard operator)) {
		is($w->as($who)->post("/v1/resident-requests/$id/approve")->status, 403, "a $who approves nothing");
	}
	problem_is($other->as('manager')->post("/v1/resident-requests/$id/approve"), 404, 'not_found', 'another society\'s manager does not find it');
	is(sql_value(q{select count(*) from role_assignments where user_id = :'u'}, u => $w->user_id('stranger')), 0, 'and nobody lives there');
	my $double = $w->as('manager')->post('/v1/resident-requests', { flat_id => $other->flat('104'), relation => 'owner' })->json->{id};
	problem_is($w->as('manager')->post("/v1/resident-requests/$double/approve"), 404, 'not_found', 'a manager is none elsewhere, for himself neither');
};

subtest 'a key of somebody else' => sub {
	my %key = ('Idempotency-Key' => 'key-' . uuid());
	my %guest = (flat_id => $w->flat('101'), visitor_name => 'Guest of one');
	my $first = $w->as('resident101')->post('/v1/visitors', \%guest, %key);
	is($first->status, 201, 'an invitation made with a key');
	for my $who (qw(family101 resident102 guard)) {
		my %own = (%guest, $who eq 'resident102' ? (flat_id => $w->flat('102')) : ());
		my $answer = $w->as($who)->post('/v1/visitors', \%own, %key);
		is($answer->header('Idempotent-Replay'), undef, "$who: the same key is another key");
		isnt($answer->status == 201 && $answer->json->{id}, $first->json->{id}, '… and gets no answer of somebody else\'s');
	}
	problem_is(client()->post('/v1/visitors', \%guest, %key), 401, 'unauthenticated', 'nobody gets an answer by its key');
	my $guard = $w->as('guard')->post('/v1/visitors', \%guest, 'Idempotency-Key' => 'once');
	$w->as('manager');
	sql(q{delete from role_assignments where user_id = :'u'}, u => $w->user_id('family101'));
	problem_is($w->as('family101')->post('/v1/visitors', \%guest, %key), 403, 'forbidden', 'nor one\'s own once the role is gone');
	my ($row) = sql(q{select body_hash || ' ' || coalesce(answer, '') from idempotency_keys where user_id = :'u'}, u => $w->user_id('resident101'));
	unlike($row->[0], qr/Guest|invite|^[0-9a-f]{64} /, 'what is stored of it shows neither body nor answer, nor a hash to try bodies on');
	my %account = (email => uuid() . '@example.test', password => 'correct horse 7');
	my $made = client()->post('/api/auth/register', \%account, 'Idempotency-Key' => $key{'Idempotency-Key'});
	is($made->status, 201, 'an account made with a key');
	problem_is(client()->post('/api/auth/register', { %account, password => 'another horse 7' }, 'Idempotency-Key' => $key{'Idempotency-Key'}), 422, 'idempotency_key_reused', 'is not got by the key without the password');
};

done_testing;
