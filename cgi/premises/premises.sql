-- The tree of places: society, complex, block, flat. Anyone signed in may look; managers build.

-- name: city_list
select json_build_object('data', coalesce(json_agg(json_build_object('name', city, 'societies', n)
	order by city), '[]'), 'next', null)
from (select city, count(*) as n from societies group by city) as c

-- name: society_list
select id, json_build_object('id', id, 'name', name, 'city', city, 'time_zone', time_zone)
from societies
where (:city::text is null or lower(city) = lower(:city))
	and (:after::uuid is null or id < :after::uuid)
order by id desc
limit :limit_more::int

-- name: complex_list
select id, json_build_object('id', id, 'name', name, 'society_id', society_id)
from complexes
where (:society_id::uuid is null or society_id = :society_id::uuid)
	and (:after::uuid is null or id < :after::uuid)
order by id desc
limit :limit_more::int

-- name: block_list
select id, json_build_object('id', id, 'name', name, 'complex_id', complex_id)
from blocks
where (:complex_id::uuid is null or complex_id = :complex_id::uuid)
	and (:after::uuid is null or id < :after::uuid)
order by id desc
limit :limit_more::int

-- name: flat_list
select id, json_build_object('id', id, 'block_id', block_id, 'flat_number', flat_number)
from flats
where (:block_id::uuid is null or block_id = :block_id::uuid)
	and (:after::uuid is null or id < :after::uuid)
order by id desc
limit :limit_more::int

-- name: organization_of_actor
select id, count(*) over () as choices
from organizations
where (:organization_id::uuid is null or id = :organization_id::uuid)
	and (id = any (gh_organizations()) or gh_admin())
order by id
limit 1

-- name: zone_check
select 1 from pg_timezone_names where name = :time_zone

-- name: society_create
with s as (
	insert into societies (id, organization_id, name, city, time_zone)
	values (:new_id::uuid, :organization::uuid, :name, :city, coalesce(:time_zone, 'Asia/Kolkata'))
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'society.create', id, id from s
)
select json_build_object('id', id, 'name', name, 'city', city, 'time_zone', time_zone) from s

-- name: complex_create
with x as (
	insert into complexes (id, society_id, name)
	select :new_id::uuid, s.id, :name from societies s
	where s.id = :society_id::uuid and (s.id = any (gh_societies()) or gh_admin())
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'complex.create', id, society_id from x
)
select json_build_object('id', id, 'name', name, 'society_id', society_id) from x

-- name: block_create
with x as (
	insert into blocks (id, complex_id, society_id, name)
	select :new_id::uuid, c.id, c.society_id, :name from complexes c
	where c.id = :complex_id::uuid and (c.society_id = any (gh_societies()) or gh_admin())
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'block.create', id, society_id from x
)
select json_build_object('id', id, 'name', name, 'complex_id', complex_id) from x

-- name: flat_create
with x as (
	insert into flats (id, block_id, society_id, flat_number)
	select :new_id::uuid, b.id, b.society_id, :flat_number from blocks b
	where b.id = :block_id::uuid and (b.society_id = any (gh_societies()) or gh_admin())
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'flat.create', id, society_id from x
)
select json_build_object('id', id, 'block_id', block_id, 'flat_number', flat_number) from x

-- name: society_put
with s as (
	update societies set name = :name, city = :city, time_zone = coalesce(:time_zone, 'Asia/Kolkata')
	where id = :id::uuid and (id = any (gh_societies()) or gh_admin())
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'society.update', id, id from s
)
select json_build_object('id', id, 'name', name, 'city', city, 'time_zone', time_zone) from s

-- name: complex_put
with x as (
	update complexes set name = :name
	where id = :id::uuid and (society_id = any (gh_societies()) or gh_admin())
		and (:society_id::uuid is null or society_id = :society_id::uuid
			or gh_refuse('GH422', 'society_id'))
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'complex.update', id, society_id from x
)
select json_build_object('id', id, 'name', name, 'society_id', society_id) from x

