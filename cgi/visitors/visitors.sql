-- The gate: visitors, visits, guards, tablets. Runs as gh_visitors under row-level security.

-- name: visitor_create
with place as (
	select f.id as flat_id, f.society_id, s.time_zone,
		coalesce(f.id = any (gh_flats()), false) as own
	from flats f
	join societies s on s.id = f.society_id
	where f.id = :flat_id::uuid
		and (f.id = any (gh_flats()) or f.society_id = any (gh_gates()) or gh_admin())
), v as (
	insert into visitors (id, flat_id, society_id, visitor_name, phone, purpose, vehicle_no, id_type,
		id_number, party_size, status, expected_start, expected_end, approval_deadline, expires_at,
		is_invitation, invited_by, created_by, invite_code, invite_token)
	select :new_id::uuid, flat_id, society_id, :visitor_name, :phone, :purpose, :vehicle_no, :id_type,
		:id_number, coalesce(:party_size::int, 1), case when own then 'accepted' else 'pending' end,
		case when own then coalesce(:expected_start::timestamptz, now())
			else :expected_start::timestamptz end,
		:expected_end::timestamptz,
		case when not own then now() + :VISITOR_TIMEOUT::int * interval '1 second' end,
		case when not own then now() + :VISITOR_TIMEOUT::int * interval '1 second'
			else coalesce(:expected_end::timestamptz,
				gh_day_end(greatest(coalesce(:expected_start::timestamptz, now()), now()), time_zone)) end,
		own, case when own then gh_user() end, gh_user(), case when own then :invite_code end,
		case when own then :invite_token end
	from place
	returning visitors as row
), t as (
	insert into timers (kind, subject, due_at)
	select 'visitor_expire', (v.row).id, (v.row).expires_at from v
), e as (
	insert into events (type, topics, data)
	select case when (v.row).is_invitation then 'visitor_expected' else 'visitor_request' end,
		gh_visitor_topics(v.row), gh_visitor_event(v.row)
	from v
), a as (
	insert into audit_logs (action, entity_id, scope_id)
	select case when (v.row).is_invitation then 'visitor.invite' else 'visitor.announce' end,
		(v.row).id, (v.row).society_id
	from v
)
select gh_visitor_json(v.row, :base_url) from v

-- name: visitor_get
select gh_visitor_json(v, :base_url) from visitors v where v.id = :id::uuid

-- name: visitor_list
select v.id, gh_visitor_json(v, :base_url)
from visitors v
join flats f on f.id = v.flat_id
join societies s on s.id = v.society_id
where (:flat_id::uuid is null or v.flat_id = :flat_id::uuid)
	and (:society_id::uuid is null or v.society_id = :society_id::uuid)
	and (:status::text is null or v.status = :status)
	and (:from::text is null or v.created_at >= gh_from(:from, s.time_zone))
	and (:to::text is null or v.created_at < gh_until(:to, s.time_zone))
	and (:like::text is null or v.visitor_name ilike :like or v.phone ilike :like
		or v.vehicle_no ilike :like or f.flat_number ilike :like)
	and (:after::uuid is null or v.id < :after::uuid)
order by v.id desc
limit :limit_more::int

-- name: visitor_respond
with v as (
	update visitors v
	set status = :decided, responded_by = gh_user(), responded_at = now(), note = :note,
		responder_name = (select nullif(trim(first_name || ' ' || last_name), '')
			from users where id = gh_user()),
		expires_at = case when :decided = 'accepted' then case when v.expected_end > now()
			then v.expected_end else gh_day_end(now(), s.time_zone) end end
	from societies s
	where v.id = :id::uuid and s.id = v.society_id and v.status = 'pending'
		and v.approval_deadline > now() and (v.flat_id = any (gh_flats()) or gh_admin())
	returning v as row
), t as (
	update timers set due_at = (v.row).expires_at, fence = fence + 1, leased_until = null
	from v
	where kind = 'visitor_expire' and subject = (v.row).id and (v.row).expires_at is not null
), d as (
	delete from timers using v
	where kind = 'visitor_expire' and subject = (v.row).id and (v.row).expires_at is null
), e as (
	insert into events (type, topics, data)
	select case when (v.row).status = 'accepted' then 'request_approved' else 'request_denied' end,
		gh_visitor_topics(v.row), gh_decision_event(v.row, :decision)
	from v
), a as (
	insert into audit_logs (action, entity_id, scope_id, data)
	select 'visitor.respond', (v.row).id, (v.row).society_id,
		json_build_object('decision', :decision::text)
	from v
)
select gh_visitor_json(v.row, :base_url) from v

