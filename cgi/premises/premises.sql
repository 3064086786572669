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