-- name: block_put
with x as (
	update blocks set name = :name
	where id = :id::uuid and (society_id = any (gh_societies()) or gh_admin())
		and (:complex_id::uuid is null or complex_id = :complex_id::uuid
			or gh_refuse('GH422', 'complex_id'))
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'block.update', id, society_id from x
)
select json_build_object('id', id, 'name', name, 'complex_id', complex_id) from x

-- name: flat_put
with x as (
	update flats set flat_number = :flat_number
	where id = :id::uuid and (society_id = any (gh_societies()) or gh_admin())
		and (:block_id::uuid is null or block_id = :block_id::uuid or gh_refuse('GH422', 'block_id'))
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'flat.update', id, society_id from x
)
select json_build_object('id', id, 'block_id', block_id, 'flat_number', flat_number) from x

-- name: society_delete
with s as (
	delete from societies where id = :id::uuid and (id = any (gh_societies()) or gh_admin()) returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'society.delete', id, id from s
)
select id from s

-- name: complex_delete
with x as (
	delete from complexes
	where id = :id::uuid and (society_id = any (gh_societies()) or gh_admin())
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'complex.delete', id, society_id from x
)
select id from x

-- name: block_delete
with x as (
	delete from blocks
	where id = :id::uuid and (society_id = any (gh_societies()) or gh_admin())
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'block.delete', id, society_id from x
)
select id from x

-- name: flat_delete
with x as (
	delete from flats
	where id = :id::uuid and (society_id = any (gh_societies()) or gh_admin())
	returning *
), a as (
	insert into audit_logs (action, entity_id, scope_id) select 'flat.delete', id, society_id from x
)
select id from x

-- name: resident_request_create
with q as (
	insert into resident_requests (id, user_id, name, flat_id, society_id, relation, note)
	select :new_id::uuid, gh_user(),
		coalesce((select nullif(trim(first_name || ' ' || last_name), '') from users where id = gh_user()),
			(select email from users where id = gh_user()), 'Somebody'),
		f.id, f.society_id, :relation, :note
	from flats f
	where f.id = :flat_id::uuid
	returning resident_requests as row
), e as (
	insert into events (type, topics, data)
	select 'resident_request', array['society:' || (q.row).society_id], gh_resident_request_json(q.row)
	from q
), a as (
	insert into audit_logs (action, entity_id, scope_id)
	select 'resident_request.create', (q.row).id, (q.row).society_id from q
)
select gh_resident_request_json(q.row) from q

-- name: resident_request_list
select q.id, gh_resident_request_json(q)
from resident_requests q
where (:status::text is null or q.status = :status)
	and (:after::uuid is null or q.id < :after::uuid)
order by q.id desc
limit :limit_more::int

-- name: resident_request_decide
with q as (
	update resident_requests q
	set status = :decided, reason = :reason, decided_by = gh_user(), decided_at = now()
	where q.id = :id::uuid and q.status = 'pending'
		and (q.society_id = any (gh_societies()) or gh_admin())
	returning q as row
), o as (
	insert into flat_occupancies (id, flat_id, user_id, relation)
	select :new_occupancy::uuid, (q.row).flat_id, (q.row).user_id, (q.row).relation
	from q where (q.row).status = 'approved'
	on conflict do nothing
), r as (
	insert into role_assignments (id, user_id, role, scope_type, scope_id, created_by)
	select :new_assignment::uuid, (q.row).user_id, 'resident', 'flat', (q.row).flat_id, gh_user()
	from q where (q.row).status = 'approved'
	on conflict do nothing
), e as (
	insert into events (type, topics, data)
	select 'resident_request_decided', array['user:' || (q.row).user_id], gh_resident_request_json(q.row)
	from q
), a as (
	insert into audit_logs (action, entity_id, scope_id)
	select 'resident_request.' || (q.row).status, (q.row).id, (q.row).society_id from q
)
select gh_resident_request_json(q.row) from q

-- name: resident_request_state
select status, society_id = any (gh_societies()) or gh_admin() as managed
from resident_requests
where id = :id::uuid
