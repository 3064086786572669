-- People: their profile, and the list of them.

-- name: profile_get
select json_build_object('id', id, 'email', email, 'firstName', first_name, 'lastName', last_name,
	'phone', phone, 'language', language, 'timeZone', time_zone, 'createdAt', gh_time(created_at))
from users
where id = gh_user()

-- name: zone_check
select 1 from pg_timezone_names where name = :timeZone

-- name: profile_put
with u as (
	update users
	set first_name = coalesce(:firstName, ''), last_name = coalesce(:lastName, ''), phone = :phone,
		language = coalesce(:language, 'en'), time_zone = coalesce(:timeZone, 'Asia/Kolkata'),
		updated_at = now()
	where id = gh_user()
		and (:email::text is null or email = :email or gh_refuse('GH422', 'email'))
		and (:id::uuid is null or id = :id::uuid or gh_refuse('GH422', 'id'))
	returning *
), a as (
	insert into audit_logs (action, entity_id) select 'user.update', id from u
)
select json_build_object('id', id, 'email', email, 'firstName', first_name, 'lastName', last_name,
	'phone', phone, 'language', language, 'timeZone', time_zone, 'createdAt', gh_time(created_at))
from u

-- name: user_list
select u.id, json_build_object('id', u.id, 'email', u.email, 'firstName', u.first_name,
	'lastName', u.last_name, 'phone', u.phone, 'language', u.language, 'timeZone', u.time_zone,
	'createdAt', gh_time(u.created_at),
	'roles', (select coalesce(json_agg(json_build_object('role', a.role, 'scopeType', a.scope_type,
		'scopeId', a.scope_id)), '[]') from role_assignments a where a.user_id = u.id))
from users u
where gh_admin()
	and (:like::text is null or u.email ilike :like or u.first_name || ' ' || u.last_name ilike :like
		or u.phone ilike :like)
	and (:role::text is null or exists (select from role_assignments a
		where a.user_id = u.id and a.role = :role))
	and (:after::uuid is null or u.id < :after::uuid)
order by u.id desc
limit :limit_more::int

-- name: profile_me
select json_build_object('id', u.id, 'email', u.email, 'phone', u.phone,
	'name', nullif(trim(u.first_name || ' ' || u.last_name), ''),
	'roles', (select coalesce(json_agg(json_build_object('role', a.role, 'scope_type', a.scope_type,
			'scope_id', a.scope_id) order by a.id), '[]')
		from role_assignments a where a.user_id = u.id),
	'flat', x.flats -> 0,
	'flats', coalesce(x.flats, '[]'),
	'guard', (select json_build_object('id', g.id, 'name', g.name, 'society_id', g.society_id,
			'society_name', s.name, 'time_zone', s.time_zone)
		from guards g join societies s on s.id = g.society_id
		where g.user_id = u.id and g.is_active))
from users u
left join lateral (
	select json_agg(json_build_object('id', f.id, 'flat_number', f.flat_number,
		'block_id', b.id, 'block_name', b.name, 'complex_name', c.name, 'society_id', s.id,
		'society_name', s.name, 'city', s.city, 'time_zone', s.time_zone) order by f.id) as flats
	from flats f
	join blocks b on b.id = f.block_id
	join complexes c on c.id = b.complex_id
	join societies s on s.id = f.society_id
	where f.id = any (gh_flats())
) x on true
where u.id = gh_user()

-- name: user_exists
select gh_user_exists(:id::uuid) as known

-- name: role_list
select id, json_build_object('id', id, 'role', role, 'scopeType', scope_type, 'scopeId', scope_id,
	'createdAt', gh_time(created_at))
from role_assignments
where user_id = :id::uuid and (gh_admin() or gh_may_assign(role, scope_type, scope_id))
	and (:after::uuid is null or id < :after::uuid)
order by id desc
limit :limit_more::int

-- name: role_allowed
select gh_may_assign(:role, :scopeType, :scopeId::uuid) as allowed,
	gh_user_exists(:id::uuid) as known,
	case :scopeType
		when 'site' then true
		when 'flat' then exists (select from flats where id = :scopeId::uuid
			and (gh_admin() or society_id = any (gh_societies())))
		when 'society' then exists (select from societies where id = :scopeId::uuid
			and (gh_admin() or id = any (gh_societies())))
		when 'customer' then exists (select from customers where id = :scopeId::uuid)
		else exists (select from organizations where id = :scopeId::uuid)
	end as placed

-- name: role_give
with r as (
	insert into role_assignments (id, user_id, role, scope_type, scope_id, created_by)
	values (:new_id::uuid, :id::uuid, :role, :scopeType, :scopeId::uuid, gh_user())
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id, data)
	select 'role.give', user_id, scope_id, json_build_object('role', role) from r
)
select json_build_object('id', id, 'role', role, 'scopeType', scope_type, 'scopeId', scope_id,
	'createdAt', gh_time(created_at))
from r

-- name: role_take
with r as (
	delete from role_assignments
	where user_id = :id::uuid and role = :role and scope_type = :scopeType
		and scope_id is not distinct from :scopeId::uuid
		and gh_may_assign(role, scope_type, scope_id)
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id, data)
	select 'role.take', user_id, scope_id, json_build_object('role', role) from r
)
select id from r
