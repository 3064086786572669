-- Roles that are given and taken by people, and residents who ask to be known as such.
--
-- A role change acts at once, whoever makes it: the trigger tells the push daemon to close the user's
-- streams and marks from where on the user's next streams may replay.
set role gh_owner;

create function gh_role_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	whose uuid := coalesce(new.user_id, old.user_id);
	number bigint;
begin
	insert into events (type, topics, data)
	values ('control', array['control'], json_build_object('revoke', 'roles', 'user', whose))
	returning ord into number;
	update users set roles_changed_ord = number where id = whose;
	return null;
end
$$;
reset role;
alter function gh_role_changed() owner to gh_gate;
set role gh_owner;
create trigger role_changed after insert or delete on role_assignments
	for each row execute function gh_role_changed();
create policy control on events to gh_gate using (true) with check (true);

create function gh_user_exists(who uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
	return exists (select from users where id = who);
end
$$;
comment on function gh_user_exists(uuid) is
	'for managers, who may name a user without seeing their profile';
reset role;
alter function gh_user_exists(uuid) owner to gh_gate;
revoke execute on function gh_user_exists(uuid) from public;
set role gh_owner;

-- Who may give and take which role: an organization's manager its managers, operators and technicians;
-- a society's manager its guards and residents; an admin every role.
create function gh_may_assign(role text, scope_type text, scope_id uuid) returns boolean
language plpgsql stable as $$
begin
	return gh_admin()
		or (role = 'guard' and coalesce(scope_id = any (gh_societies()), false))
		or (role = 'resident' and exists (select from flats f
			where f.id = scope_id and f.society_id = any (gh_societies())))
		or (role in ('manager', 'operator') and scope_type = 'organization'
			and coalesce(scope_id = any (gh_organizations()), false))
		or (role = 'manager' and scope_type = 'society' and exists (select from societies s
			where s.id = scope_id and s.organization_id = any (gh_organizations())))
		or (role = 'technician' and exists (select from customers c
			where c.id = scope_id and c.organization_id = any (gh_organizations())));
end
$$;
create policy managed on customers for select to gh_users
	using (organization_id = any ((select gh_organizations())::uuid[]));
create policy assign on role_assignments to gh_users
	using (gh_may_assign(role, scope_type, scope_id))
	with check (gh_may_assign(role, scope_type, scope_id));

create table resident_requests (
	id uuid constraint resident_requests_pk primary key,
	user_id uuid not null constraint resident_requests_user references users on delete cascade,
	name text not null,
	flat_id uuid not null,
	society_id uuid not null,
	relation text not null constraint resident_requests_relation
		check (relation in ('owner', 'tenant', 'family')),
	status text not null default 'pending' constraint resident_requests_status
		check (status in ('pending', 'approved', 'rejected')),
	note text,
	reason text,
	decided_by uuid,
	decided_at timestamptz,
	created_at timestamptz not null default now(),
	constraint resident_requests_flat foreign key (flat_id, society_id)
		references flats (id, society_id)
);
create unique index resident_requests_open on resident_requests (user_id, flat_id)
	where status = 'pending';
create index resident_requests_society on resident_requests (society_id, id desc);
create index resident_requests_user on resident_requests (user_id, id desc);
alter table resident_requests enable row level security, force row level security;
create policy tenant on resident_requests to gh_premises
	using (user_id = (select gh_user()) or society_id = any ((select gh_societies())::uuid[])
		or (select gh_admin()))
	with check (user_id = (select gh_user()) or society_id = any ((select gh_societies())::uuid[])
		or (select gh_admin()));
create policy residents on role_assignments to gh_premises
	using (role = 'resident' and (exists (select from flats f
		where f.id = scope_id and f.society_id = any (gh_societies())) or (select gh_admin())))
	with check (role = 'resident' and (exists (select from flats f
		where f.id = scope_id and f.society_id = any (gh_societies())) or (select gh_admin())));
create policy residents on flat_occupancies to gh_premises
	using (exists (select from flats f
		where f.id = flat_id and f.society_id = any (gh_societies())) or (select gh_admin()))
	with check (exists (select from flats f
		where f.id = flat_id and f.society_id = any (gh_societies())) or (select gh_admin()));

create function gh_resident_request_json(q resident_requests) returns json
language plpgsql stable as $$
begin
	return (select json_build_object('id', q.id, 'user_id', q.user_id, 'name', q.name,
		'flat_id', q.flat_id, 'flat_number', f.flat_number, 'relation', q.relation,
		'status', q.status, 'note', q.note, 'reason', q.reason, 'decided_by', q.decided_by,
		'decided_at', gh_time(q.decided_at), 'created_at', gh_time(q.created_at))
	from flats f where f.id = q.flat_id);
end
$$;
