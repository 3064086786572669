-- The first admin of an empty database. psql variables: email, hash (scrypt of the password).
begin;
with person as (
	insert into users (id, email, first_name)
	values (gen_random_uuid(), lower(:'email'), 'Admin')
	returning id
), password as (
	insert into user_passwords (user_id, hash)
	select id, :'hash'
	from person
)
insert into role_assignments (id, user_id, role, scope_type)
select gen_random_uuid(), id, 'admin', 'site'
from person;
commit;
