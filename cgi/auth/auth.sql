-- Who somebody is: accounts, sessions, tokens, streams. Runs as gh_auth, which sees all sessions.

-- name: account_create
with u as (
	insert into users (id, email, phone, first_name, last_name)
	values (:new_id::uuid, :email, :phone, coalesce(:firstName, ''), coalesce(:lastName, ''))
	returning *
), p as (
	insert into user_passwords (user_id, hash) select id, :password_hash from u
), c as (
	insert into customers (id, organization_id, name)
	select :new_customer::uuid, '00000000-0000-4000-8000-000000000001',
		coalesce(nullif(trim(first_name || ' ' || last_name), ''), email)
	from u
	returning id
), r as (
	insert into role_assignments (id, user_id, role, scope_type, scope_id)
	select :new_assignment::uuid, u.id, 'customer', 'customer', c.id from u, c
), s as (
	insert into sessions (id, user_id, ip, user_agent, cookie, expires_at)
	select :new_session::uuid, id, :ip, :user_agent, coalesce(:cookie::boolean, false),
		now() + :REFRESH_TOKEN_TTL::int * interval '1 second'
	from u
	returning id, expires_at
), t as (
	insert into refresh_tokens (hash, id, session_id, expires_at)
	select :refresh_hash, :new_refresh::uuid, id, expires_at from s
), a as (
	insert into audit_logs (actor, session_id, action, entity_id)
	select u.id, s.id, 'auth.register', u.id from u, s
)
select json_build_object('id', id, 'email', email, 'firstName', first_name, 'lastName', last_name,
		'phone', phone, 'language', language, 'timeZone', time_zone,
		'createdAt', gh_time(created_at)) as answer,
	id, extract(epoch from now())::bigint as issued
from u

-- name: login_find
-- Failures are counted by account, whichever of its names was given; by the name where there is none.
select u.id, p.hash, u.disabled_at is not null as disabled, k.account,
	ceil(extract(epoch from f.locked_until - now()))::bigint as locked
from (select 1) as one
left join users u on u.email = :email or (:email is null and u.phone = :phone)
left join user_passwords p on p.user_id = u.id
cross join lateral (
	select encode(sha256(convert_to(coalesce(u.id::text, :email, :phone), 'UTF8')), 'hex') as account
) k
left join login_failures f on f.key = k.account and f.locked_until > now()

-- name: login_failed
-- What is locked is not counted: guesses that were under way when it was locked are told of the lock,
-- not whether they were right.
with f as (
	insert into login_failures as f (key, failures, since, locked_until)
	select key, 1, now(), case when key = :account and :LOGIN_MAX_FAILURES::int = 1
		then now() + interval '15 minutes' end
	from unnest(array[:account, :everywhere]) as key
	where key is not null
	on conflict (key) do update
	set failures = case when f.since < now() - interval '15 minutes' then 1 else f.failures + 1 end,
		since = case when f.since < now() - interval '15 minutes' then now() else f.since end,
		locked_until = case when f.since >= now() - interval '15 minutes' and f.failures + 1 >=
			:LOGIN_MAX_FAILURES::int * case when f.key = :everywhere then 4 else 1 end
			then now() + interval '15 minutes' end
	where f.locked_until is null or f.locked_until <= now()
	returning locked_until is not null as locked
)
select count(*) = num_nonnulls(:account, :everywhere) as counted,
	coalesce(bool_or(locked), false) as locked
from f

-- name: session_create
-- Nothing where the account was locked while the password was being looked at.
with s as (
	insert into sessions (id, user_id, guard_id, guard_device_id, ip, user_agent, cookie, expires_at)
	select :new_session::uuid, :account_user::uuid, :guard::uuid, :device::uuid, :ip, :user_agent,
		coalesce(:cookie::boolean, false), now() + :REFRESH_TOKEN_TTL::int * interval '1 second'
	where not exists (select from login_failures
		where key in (:account, :everywhere) and locked_until > now())
	returning *
), t as (
	insert into refresh_tokens (hash, id, session_id, expires_at)
	select :refresh_hash, :new_refresh::uuid, id, expires_at from s
), f as (
	delete from login_failures using s where key = :account
), d as (
	update guard_devices d set last_seen_at = now() from s where d.id = s.guard_device_id
), a as (
	insert into audit_logs (actor, session_id, action, entity_id)
	select user_id, id, case when guard_id is null then 'auth.login' else 'auth.guard' end, id from s
)
select json_build_object('id', u.id, 'email', u.email, 'firstName', u.first_name,
		'lastName', u.last_name, 'phone', u.phone, 'language', u.language,
		'timeZone', u.time_zone, 'createdAt', gh_time(u.created_at)) as answer,
	extract(epoch from now())::bigint as issued
from s join users u on u.id = s.user_id

-- name: refresh_find
select s.id as session, s.user_id, s.revoked_at is not null or u.disabled_at is not null as revoked,
	t.expires_at <= now() or s.expires_at <= now() as expired,
	t.used_at is not null as used,
	coalesce(t.used_at > now() - interval '10 seconds' and t.used_by = :client, false) as graced,
	extract(epoch from t.used_at)::bigint as issued, n.id as successor, s.cookie