-- name: visitor_cancel
with v as (
	update visitors v
	set status = 'cancelled', expires_at = null
	where v.id = :id::uuid and v.status in ('pending', 'accepted')
		and (v.created_by = gh_user() or v.flat_id = any (gh_flats()) or gh_admin())
	returning v as row
), d as (
	delete from timers using v where kind = 'visitor_expire' and subject = (v.row).id
), e as (
	insert into events (type, topics, data)
	select 'request_cancelled', gh_visitor_topics(v.row), gh_decision_event(v.row, 'cancel') from v
), a as (
	insert into audit_logs (action, entity_id, scope_id)
	select 'visitor.cancel', (v.row).id, (v.row).society_id from v
)
select gh_visitor_json(v.row, :base_url) from v

-- name: visitor_state
select v.id, v.status, v.responder_name, gh_time(v.responded_at) as responded_at,
	coalesce(v.approval_deadline <= now(), false) as late,
	coalesce(v.expires_at <= now(), false) as lapsed,
	coalesce(v.flat_id = any (gh_flats()), false) or gh_admin() as own,
	coalesce(v.society_id = any (gh_gates()), false) or gh_admin() as guarded,
	v.created_by = gh_user() as made, count(*) over () as matches
from visitors v
where (:id::uuid is not null and v.id = :id::uuid)
	or (:id::uuid is null and v.invite_code = :invite_code and v.status = 'accepted')
order by v.id desc
limit 1

-- name: visitor_expected
select v.id, gh_visitor_json(v, :base_url)
from visitors v
join societies s on s.id = v.society_id
where v.society_id = :societyId::uuid and v.status = 'accepted' and v.is_invitation
	and v.expected_start < gh_until(coalesce(:date, to_char(now() at time zone s.time_zone, 'YYYY-MM-DD')),
		s.time_zone)
	and v.expires_at > greatest(now(),
		gh_from(coalesce(:date, to_char(now() at time zone s.time_zone, 'YYYY-MM-DD')), s.time_zone))
	and (:after::uuid is null or v.id < :after::uuid)
order by v.id desc
limit :limit_more::int

-- name: society_guarded
select 1
where :societyId::uuid = any (gh_gates()) or :societyId::uuid = any (gh_societies())
	or (gh_admin() and exists (select from societies where id = :societyId::uuid))

-- name: invitation_get
select * from gh_invitation(:token)

-- name: invitation_link
select invite_token from visitors
where id = :id::uuid and invite_token is not null and (flat_id = any (gh_flats()) or gh_admin())

-- name: visit_checkin
with v as (
	update visitors v
	set status = 'checked_in', expires_at = null
	-- A code may be open in several societies; who guards more than one gate must say which visitor.
	where v.id = coalesce(:visitor_id::uuid, (select min(c.id::text)::uuid
			from visitors c
			where c.invite_code = :invite_code and c.status = 'accepted'
			having count(*) = 1))
		and v.status = 'accepted' and (v.expires_at is null or v.expires_at > now())
		and (v.society_id = any (gh_gates()) or gh_admin())
	returning v as row
), w as (
	insert into visits (id, visitor_id, society_id, flat_id, gate, guard_id, notes)
	select :new_id::uuid, (v.row).id, (v.row).society_id, (v.row).flat_id, :gate,
		(select id from guards where user_id = gh_user()), :notes
	from v
	returning visits as row
), d as (
	delete from timers using v where kind = 'visitor_expire' and subject = (v.row).id
), e as (
	insert into events (type, topics, data)
	select 'visitor_checked_in', gh_visitor_topics(v.row), gh_visit_json(w.row) from v, w
), a as (
	insert into audit_logs (action, entity_id, scope_id)
	select 'visit.checkin', (v.row).id, (v.row).society_id from v
)
select gh_visit_json(w.row) from w

