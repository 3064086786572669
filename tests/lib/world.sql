-- A society of one test's own; the variables come from Gatehouse::World.
begin;
insert into organizations (id, name)
values (:'organization_id', 'Organization ' || :'mark');
insert into societies (id, organization_id, name, city)
values (:'society_id', :'organization_id', 'Society ' || :'mark', 'Testville');
insert into complexes (id, society_id, name)
values (:'complex_id', :'society_id', 'Tower T');
insert into blocks (id, complex_id, society_id, name)
values (:'block_id', :'complex_id', :'society_id', 'Block T');
insert into flats (id, block_id, society_id, flat_number)
select id, :'block_id', :'society_id', flat_number
from jsonb_to_recordset(:'flats') as f (id uuid, flat_number text);
insert into customers (id, organization_id, name)
values (:'customer_id', :'organization_id', 'Customer ' || :'mark');

create temporary table people on commit drop as
select *
from jsonb_to_recordset(:'people') as p (id uuid, email text, name text, role text, scope_type text,
	scope_id uuid, flat_id uuid);
insert into users (id, email, first_name, last_name)
select id, email, name, 'Test' from people;
insert into user_passwords (user_id, hash)
select id, :'hash' from people;
insert into role_assignments (id, user_id, role, scope_type, scope_id)
select gen_random_uuid(), id, role, scope_type, scope_id
from people
where role is not null;
insert into flat_occupancies (id, flat_id, user_id, relation)
select gen_random_uuid(), flat_id, id, case when name like 'Family%' then 'family' else 'owner' end
from people
where flat_id is not null;
insert into flat_occupancies (id, flat_id, user_id, customer_id, relation)
values (gen_random_uuid(), :'flat101', :'customer_user', :'customer_id', 'family');

insert into guards (id, user_id, society_id, name, pin_hash)
values (:'guard_id', :'guard_user', :'society_id', 'Guard Test', :'pin_hash');
insert into guard_devices (id, society_id, name, platform, token_hash)
values (:'tablet_id', :'society_id', 'test gate', 'web', :'tablet_hash');
insert into guard_assignments (guard_id, device_id, society_id)
values (:'guard_id', :'tablet_id', :'society_id');
commit;
