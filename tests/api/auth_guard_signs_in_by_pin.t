# A guard signs in by PIN on a registered tablet: which guard, which tablet, and what that session is.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $w = world();
my $c = client();
my $manager = $w->as('manager');
sub pin { return $c->post('/v1/auth/guard', { device_token => $w->tablet_token, pin => $w->pin, @_ }) }

subtest 'one guard on the tablet' => sub {
	my $answer = pin();
	is($answer->status, 200, 'needs no name');
	my $got = $answer->json;
	is_deeply([grep { !/^user$/ } sort keys %$got], [sort qw(access_token refresh_token token_type expires_in guard)], 'the answer signs in, in snake case');
	is_deeply($got->{guard}, { id => $w->guard_id, name => 'Guard Test', society_id => $w->society_id }, 'and says who');
	my $guard = client();
	$guard->token($got->{access_token});
	my $me = $guard->get('/v1/profile/me')->json;
	is($me->{guard}{id}, $w->guard_id, 'it is the guard\'s session');
	is($guard->get('/v1/visitors')->status, 200, 'who sees the gate');
	problem_is($guard->get('/v1/guards'), 403, 'forbidden', 'and manages nothing');
	is(client()->post('/api/auth/refresh', { refreshToken => $got->{refresh_token} })->status, 200, 'it can be refreshed');
	ok(sql_value(q{select last_seen_at is not null from guard_devices where id = :'id'}, id => $w->tablet_id), 'the tablet was seen');
};

subtest 'what is wrong' => sub {
	problem_is(pin(pin => '000000'), 401, 'invalid_credentials', 'a wrong PIN');
	problem_is(pin(device_token => 'no such tablet'), 401, 'invalid_credentials', 'an unknown tablet');
	problem_is(pin(guard_id => uuid()), 401, 'invalid_credentials', 'an unknown guard');
	problem_is(pin(guard_id => 'Gopal'), 422, 'validation_failed', 'a name for an id');
	problem_is($c->post('/v1/auth/guard', { pin => '1' }), 422, 'validation_failed', 'no tablet');
	problem_is($c->post('/v1/auth/guard', { device_token => $w->tablet_token }), 422, 'validation_failed', 'no PIN');
	my $elsewhere = world();
	problem_is(pin(guard_id => $elsewhere->guard_id, pin => $elsewhere->pin), 401, 'invalid_credentials', 'a guard of another society');
};

subtest 'several guards on the tablet' => sub {
	my $second = $manager->post('/v1/guards', { name => 'Second', pin => '777777', device_ids => [$w->tablet_id] })->json;
	my $answer = pin();
	problem_is($answer, 422, 'validation_failed', 'one must say who');
	is_deeply([$answer->fields], ['guard_id'], 'by guard_id');
	is(pin(guard_id => $second->{id}, pin => '777777')->json->{guard}{name}, 'Second', 'then it is that one');
	problem_is(pin(guard_id => $second->{id}), 401, 'invalid_credentials', 'with that one\'s PIN');
	my $not_here = $manager->post('/v1/guards', { name => 'Elsewhere', pin => '888888' })->json;
	problem_is(pin(guard_id => $not_here->{id}, pin => '888888'), 401, 'invalid_credentials',
		'a guard who is not assigned to this tablet');
	my $free = $manager->post('/v1/guards/register-device', { name => 'any gate', platform => 'web' })->json->{device_token};
	is(pin(device_token => $free, guard_id => $not_here->{id}, pin => '888888')->status, 200,
		'a tablet without assignments takes every guard of its society');
};

subtest 'what a tablet is' => sub {
	my $tablet = $c->post('/v1/auth/tablet', { device_token => $w->tablet_token });
	is($tablet->status, 200, 'it says without anyone signed in');
	is_deeply([sort keys %{ $tablet->json }], [sort qw(device_id device_name society_id society_name guards)], 'what and where');
	is_deeply([map { $_->{name} } @{ $tablet->json->{guards} }], ['Guard Test', 'Second'], 'and who may sign in on it');
	unlike($tablet->body, qr/pin|hash/, 'no PIN, no hash');
	problem_is($c->post('/v1/auth/tablet', { device_token => 'x' }), 401, 'invalid_credentials', 'an unknown one says nothing');
};

subtest 'a PIN session is a guard\'s and nothing else' => sub {
	sql(q{insert into role_assignments (id, user_id, role, scope_type) select gen_random_uuid(), user_id, 'admin', 'site'
		from guards where id = :'g'}, g => $w->guard_id);
	my $answer = pin(guard_id => $w->guard_id);
	my $guard = client();
	$guard->token($answer->json->{access_token});
	problem_is($guard->get('/api/users/users'), 403, 'forbidden', 'even where the person has other roles');
	is_deeply($guard->get('/v1/cities')->status, 200, 'what everyone may see they may');
	sql(q{delete from role_assignments where role = 'admin' and user_id = (select user_id from guards where id = :'g')}, g => $w->guard_id);
};

subtest 'with cookies' => sub {
	my $browser = client();
	my $answer = $browser->post('/v1/auth/guard', { device_token => $w->tablet_token, guard_id => $w->guard_id,
		pin => $w->pin, cookie => JSON::PP::true() });
	is($answer->status, 200, 'a tablet\'s browser may ask for them');
	ok(!exists $answer->json->{access_token}, 'then there is no token in the body');
	is($browser->get('/v1/profile/me')->json->{guard}{id}, $w->guard_id, 'and the guard is signed in');
};

subtest 'a revoked tablet' => sub {
	my $guard = $w->client->guard_login($w->tablet_token, $w->pin, guard_id => $w->guard_id);
	is($manager->delete('/v1/guards/devices/' . $w->tablet_id)->status, 204, 'is revoked');
	problem_is($guard->get('/v1/visitors'), 401, 'token_revoked', 'its sessions are over');
	problem_is(pin(guard_id => $w->guard_id), 401, 'invalid_credentials', 'nobody signs in on it');
	problem_is($c->post('/v1/auth/tablet', { device_token => $w->tablet_token }), 401, 'invalid_credentials', 'it is none any more');
};

done_testing;