-- name: visit_checkout
with w as (
	update visits w
	set checked_out_at = now()
	where ((:visit_id::uuid is not null and w.id = :visit_id::uuid)
			or (:visit_id::uuid is null and w.visitor_id = :visitor_id::uuid))
		and w.checked_out_at is null and (w.society_id = any (gh_gates()) or gh_admin())
	returning w as row
), v as (
	update visitors v
	set status = 'checked_out'
	from w
	where v.id = (w.row).visitor_id and v.status = 'checked_in'
	returning v as row
), e as (
	insert into events (type, topics, data)
	select 'visitor_checked_out', gh_visitor_topics(v.row), gh_visit_json(w.row) from v, w
), a as (
	insert into audit_logs (action, entity_id, scope_id)
	select 'visit.checkout', (w.row).id, (w.row).society_id from w
)
select gh_visit_json(w.row) from w

-- name: visit_state
select gh_time(w.checked_out_at) as checked_out_at,
	coalesce(w.society_id = any (gh_gates()), false) or gh_admin() as guarded
from visits w
where w.id = :visit_id::uuid
union all
select gh_time(w.checked_out_at), coalesce(v.society_id = any (gh_gates()), false) or gh_admin()
from visitors v
left join visits w on w.visitor_id = v.id
where :visit_id::uuid is null and v.id = :visitor_id::uuid

-- name: visit_list
select w.id, gh_visit_json(w)
from visits w
join societies s on s.id = w.society_id
where (:flat_id::uuid is null or w.flat_id = :flat_id::uuid)
	and (:society_id::uuid is null or w.society_id = :society_id::uuid)
	and (:inside::boolean is null or (w.checked_out_at is null) = :inside::boolean)
	and (:from::text is null or w.checked_in_at >= gh_from(:from, s.time_zone))
	and (:to::text is null or w.checked_in_at < gh_until(:to, s.time_zone))
	and (:after::uuid is null or w.id < :after::uuid)
order by w.id desc
limit :limit_more::int

-- name: guard_list
select g.id, json_build_object('id', g.id, 'name', g.name, 'phone', g.phone,
	'society_id', g.society_id, 'is_active', g.is_active,
	'device_ids', (select coalesce(json_agg(x.device_id), '[]') from guard_assignments x
		where x.guard_id = g.id),
	'created_at', gh_time(g.created_at))
from guards g
where (:society_id::uuid is null or g.society_id = :society_id::uuid)
	and (:after::uuid is null or g.id < :after::uuid)
	and (g.society_id = any (gh_societies()) or gh_admin())
order by g.id desc
limit :limit_more::int

-- name: guard_get
select json_build_object('id', g.id, 'name', g.name, 'phone', g.phone,
	'society_id', g.society_id, 'is_active', g.is_active,
	'device_ids', (select coalesce(json_agg(x.device_id), '[]') from guard_assignments x
		where x.guard_id = g.id),
	'created_at', gh_time(g.created_at))
from guards g
where g.id = :guard::uuid and (g.society_id = any (gh_societies()) or gh_admin())

-- name: society_of_actor
select id, count(*) over () as choices
from (
	select unnest(gh_societies()) as id
	union
	select unnest(gh_gates())
	union
	select id from societies where gh_admin()
) as mine
where :society_id::uuid is null or id = :society_id::uuid
limit 1

-- name: guard_create
with u as (
	-- Without RETURNING: whoever adds a guard may not see users.
	insert into users (id, phone, first_name, last_name)
	values (:new_user::uuid, null, :name, '')
), g as (
	insert into guards (id, user_id, society_id, name, phone, pin_hash)
	select :new_id::uuid, :new_user::uuid, :society::uuid, :name, :phone, :pin_hash
	where not exists (select from unnest(:device_ids::uuid[]) as t (id) where not exists (
			select from guard_devices d
			where d.id = t.id and d.society_id = :society::uuid and d.revoked_at is null))
		or gh_refuse('GH404', 'device_ids')
	returning *
), r as (
	insert into role_assignments (id, user_id, role, scope_type, scope_id, created_by)
	select :new_assignment::uuid, user_id, 'guard', 'society', society_id, gh_user() from g
), x as (
	insert into guard_assignments (guard_id, device_id, society_id)
	select g.id, d.id, g.society_id from g, guard_devices d
	where d.id = any (coalesce(:device_ids::uuid[], '{}')) and d.society_id = g.society_id
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'guard.create', id, society_id from g
)
select json_build_object('id', id, 'name', name, 'phone', phone, 'society_id', society_id,
	'is_active', is_active, 'device_ids', coalesce(:device_ids::uuid[], '{}'),
	'created_at', gh_time(created_at))
