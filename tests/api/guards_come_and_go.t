# Guards: added with a PIN nobody sees again, changed, let go; letting one go ends the session at once.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my ($w, $other) = (world(), world());
my ($manager, $first) = ($w->as('manager'), $w->as('guard'));
my %new = (name => 'Gita', phone => '+91 98 1234 5678', pin => '24681357', device_ids => [$w->tablet_id]);
sub pin { my ($guard, $pin) = @_; return $w->client->post('/v1/auth/guard', { device_token => $w->tablet_token, guard_id => $guard, pin => $pin }) }

my $made = $manager->post('/v1/guards', \%new);
is($made->status, 201, 'a manager adds a guard');
my $g = $made->json;
is_deeply([sort keys %$g], [sort qw(id name phone society_id is_active device_ids created_at)], 'nothing of the PIN comes back');
is_deeply([@$g{qw(name phone society_id is_active)}, $g->{device_ids}], ['Gita', '+919812345678', $w->society_id, JSON::PP::true(), [$w->tablet_id]], 'the rest does');
is_deeply($manager->get($made->header('Location'))->json, $g, 'and can be got again');
is(pin($g->{id}, '24681357')->status, 200, 'the guard signs in');
is(sql_value(q{select pin_hash from guards where id = :'id'}, id => $g->{id}) =~ /^\$s1\$/ ? 1 : 0, 1, 'the PIN is stored as a scrypt hash');

subtest 'lists' => sub {
	is_deeply([sort map { $_->{name} } @{ $manager->get('/v1/guards')->data }], ['Gita', 'Guard Test'], 'a manager sees the society\'s');
	is_deeply([map { $_->{id} } @{ $other->as('manager')->get('/v1/guards')->data }], [$other->guard_id], 'another theirs');
	is_deeply($manager->get('/v1/guards?society_id=' . $other->society_id)->data, [], 'and not each other\'s');
	unlike($manager->get('/v1/guards')->body, qr/pin|s1\$/, 'no PIN, no hash');
	my $page = $manager->get('/v1/guards?limit=1');
	ok($page->next, 'in pages');
	problem_is($w->as($_)->get('/v1/guards'), 403, 'forbidden', "not for a $_") for qw(guard resident101 stranger);
};

subtest 'what is refused' => sub {
	problem_is($manager->post('/v1/guards', { %new, pin => $_ }), 422, 'validation_failed', "a PIN $_") for '123', '1234567890123', '12ab', '';
	problem_is($manager->post('/v1/guards', { %new, pin => 123456 }), 422, 'validation_failed', 'a PIN that is a number');
	problem_is($manager->post('/v1/guards', { pin => '123456' }), 422, 'validation_failed', 'no name');
	problem_is($manager->post('/v1/guards', { %new, device_ids => ['x'] }), 422, 'validation_failed', 'tablets that are none');
	problem_is($manager->post('/v1/guards', { %new, device_ids => $w->tablet_id }), 422, 'validation_failed', 'a tablet for a list');
	problem_is($manager->post('/v1/guards', { %new, device_ids => [$w->tablet_id, $other->tablet_id] }), 404, 'not_found', 'a tablet of others among them');
	problem_is($manager->post('/v1/guards', { %new, society_id => $other->society_id }), 404, 'not_found', 'at another gate');
	problem_is($manager->put("/v1/guards/$g->{id}", { name => 'Gita', device_ids => [$other->tablet_id] }), 404, 'not_found', 'sent to a tablet of others');
	problem_is($w->as('guard')->post('/v1/guards', \%new), 403, 'forbidden', 'by a guard');
	is(scalar @{ $manager->get('/v1/guards')->data }, 2, 'nobody was added');
};

