-- What each program may touch: the third wall. Run after the migrations; it takes everything away
-- first, so that this file is the whole truth.
do $$
declare
	role text;
begin
	foreach role in array array['gh_gate', 'gh_auth', 'gh_users', 'gh_premises', 'gh_visitors',
		'gh_system', 'gh_worker'] loop
		execute format('revoke all on all tables in schema public from %I', role);
		execute format('revoke all on all functions in schema public from %I', role);
	end loop;
end
$$;

grant execute on function gh_enter(uuid, uuid, int, uuid)
	to gh_auth, gh_users, gh_premises, gh_visitors, gh_system;
grant select on sessions, users, role_assignments, societies, visitors, flats, blocks to gh_gate;
grant update (roles_changed_ord, role_mask, flats, gates, societies, organizations, customers) on users
	to gh_gate;
grant insert, select (ord) on events to gh_gate;
grant execute on function gh_keep_roles(uuid) to gh_gate;
grant execute on function gh_visitor_json(visitors, text) to gh_visitors;
grant execute on function gh_visitor_event(visitors) to gh_visitors;

-- every area that changes something
grant insert on events, audit_logs to gh_auth, gh_users, gh_premises, gh_visitors;
grant select, insert, update on idempotency_keys to gh_auth, gh_users, gh_premises, gh_visitors;

grant select, insert, update on sessions, refresh_tokens, user_passwords, login_failures to gh_auth;
-- By column: what roles come to is kept in users too, and is for the trigger on role_assignments alone.
grant select, insert (id, email, phone, first_name, last_name) on users to gh_auth;
grant delete on login_failures to gh_auth;
grant select, insert on role_assignments, customers to gh_auth;
grant select on guards, guard_assignments, societies, event_counter to gh_auth;
grant select, update (last_seen_at) on guard_devices to gh_auth;
grant select (ord, seq) on events to gh_auth;

grant select on users, role_assignments, flat_occupancies, flats, blocks, complexes, societies to gh_users;
grant update (first_name, last_name, phone, language, time_zone, updated_at) on users to gh_users;
grant select (id, user_id, society_id, name, is_active) on guards to gh_users;
grant insert, delete on role_assignments to gh_users;
grant select (id, organization_id) on customers to gh_users;
grant select (id) on organizations to gh_users;
grant execute on function gh_user_exists(uuid) to gh_users;

grant select, insert, update, delete on societies, complexes, blocks, flats to gh_premises;
grant select on organizations to gh_premises;
grant select, insert, update on resident_requests to gh_premises;
grant select, insert on role_assignments, flat_occupancies to gh_premises;
grant select (id, email, first_name, last_name) on users to gh_premises;

grant select, insert, update on visitors, visits to gh_visitors;
grant select on flats, blocks, complexes, societies to gh_visitors;
grant select (id, first_name, last_name, email, phone), insert (id, phone, first_name, last_name),
	update (first_name, phone, updated_at, disabled_at) on users to gh_visitors;
grant select, insert, delete on role_assignments to gh_visitors;
grant select, insert, update, delete on guards, guard_assignments to gh_visitors;
grant select, insert, update on guard_devices to gh_visitors;
grant select, insert, update, delete on timers to gh_visitors;

grant select on event_counter, worker_heartbeats to gh_system;
grant select (ord, seq, at) on events to gh_system;
grant select (kind, due_at) on timers to gh_system;
grant select on visits_default to gh_system;

grant select, insert, update, delete on events, event_counter, timers, worker_heartbeats to gh_worker;
grant select, delete on idempotency_keys, refresh_tokens, sessions, login_failures to gh_worker;
grant select, insert on audit_logs to gh_worker;
grant select, insert on audit_seals to gh_worker;
grant select, update on visitors to gh_worker;
grant execute on function gh_invitation(text) to gh_visitors;
grant select (id, user_id, guard_id, guard_device_id, revoked_at), update (revoked_at) on sessions
	to gh_visitors;
grant execute on function gh_make_partitions(interval) to gh_worker;
