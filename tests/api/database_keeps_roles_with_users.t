# What role_assignments say is kept with the user, whoever changes it, however many at once.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $world = world();
my $user = $world->user_id('stranger');

# Users whose kept roles are not what their assignments come to.
sub astray {
	return map { $_->[0] } sql(<<~'SQL');
		select u.id
		from users u
		left join (select user_id, array_agg(role || coalesce(' ' || scope_id, '') order by role, scope_id) as roles
			from role_assignments where role not in ('operator', 'technician') group by user_id) a on a.user_id = u.id
		left join lateral (select array_agg(role || coalesce(' ' || scope, '') order by role, scope) as roles from (
				select 'admin' as role, null::uuid as scope where role_mask & 1 <> 0
				union all select 'manager', unnest(societies || organizations)
				union all select 'customer', unnest(customers)
				union all select 'guard', unnest(gates)
				union all select 'resident', unnest(flats)) k) kept on true
		where kept.roles is distinct from a.roles
			or role_mask <> coalesce((select bit_or(case role when 'admin' then 1 when 'manager' then 2
				when 'operator' then 4 when 'technician' then 8 when 'customer' then 16
				when 'guard' then 32 when 'resident' then 64 end) from role_assignments where user_id = u.id), 0)
		SQL
}
sub give {
	my ($role, $type, $scope) = @_;
	return sql(q{insert into role_assignments (id, user_id, role, scope_type, scope_id)
		values (gen_random_uuid(), :'user', :'role', :'type', :'scope')},
		user => $user, role => $role, type => $type, scope => $scope);
}
is_deeply([astray()], [], 'so it is in the beginning');

give(resident => 'flat', $world->flat('101'));
give(resident => 'flat', $world->flat('102'));
give(manager => 'organization', $world->organization_id);
give(guard => 'society', $world->society_id);
is_deeply([astray()], [], 'with roles given');
my $client = $world->as('stranger');
is($client->get('/v1/visitors')->status, 200, 'they act at once');
is($client->get('/v1/guards')->status, 200, 'an organization\'s manager manages its societies');
sql(q{delete from role_assignments where user_id = :'user' and role <> 'resident'}, user => $user);
is_deeply([astray()], [], 'with roles taken');
is($client->get('/v1/guards')->status, 403, 'they act no more');
sql(q{update role_assignments set scope_id = :'flat' where user_id = :'user' and scope_id = :'was'},
	user => $user, flat => $world->flat('103'), was => $world->flat('102'));
is_deeply([astray()], [], 'with a role changed');

# The one that waits for the other must see what it did.
for my $round (1 .. 10) {
	my @pids = map {
		my $gate = $_ && uuid();
		my $pid = fork // die "fork: $!\n";
		if (!$pid) {
			$gate ? give(guard => 'society', $gate)
				: sql(q{delete from role_assignments where user_id = :'user' and role = 'resident'}, user => $user);
			require POSIX;
			POSIX::_exit(0);
		}
		$pid;
	} 0 .. 3;
	waitpid $_, 0 for @pids;
	give(resident => 'flat', $world->flat('104'));
}
is_deeply([astray()], [], 'with roles given and taken at once');
sql(q{delete from role_assignments where user_id = :'user'}, user => $user);
is_deeply([astray()], [], 'without any');

done_testing;
