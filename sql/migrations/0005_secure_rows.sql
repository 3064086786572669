-- Row-level security: the second wall. Every table is FORCEd; a table without a policy for a role is
-- empty for it. Arrays come from an InitPlan, evaluated once a statement.
set role gh_owner;

do $$
declare
	t regclass;
begin
	for t in select oid from pg_class
		where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
			and relname <> 'schema_migrations' and relowner = 'gh_owner'::regrole loop
		execute format('alter table %s enable row level security, force row level security', t);
	end loop;
end
$$;

-- Those who decide who somebody is, and those who work for all, see what they are granted.
create policy gate on sessions to gh_auth, gh_gate, gh_worker using (true) with check (true);
create policy gate on users to gh_auth, gh_gate, gh_worker using (true) with check (true);
create policy gate on role_assignments to gh_auth, gh_gate, gh_worker using (true) with check (true);
create policy gate on societies to gh_auth, gh_gate, gh_worker using (true);
create policy auth on user_passwords to gh_auth using (true) with check (true);
create policy auth on login_failures to gh_auth, gh_worker using (true) with check (true);
create policy auth on refresh_tokens to gh_auth, gh_worker using (true) with check (true);
create policy auth on guards to gh_auth using (true);
create policy auth on guard_devices to gh_auth using (true) with check (true);
create policy auth on guard_assignments to gh_auth using (true);
create policy auth on customers to gh_auth using (true) with check (true);
create policy read on event_counter to gh_auth, gh_system using (true);
create policy work on event_counter to gh_worker using (true) with check (true);
create policy work on events to gh_worker using (true) with check (true);
create policy read on events for select to gh_auth, gh_system using (true);
create policy write on events for insert to gh_auth, gh_users, gh_premises, gh_visitors
	with check (true);
create policy write on audit_logs for insert to gh_auth, gh_users, gh_premises, gh_visitors, gh_worker
	with check (true);
create policy work on timers to gh_worker, gh_visitors using (true) with check (true);
create policy read on timers for select to gh_system using (true);
create policy read on worker_heartbeats for select to gh_system using (true);
create policy work on worker_heartbeats to gh_worker using (true) with check (true);
create policy own on idempotency_keys to gh_auth, gh_users, gh_premises, gh_visitors
	using (user_id = coalesce((select gh_user()), '00000000-0000-0000-0000-000000000000'))
	with check (user_id = coalesce((select gh_user()), '00000000-0000-0000-0000-000000000000'));
create policy work on idempotency_keys to gh_worker using (true);

-- People: oneself; an admin sees all; a manager sees the guards.
create policy own on users to gh_users, gh_visitors, gh_premises
	using (id = (select gh_user()) or (select gh_admin()))
	with check (id = (select gh_user()) or (select gh_admin()));
create policy new_guard on users for insert to gh_visitors
	with check ((select gh_societies()) is not null or (select gh_admin()));
create policy own on role_assignments for select to gh_users, gh_visitors
	using (user_id = (select gh_user()) or (select gh_admin())
		or scope_id = any ((select gh_societies())::uuid[]));
create policy guard on role_assignments to gh_visitors
	using (role = 'guard' and (scope_id = any ((select gh_societies())::uuid[])
		or (select gh_admin())))
	with check (role = 'guard' and (scope_id = any ((select gh_societies())::uuid[])
		or (select gh_admin())));
create policy own on flat_occupancies for select to gh_users
	using (user_id = (select gh_user()) or (select gh_admin()));
create policy own on customers for select to gh_users
	using (id = any ((select gh_customers())::uuid[]) or (select gh_admin()));
create policy own on organizations for select to gh_users, gh_premises
	using (id = any ((select gh_organizations())::uuid[]) or (select gh_admin()));
create policy guard on guards for select to gh_users
	using (user_id = (select gh_user()) or (select gh_admin()));

-- Places: anyone signed in may look for theirs; a manager builds in theirs.
create policy look on societies for select to gh_users, gh_premises, gh_visitors
	using ((select gh_user()) is not null);
create policy look on complexes for select to gh_users, gh_premises, gh_visitors, gh_worker
	using ((select gh_user()) is not null or current_user = 'gh_worker');
create policy look on blocks for select to gh_users, gh_premises, gh_visitors, gh_worker
	using ((select gh_user()) is not null or current_user = 'gh_worker');
create policy look on flats for select to gh_users, gh_premises, gh_visitors, gh_worker
	using ((select gh_user()) is not null or current_user = 'gh_worker');
create policy build on societies to gh_premises
	using (id = any ((select gh_societies())::uuid[]) or (select gh_admin()))
	with check (organization_id = any ((select gh_organizations())::uuid[])
		or id = any ((select gh_societies())::uuid[]) or (select gh_admin()));
create policy build on complexes to gh_premises
	using (society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()))
	with check (society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()));
create policy build on blocks to gh_premises
	using (society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()))
	with check (society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()));
create policy build on flats to gh_premises
	using (society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()))
	with check (society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()));

-- The gate.
create policy tenant on visitors to gh_visitors
	using (flat_id = any ((select gh_flats())::uuid[])
		or society_id = any ((select gh_gates())::uuid[])
		or society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()))
	with check (flat_id = any ((select gh_flats())::uuid[])
		or society_id = any ((select gh_gates())::uuid[])
		or society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()));
create policy tenant on visits to gh_visitors
	using (flat_id = any ((select gh_flats())::uuid[])
		or society_id = any ((select gh_gates())::uuid[])
		or society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()))
	with check (society_id = any ((select gh_gates())::uuid[])
		or society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()));
create policy work on visitors to gh_worker using (true) with check (true);
create policy tenant on guards to gh_visitors
	using (society_id = any ((select gh_societies())::uuid[]) or (select gh_admin())
		or user_id = (select gh_user()))
	with check (society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()));
create policy tenant on guard_devices to gh_visitors
	using (society_id = any ((select gh_societies())::uuid[])
		or society_id = any ((select gh_gates())::uuid[]) or (select gh_admin()))
	with check (society_id = any ((select gh_societies())::uuid[])
		or society_id = any ((select gh_gates())::uuid[]) or (select gh_admin()));
create policy tenant on guard_assignments to gh_visitors
	using (society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()))
	with check (society_id = any ((select gh_societies())::uuid[]) or (select gh_admin()));
