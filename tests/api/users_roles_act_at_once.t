# Roles are given and taken within one's scope, and every change acts at once, live streams included.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my ($w, $other) = (world(), world());
my $admin = $w->as('admin');
my $manager = $w->as('manager');
my $stranger = $w->user_id('stranger');
sub path { return '/api/users/' . ($_[0] || $stranger) . '/roles' }
sub role { my ($role, $type, $id) = @_; return { role => $role, scopeType => $type, defined $id ? (scopeId => $id) : () } }

subtest 'an admin gives and takes every role' => sub {
	my @all = (['admin', 'site'], ['manager', 'society', $w->society_id], ['manager', 'organization', $w->organization_id],
		['operator', 'organization', $w->organization_id], ['technician', 'customer', $w->customer_id],
		['customer', 'customer', $w->customer_id], ['guard', 'society', $w->society_id], ['resident', 'flat', $w->flat('104')]);
	for my $one (@all) {
		my $made = $admin->post(path(), role(@$one));
		is($made->status, 201, "$one->[0] in $one->[1]");
		is_deeply([@{ $made->json }{qw(role scopeType scopeId)}], [@$one[0, 1], $one->[2]], '… as it was given');
	}
	problem_is($admin->post(path(), role(@{ $all[1] })), 409, 'conflict', 'one twice');
	my $list = $admin->get(path() . '?limit=100');
	is(scalar @{ $list->data }, scalar @all, 'all are listed');
	is_deeply([sort keys %{ $list->data->[0] }], [sort qw(id role scopeType scopeId createdAt)], 'with since when');
	for my $one (@all) {
		is($admin->request(DELETE => path(), role(@$one))->status, 204, "$one->[0] in $one->[1] is taken");
	}
	problem_is($admin->request(DELETE => path(), role(@{ $all[1] })), 404, 'not_found', 'one that is not there');
	is_deeply($admin->get(path())->data, [], 'none are left');
	is(sql_value(q{select count(*) from audit_logs where entity_id = :'u' and action in ('role.give', 'role.take')}, u => $stranger),
		2 * @all, 'each change is in the audit');
};

subtest 'a society\'s manager gives its guards and residents' => sub {
	is($manager->post(path(), role('resident', 'flat', $w->flat('104')))->status, 201, 'a resident');
	is($manager->post(path(), role('guard', 'society', $w->society_id))->status, 201, 'a guard');
	is(scalar @{ $manager->get(path())->data }, 2, 'and sees those');
	$admin->post(path(), role('operator', 'organization', $w->organization_id));
	is(scalar @{ $manager->get(path())->data }, 2, 'but none of others');
	problem_is($manager->post(path(), role('manager', 'society', $w->society_id)), 403, 'forbidden', 'no second manager');
	problem_is($manager->post(path(), role('admin', 'site')), 403, 'forbidden', 'no admin');
	problem_is($manager->post(path(), role('resident', 'flat', $other->flat('101'))), 404, 'not_found', 'no flat of others');
	problem_is($manager->post(path(), role('guard', 'society', $other->society_id)), 404, 'not_found', 'no gate of others');
	problem_is($manager->post(path(uuid()), role('guard', 'society', $w->society_id)), 404, 'not_found', 'nobody who is not');
	problem_is($manager->request(DELETE => path(), role('operator', 'organization', $w->organization_id)), 404, 'not_found', 'nor takes what others gave');
	is($manager->delete(path() . '?role=guard&scopeType=society&scopeId=' . $w->society_id)->status, 204, 'the query will do where a body cannot be sent');
	is($manager->request(DELETE => path(), role('resident', 'flat', $w->flat('104')))->status, 204, 'the body will too');
};

subtest 'an organization\'s manager' => sub {
	$admin->post(path($w->user_id('operator')), role('manager', 'organization', $w->organization_id));
	my $boss = $w->as('operator');
	is($boss->post(path(), role('manager', 'society', $w->society_id))->status, 201, 'gives its societies managers');
	is($boss->post(path(), role('technician', 'customer', $w->customer_id))->status, 201, 'and its customers technicians');
	problem_is($boss->post(path(), role('operator', 'organization', $other->organization_id)), 404, 'not_found', 'nothing in another');
	problem_is($boss->post(path(), role('technician', 'customer', $other->customer_id)), 404, 'not_found', 'nor to its customers');
};

subtest 'malformed' => sub {
	problem_is($admin->post(path(), {}), 422, 'validation_failed', 'nothing');
	problem_is($admin->post(path(), role('king', 'site')), 422, 'validation_failed', 'no such role');
	problem_is($admin->post(path(), role('guard', 'site')), 422, 'validation_failed', 'a role that does not fit the scope');
	problem_is($admin->post(path(), role('guard', 'society')), 422, 'validation_failed', 'no place');
	problem_is($admin->post(path(), role('admin', 'site', uuid())), 422, 'validation_failed', 'a place for the whole site');
	problem_is($admin->post(path(), role('guard', 'society', uuid())), 404, 'not_found', 'a place that is none');
	problem_is($admin->get(path('me')), 404, 'not_found', 'a malformed id');
	problem_is($admin->get(path(uuid())), 404, 'not_found', 'an unknown user');
	problem_is($w->as('resident101')->get(path()), 403, 'forbidden', 'others do not even look');
};

subtest 'at once' => sub {
	my $who = $other->sign_in('resident103');
	my $id = $other->user_id('resident103');
	my $flat = role('resident', 'flat', $other->flat('103'));
	my $stream = $who->stream;
	ok($stream->wait_for('CONNECTION_ESTABLISHED'), 'someone listens');
	is($other->as('manager')->request(DELETE => path($id), $flat)->status, 204, 'and loses the role');
	ok($stream->wait_closed(5), 'the stream ends');
	problem_is($who->get('/v1/visitors'), 403, 'forbidden', 'the same token opens nothing more');
	is($other->as('manager')->post(path($id), $flat)->status, 201, 'with the role back');
	is($who->get('/v1/visitors')->status, 200, 'it does again');
};

done_testing;
