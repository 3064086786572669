# The gate's tablets: registered with a token shown once, listed, revoked.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my ($w, $other) = (world(), world());
my $manager = $w->as('manager');
my %new = (name => 'North gate', platform => 'android', fcm_token => 'f' x 200);

my $made = $manager->post('/v1/guards/register-device', \%new);
is($made->status, 201, 'a manager registers a tablet');
my $t = $made->json;
like($t->{device_token}, qr/^[\w-]{43}$/, 'its token is shown');
like($t->{device_id}, qr/^[0-9a-f-]{36}$/, 'with its id');
is($w->client->post('/v1/auth/guard', { device_token => $t->{device_token}, guard_id => $w->guard_id, pin => $w->pin })->status, 200, 'guards sign in on it');
is(sql_value(q{select count(*) from guard_devices where token_hash = :'t' or fcm_token = :'t'}, t => $t->{device_token}), 0, 'the token is not stored as it is');

subtest 'the list' => sub {
	my $list = $manager->get('/v1/guards/devices');
	is_deeply([sort map { $_->{name} } @{ $list->data }], ['North gate', 'test gate'], 'has the society\'s');
	unlike($list->body, qr/token/, 'and no token');
	is_deeply([sort keys %{ $list->data->[0] }], [sort qw(id name platform society_id created_at last_seen_at)], 'but what they are');
	is_deeply($manager->get('/v1/guards/devices?society_id=' . $other->society_id)->data, [], 'of others nothing');
	ok($manager->get('/v1/guards/devices?limit=1')->next, 'it has pages');
	problem_is($w->as($_)->get('/v1/guards/devices'), 403, 'forbidden', "not for a $_") for qw(guard resident101);
};

subtest 'a guard may register one' => sub {
	my $by_guard = $w->as('guard')->post('/v1/guards/register-device', { name => 'South gate', platform => 'web' });
	is($by_guard->status, 201, 'for the own gate');
	is($by_guard->json->{society_id}, $w->society_id, 'without saying which');
	problem_is($w->as('guard')->post('/v1/guards/register-device', { name => 'x', platform => 'web', society_id => $other->society_id }), 404, 'not_found', 'not for another');
};

subtest 'what is refused' => sub {
	problem_is($manager->post('/v1/guards/register-device', { %new, society_id => $other->society_id }), 404, 'not_found', 'another society');
	problem_is($manager->post('/v1/guards/register-device', { name => 'x' }), 422, 'validation_failed', 'no platform');
	problem_is($manager->post('/v1/guards/register-device', { %new, name => 'x' x 81 }), 422, 'validation_failed', 'a very long name');
	problem_is($w->as($_)->post('/v1/guards/register-device', \%new), 403, 'forbidden', "a $_") for qw(resident101 stranger);
	problem_is($w->as('admin')->post('/v1/guards/register-device', \%new), 422, 'validation_failed', 'an admin who does not say where');
};

subtest 'revoking' => sub {
	my $guard = $w->client->guard_login($t->{device_token}, $w->pin, guard_id => $w->guard_id);
	my $elsewhere = $w->client->guard_login($w->tablet_token, $w->pin);
	problem_is($other->as('manager')->delete("/v1/guards/devices/$t->{device_id}"), 404, 'not_found', 'is not for another manager');
	is($guard->get('/v1/visitors')->status, 200, 'nothing happened');
	is($manager->delete("/v1/guards/devices/$t->{device_id}")->status, 204, 'but for the own');
	problem_is($guard->get('/v1/visitors'), 401, 'token_revoked', 'who is signed in on it is out');
	is($elsewhere->get('/v1/visitors')->status, 200, 'on another tablet they stay');
	problem_is($w->client->post('/v1/auth/tablet', { device_token => $t->{device_token} }), 401, 'invalid_credentials', 'its token is none');
	ok(!grep({ $_->{id} eq $t->{device_id} } @{ $manager->get('/v1/guards/devices')->data }), 'it is not in the list');
	problem_is($manager->delete("/v1/guards/devices/$t->{device_id}"), 404, 'not_found', 'a second time');
	problem_is($manager->delete('/v1/guards/devices/' . uuid()), 404, 'not_found', 'one that is none');
	problem_is($manager->delete('/v1/guards/devices/x'), 404, 'not_found', 'a malformed id');
	problem_is($manager->post('/v1/guards', { name => 'x', pin => '2468', device_ids => [$t->{device_id}] }), 404, 'not_found', 'no guard is sent to it');
};

done_testing;
