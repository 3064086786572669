-- What a user's role assignments come to is kept with the user: gh_enter(), the first statement of every
-- request, then reads one session and one user instead of gathering roles.
set role gh_owner;

alter table users
	add column role_mask int not null default 0,
	add column flats uuid[],
	add column gates uuid[],
	add column societies uuid[],
	add column organizations uuid[],
	add column customers uuid[];
comment on column users.role_mask is
	'roles held, as bits of gh_enter(); this and the next five are what role_assignments say, kept by a
trigger on it: change nothing here';
comment on column users.societies is 'managed by themselves; those of an organization are added on entering';

create function gh_keep_roles(whose uuid) returns void
language plpgsql as $$
begin
	-- Two who change one user's roles at once: the second waits here, and then sees what the first did.
	perform from users where id = whose for no key update;
	update users
	set (role_mask, flats, gates, societies, organizations, customers) = (
		select coalesce(bit_or(case role when 'admin' then 1 when 'manager' then 2
				when 'operator' then 4 when 'technician' then 8 when 'customer' then 16
				when 'guard' then 32 when 'resident' then 64 end), 0),
			array_agg(scope_id) filter (where role = 'resident'),
			array_agg(scope_id) filter (where role = 'guard'),
			array_agg(scope_id) filter (where role = 'manager' and scope_type = 'society'),
			array_agg(scope_id) filter (where role = 'manager' and scope_type = 'organization'),
			array_agg(scope_id) filter (where role = 'customer')
		from role_assignments
		where user_id = whose)
	where id = whose;
end
$$;
comment on function gh_keep_roles(uuid) is 'writes into users what role_assignments say';
revoke execute on function gh_keep_roles(uuid) from public;
reset role;

create or replace function gh_role_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	whose uuid;
	number bigint;
begin
	for whose in select old.user_id union select new.user_id loop
		continue when whose is null;
		perform gh_keep_roles(whose);
		insert into events (type, topics, data)
		values ('control', array['control'], json_build_object('revoke', 'roles', 'user', whose))
		returning ord into number;
		update users set roles_changed_ord = number where id = whose;
	end loop;
	return null;
end
$$;
drop trigger role_changed on role_assignments;
create trigger role_changed after insert or update or delete on role_assignments
	for each row execute function gh_role_changed();

create or replace function gh_enter(p_session uuid, p_user uuid, p_who int, p_request uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	mask int;
	my_flats uuid[];
	my_gates uuid[];
	my_societies uuid[];
	my_organizations uuid[];
	my_customers uuid[];
	x text;
begin
	-- A guard's PIN opens the gate and nothing else.
	select role_mask & case when guard_id is null then 127 else 32 end, gates,
		case when guard_id is null then flats end, case when guard_id is null then societies end,
		case when guard_id is null then organizations end, case when guard_id is null then customers end,
		set_config('gh.user', p_user::text, true) || set_config('gh.session', p_session::text, true)
			|| set_config('gh.request', p_request::text, true)
	into mask, my_gates, my_flats, my_societies, my_organizations, my_customers, x
	from sessions join users on users.id = sessions.user_id
	where sessions.id = p_session and sessions.user_id = p_user and revoked_at is null
		and expires_at > now() and disabled_at is null;
	if not found then
		raise exception using errcode = 'GH401', message = 'session ended';
	end if;
	if p_who <> 0 and mask & (p_who | 1) = 0 then
		raise exception using errcode = 'GH403', message = 'role missing';
	end if;
	-- Assigned, not performed: that would be a query each.
	if mask & 1 <> 0 then
		x := set_config('gh.admin', 'on', true);
	end if;
	if my_flats is not null then
		x := set_config('gh.flats', my_flats::text, true);
	end if;
	if my_gates is not null then
		x := set_config('gh.gates', my_gates::text, true);
	end if;
	if my_customers is not null then
		x := set_config('gh.customers', my_customers::text, true);
	end if;
	if my_organizations is not null then
		x := set_config('gh.organizations', my_organizations::text, true);
		select my_societies || array_agg(id) into my_societies
		from societies where organization_id = any (my_organizations);
	end if;
	if my_societies is not null then
		x := set_config('gh.societies', my_societies::text, true);
	end if;
end
$$;

grant update (role_mask, flats, gates, societies, organizations, customers) on users to gh_gate;
select gh_keep_roles(id) from users;