from g

-- name: guard_update
with g as (
	update guards g
	set name = :name, phone = :phone, pin_hash = coalesce(:pin_hash, pin_hash),
		is_active = coalesce(:is_active::boolean, is_active)
	where g.id = :guard::uuid and (g.society_id = any (gh_societies()) or gh_admin())
		and (not exists (select from unnest(:device_ids::uuid[]) as t (id) where not exists (
				select from guard_devices d
				where d.id = t.id and d.society_id = g.society_id and d.revoked_at is null))
			or gh_refuse('GH404', 'device_ids'))
	returning *
), role as (
	insert into role_assignments (id, user_id, role, scope_type, scope_id, created_by)
	select :new_assignment::uuid, user_id, 'guard', 'society', society_id, gh_user()
	from g
	where is_active
	on conflict do nothing
), no_role as (
	delete from role_assignments r using g
	where not g.is_active and r.user_id = g.user_id and r.role = 'guard'
		and r.scope_id = g.society_id
), gone as (
	delete from guard_assignments x using g
	where x.guard_id = g.id and :device_ids::uuid[] is not null
		and not x.device_id = any (:device_ids::uuid[])
), x as (
	insert into guard_assignments (guard_id, device_id, society_id)
	select g.id, d.id, g.society_id from g, guard_devices d
	where d.id = any (:device_ids::uuid[]) and d.society_id = g.society_id
	on conflict do nothing
), s as (
	update sessions s set revoked_at = now()
	from g
	where s.guard_id = g.id and s.revoked_at is null and (not g.is_active or :pin_hash::text is not null)
	returning s.id
), e as (
	insert into events (type, topics, data)
	select 'control', array['control'], json_build_object('revoke', 'session', 'session', id) from s
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'guard.update', id, society_id from g
)
select id from g

-- name: guard_delete
with g as (
	update guards g
	set is_active = false
	where g.id = :guard::uuid and g.is_active and (g.society_id = any (gh_societies()) or gh_admin())
	returning *
), r as (
	delete from role_assignments r using g
	where r.user_id = g.user_id and r.role = 'guard' and r.scope_id = g.society_id
), s as (
	update sessions s set revoked_at = now()
	from g
	where s.guard_id = g.id and s.revoked_at is null
	returning s.id
), e as (
	insert into events (type, topics, data)
	select 'control', array['control'], json_build_object('revoke', 'session', 'session', id) from s
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'guard.delete', id, society_id from g
)
select id from g

-- name: tablet_create
with d as (
	insert into guard_devices (id, society_id, name, platform, fcm_token, token_hash, created_by)
	values (:new_id::uuid, :society::uuid, :name, :platform, :fcm_token, :tablet_hash, gh_user())
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'tablet.create', id, society_id from d
)
select json_build_object('device_id', id, 'device_token', :device_token::text, 'name', name,
	'society_id', society_id)
from d

-- name: tablet_list
select d.id, json_build_object('id', d.id, 'name', d.name, 'platform', d.platform,
	'society_id', d.society_id, 'created_at', gh_time(d.created_at),
	'last_seen_at', gh_time(d.last_seen_at))
from guard_devices d
where d.revoked_at is null and (:after::uuid is null or d.id < :after::uuid)
	and (:society_id::uuid is null or d.society_id = :society_id::uuid)
	and (d.society_id = any (gh_societies()) or gh_admin())
order by d.id desc
limit :limit_more::int

-- name: tablet_delete
with d as (
	update guard_devices d
	set revoked_at = now()
	where d.id = :id::uuid and d.revoked_at is null
		and (d.society_id = any (gh_societies()) or gh_admin())
	returning *
), s as (
	update sessions s set revoked_at = now()
	from d
	where s.guard_device_id = d.id and s.revoked_at is null
	returning s.id
), e as (
	insert into events (type, topics, data)
	select 'control', array['control'], json_build_object('revoke', 'session', 'session', id) from s
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'tablet.delete', id, society_id from d
)
select id from d