from refresh_tokens t
join sessions s on s.id = t.session_id
join users u on u.id = s.user_id
left join refresh_tokens n on n.hash = :successor_hash
where t.hash = :refresh_hash

-- name: refresh_rotate
with t as (
	update refresh_tokens set used_at = now(), used_by = :client
	where hash = :refresh_hash and used_at is null and expires_at > now()
	returning session_id
), s as (
	update sessions set last_used_at = now(), ip = :ip,
		expires_at = now() + :REFRESH_TOKEN_TTL::int * interval '1 second'
	from t
	where id = t.session_id and revoked_at is null
	returning id, user_id, expires_at
), n as (
	insert into refresh_tokens (hash, id, session_id, expires_at)
	select :successor_hash, :new_refresh::uuid, id, expires_at from s
)
select extract(epoch from now())::bigint as issued from s

-- name: session_revoke
with s as (
	update sessions set revoked_at = now()
	where id = :target::uuid and user_id = :owner::uuid and revoked_at is null
	returning id, user_id
), e as (
	insert into events (type, topics, data)
	select 'control', array['control'], json_build_object('revoke', 'session', 'session', id) from s
), a as (
	insert into audit_logs (actor, action, entity_id, data)
	select user_id, 'auth.revoke', id, json_build_object('reason', :reason::text) from s
)
select id from s

-- name: sessions_revoke
with s as (
	update sessions set revoked_at = now()
	where user_id = :actor::uuid and revoked_at is null
		and (:keep::uuid is null or id <> :keep::uuid)
	returning id
), e as (
	insert into events (type, topics, data)
	select 'control', array['control'], json_build_object('revoke', 'session', 'session', id) from s
), a as (
	insert into audit_logs (action, entity_id, data)
	select 'auth.revoke', id, json_build_object('reason', :reason::text) from s
)
select count(*) from s

-- name: session_list
select id, json_build_object('id', id, 'ip', ip, 'userAgent', user_agent,
	'createdAt', gh_time(created_at), 'lastUsedAt', gh_time(last_used_at),
	'current', id = :session::uuid)
from sessions
where user_id = :actor::uuid and revoked_at is null and expires_at > now()
	and (:after::uuid is null or id < :after::uuid)
order by id desc
limit :limit_more::int

-- name: password_find
select hash from user_passwords where user_id = :actor::uuid

-- name: password_change
with p as (
	update user_passwords set hash = :password_hash, changed_at = now()
	where user_id = :actor::uuid and hash = :old_hash
		and not exists (select from login_failures where key = :account and locked_until > now())
	returning user_id
), f as (
	delete from login_failures using p where key = :account
), a as (
	insert into audit_logs (action, entity_id) select 'auth.password', user_id from p
)
select user_id from p

-- name: tablet_find
select d.id as device, d.name as device_name, d.society_id, s.name as society_name,
	(select json_agg(json_build_object('id', g.id, 'name', g.name) order by g.name)
	from guards g
	where g.society_id = d.society_id and g.is_active
		and (not exists (select from guard_assignments x where x.device_id = d.id)
			or exists (select from guard_assignments x where x.device_id = d.id and x.guard_id = g.id)))
	as guards
from guard_devices d
join societies s on s.id = d.society_id
where d.token_hash = :tablet_hash and d.revoked_at is null

-- name: guard_find
select g.id, g.user_id, g.name, g.pin_hash, g.society_id
from guards g
join guard_devices d on d.society_id = g.society_id
where d.id = :device::uuid and g.is_active and (:guard_id::uuid is null or g.id = :guard_id::uuid)
	and (not exists (select from guard_assignments x where x.device_id = d.id)
		or exists (select from guard_assignments x where x.device_id = d.id and x.guard_id = g.id))
limit 2

-- name: lock_find
select ceil(extract(epoch from max(locked_until) - now()))::bigint as locked
from login_failures
where key in (:account, :everywhere) and locked_until > now()
having count(*) > 0

-- name: stream_authorize
select array_to_string(array(
		select 'user:' || s.user_id
		union all
		select case a.scope_type when 'flat' then 'flat:' when 'society' then 'society:'
			when 'customer' then 'customer:' else 'organization:' end || a.scope_id
		from role_assignments a
		where a.user_id = s.user_id and a.scope_id is not null
			and (s.guard_id is null or a.role = 'guard') and a.role <> 'technician'
		union
		select 'technician:' || s.user_id
		from role_assignments a
		where a.user_id = s.user_id and a.role = 'technician' and s.guard_id is null
		union
		-- What fits a header: whoever runs a larger site names topics.
		(select 'society:' || c.id
		from role_assignments a
		join societies c on a.role = 'admin'
			or (a.role = 'manager' and a.scope_type = 'organization'
				and c.organization_id = a.scope_id)
		where a.user_id = s.user_id and s.guard_id is null
		order by c.id
		limit 400)
	), ',') as topics,
	(select epoch || '-' || seq from event_counter) as as_of,
	coalesce((select coalesce(e.seq::text, 'max') from events e where e.ord = u.roles_changed_ord), '0')
		as since
from sessions s
join users u on u.id = s.user_id
where s.id = :session::uuid and s.user_id = :actor::uuid and s.revoked_at is null
	and u.disabled_at is null and s.expires_at > now()