subtest 'another society\'s guard' => sub {
	for my $answer ($manager->get('/v1/guards/' . $other->guard_id), $manager->put('/v1/guards/' . $other->guard_id, { name => 'Mine' }),
		$manager->delete('/v1/guards/' . $other->guard_id), $manager->get('/v1/guards/' . uuid()), $manager->get('/v1/guards/Gita')) {
		problem_is($answer, 404, 'not_found', $answer->summary =~ s/ -.*//r =~ s/[0-9a-f-]{36}/…/r);
	}
	is($other->as('manager')->get('/v1/guards/' . $other->guard_id)->json->{name}, 'Guard Test', 'is as it was');
};

subtest 'changing' => sub {
	my $session = $w->client->guard_login($w->tablet_token, '24681357', guard_id => $g->{id});
	my $changed = $manager->put("/v1/guards/$g->{id}", { name => 'Gita Rao' })->json;
	is($changed->{name}, 'Gita Rao', 'a name');
	is($changed->{phone}, undef, 'PUT is whole');
	is_deeply($changed->{device_ids}, [$w->tablet_id], 'tablets stay unless given');
	is($session->get('/v1/visitors')->status, 200, 'the session goes on');
	is($manager->put("/v1/guards/$g->{id}", { name => 'Gita Rao', pin => '99999999' })->status, 200, 'a new PIN');
	problem_is($session->get('/v1/visitors'), 401, 'token_revoked', 'ends the session');
	problem_is(pin($g->{id}, '24681357'), 401, 'invalid_credentials', 'the old PIN is none');
	is(pin($g->{id}, '99999999')->status, 200, 'the new one is');
	is_deeply($manager->put("/v1/guards/$g->{id}", { name => 'Gita Rao', device_ids => [] })->json->{device_ids}, [], 'tablets can be taken');
	problem_is(pin($g->{id}, '99999999'), 401, 'invalid_credentials', 'then it is not this one');
	$manager->put("/v1/guards/$g->{id}", { name => 'Gita Rao', device_ids => [$w->tablet_id] });
	problem_is($manager->put("/v1/guards/$g->{id}", {}), 422, 'validation_failed', 'a name is needed');
};

subtest 'pausing and coming back' => sub {
	my $session = $w->client->guard_login($w->tablet_token, '99999999', guard_id => $g->{id});
	is($manager->put("/v1/guards/$g->{id}", { name => 'Gita Rao', is_active => JSON::PP::false() })->json->{is_active}, JSON::PP::false(), 'a guard is set inactive');
	problem_is($session->get('/v1/visitors'), 401, 'token_revoked', 'the session is over');
	problem_is(pin($g->{id}, '99999999'), 401, 'invalid_credentials', 'the PIN opens nothing');
	is($manager->put("/v1/guards/$g->{id}", { name => 'Gita Rao', is_active => JSON::PP::true() })->status, 200, 'and active again');
	my $back = $w->client->guard_login($w->tablet_token, '99999999', guard_id => $g->{id});
	is($back->get('/v1/visitors')->status, 200, 'then the gate is theirs again');
};

subtest 'letting go' => sub {
	my $session = $w->client->guard_login($w->tablet_token, '99999999', guard_id => $g->{id});
	my $stream = $session->stream;
	$stream->wait_for('CONNECTION_ESTABLISHED');
	is($manager->delete("/v1/guards/$g->{id}")->status, 204, 'a guard is let go');
	problem_is($session->get('/v1/visitors'), 401, 'token_revoked', 'the session ends at once');
	problem_is($w->client->post('/api/auth/refresh', { refreshToken => $session->refresh_token }), 401, 'token_revoked', 'for good');
	ok($stream->wait_closed(5), 'the live stream too');
	problem_is(pin($g->{id}, '99999999'), 401, 'invalid_credentials', 'the PIN opens nothing');
	is(sql_value(q{select count(*) from role_assignments r join guards g on g.user_id = r.user_id where g.id = :'id'}, id => $g->{id}), 0, 'the role is gone');
	problem_is($manager->delete("/v1/guards/$g->{id}"), 404, 'not_found', 'once');
	is($manager->get("/v1/guards/$g->{id}")->json->{is_active}, JSON::PP::false(), 'the record stays, inactive');
	is($manager->put("/v1/guards/$g->{id}", { name => 'Gita Rao', is_active => JSON::PP::true() })->status, 200, 'who is taken back');
	my $back = $w->client->guard_login($w->tablet_token, '99999999', guard_id => $g->{id});
	is($back->get('/v1/visitors')->status, 200, 'is a guard again');
};

subtest 'an admin' => sub {
	my $admin = $w->as('admin');
	my $answer = $admin->post('/v1/guards', { name => 'X', pin => '135791' });
	problem_is($answer, 422, 'validation_failed', 'says for which society');
	is_deeply([$answer->fields], ['society_id'], 'by name');
	is($admin->post('/v1/guards', { name => 'X', pin => '135791', society_id => $w->society_id })->status, 201, 'and then may');
};

done_testing;
