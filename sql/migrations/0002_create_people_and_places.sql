-- Organizations, people, their sessions and roles; the tree of places.
set role gh_owner;

create table organizations (
	id uuid constraint organizations_pk primary key,
	name text not null constraint organizations_name check (char_length(name) between 1 and 120),
	time_zone text not null default 'Asia/Kolkata',
	created_at timestamptz not null default now()
);
comment on table organizations is 'tenants: a security firm, an estate office';
insert into organizations (id, name)
values ('00000000-0000-4000-8000-000000000001', 'Default');

create table users (
	id uuid constraint users_pk primary key,
	email text constraint users_email_lower check (email = lower(email)),
	phone text,
	first_name text not null default '',
	last_name text not null default '',
	language text not null default 'en',
	time_zone text not null default 'Asia/Kolkata',
	created_at timestamptz not null default now(),
	updated_at timestamptz not null default now(),
	disabled_at timestamptz,
	roles_changed_ord bigint
);
create unique index users_email on users (email) where email is not null;
create unique index users_phone on users (phone) where phone is not null;
comment on column users.roles_changed_ord is
	'events.ord of the last role change: a stream older than it starts anew';

create table user_passwords (
	user_id uuid constraint user_passwords_pk primary key
		constraint user_passwords_user references users on delete cascade,
	hash text not null,
	changed_at timestamptz not null default now()
);
comment on table user_passwords is 'scrypt hashes; apart from users so that only auth can read them';

create table login_failures (
	key text constraint login_failures_pk primary key,
	failures int not null,
	since timestamptz not null,
	locked_until timestamptz
);
comment on table login_failures is
	'failed sign-ins by hashed account name (whether it exists or not) or guard and tablet';

create table sessions (
	id uuid constraint sessions_pk primary key,
	user_id uuid not null constraint sessions_user references users on delete cascade,
	guard_id uuid,
	guard_device_id uuid,
	ip text,
	user_agent text,
	cookie boolean not null default false,
	created_at timestamptz not null default now(),
	last_used_at timestamptz not null default now(),
	expires_at timestamptz not null,
	revoked_at timestamptz
);
create index sessions_user on sessions (user_id, id desc) where revoked_at is null;
create index sessions_guard_device on sessions (guard_device_id) where guard_device_id is not null;
comment on column sessions.guard_id is
	'signed in by PIN: such a session has the guard''s role alone';

create table refresh_tokens (
	hash text constraint refresh_tokens_pk primary key,
	id uuid not null,
	session_id uuid not null constraint refresh_tokens_session references sessions on delete cascade,
	created_at timestamptz not null default now(),
	expires_at timestamptz not null,
	used_at timestamptz,
	used_by text
);
create index refresh_tokens_session on refresh_tokens (session_id);
comment on table refresh_tokens is 'SHA-256 of each refresh token; kept after use, to notice reuse';
comment on column refresh_tokens.used_by is 'hash of address and user agent that rotated it';

create table role_assignments (
	id uuid constraint role_assignments_pk primary key,
	user_id uuid not null constraint role_assignments_user references users on delete cascade,
	role text not null constraint role_assignments_role check (role in
		('admin', 'manager', 'operator', 'technician', 'customer', 'guard', 'resident')),
	scope_type text not null constraint role_assignments_scope_type check (scope_type in
		('site', 'organization', 'society', 'customer', 'flat')),
	scope_id uuid,
	created_by uuid,
	created_at timestamptz not null default now(),
	constraint role_assignments_once unique nulls not distinct (user_id, role, scope_type, scope_id),
	constraint role_assignments_scope check ((scope_type = 'site') = (scope_id is null)),
	constraint role_assignments_fits check ((role, scope_type) in (
		('admin', 'site'), ('manager', 'society'), ('manager', 'organization'),
		('operator', 'organization'), ('technician', 'customer'), ('technician', 'organization'),
		('customer', 'customer'), ('guard', 'society'), ('resident', 'flat')))
);
create index role_assignments_scope_id on role_assignments (scope_id);

create table customers (
	id uuid constraint customers_pk primary key,
	organization_id uuid not null constraint customers_organization references organizations,
	name text not null,
	address text,
	phone text,
	time_zone text not null default 'Asia/Kolkata',
	created_at timestamptz not null default now()
);
create index customers_organization on customers (organization_id);

create table societies (
	id uuid constraint societies_pk primary key,
	organization_id uuid not null constraint societies_organization references organizations,
	name text not null,
	city text not null,
	time_zone text not null default 'Asia/Kolkata',
	created_at timestamptz not null default now(),
	constraint societies_name unique (organization_id, city, name)
);
create index societies_city on societies (city);

create table complexes (
	id uuid constraint complexes_pk primary key,
	society_id uuid not null constraint complexes_society references societies,
	name text not null,
	created_at timestamptz not null default now(),
	constraint complexes_name unique (society_id, name),
	constraint complexes_in_society unique (id, society_id)
);

create table blocks (
	id uuid constraint blocks_pk primary key,
	complex_id uuid not null,
	society_id uuid not null,
	name text not null,
	created_at timestamptz not null default now(),
	constraint blocks_name unique (complex_id, name),
	constraint blocks_in_society unique (id, society_id),
	constraint blocks_complex foreign key (complex_id, society_id)
		references complexes (id, society_id)
);

create table flats (
	id uuid constraint flats_pk primary key,
	block_id uuid not null,
	society_id uuid not null,
	flat_number text not null,
	created_at timestamptz not null default now(),
	constraint flats_number unique (block_id, flat_number),
	constraint flats_in_society unique (id, society_id),
	constraint flats_block foreign key (block_id, society_id) references blocks (id, society_id)
);
create index flats_society on flats (society_id);
comment on column flats.society_id is
	'kept beside block_id so that one composite key ties a visitor, its flat and its society';

create table flat_occupancies (
	id uuid constraint flat_occupancies_pk primary key,
	flat_id uuid not null constraint flat_occupancies_flat references flats,
	user_id uuid not null constraint flat_occupancies_user references users on delete cascade,
	customer_id uuid constraint flat_occupancies_customer references customers,
	relation text not null constraint flat_occupancies_relation
		check (relation in ('owner', 'tenant', 'family')),
	since timestamptz not null default now(),
	until timestamptz
);
create unique index flat_occupancies_now on flat_occupancies (flat_id, user_id) where until is null;
create index flat_occupancies_user on flat_occupancies (user_id);

create table guards (
	id uuid constraint guards_pk primary key,
	user_id uuid not null constraint guards_user references users on delete cascade,
	society_id uuid not null constraint guards_society references societies,
	name text not null,
	phone text,
	pin_hash text not null,
	is_active boolean not null default true,
	created_at timestamptz not null default now(),
	constraint guards_in_society unique (id, society_id)
);
create index guards_society on guards (society_id, id desc);
create unique index guards_user on guards (user_id);

create table guard_devices (
	id uuid constraint guard_devices_pk primary key,
	society_id uuid not null constraint guard_devices_society references societies,
	name text not null,
	platform text not null,
	fcm_token text,
	token_hash text not null,
	created_by uuid,
	created_at timestamptz not null default now(),
	last_seen_at timestamptz,
	revoked_at timestamptz,
	constraint guard_devices_in_society unique (id, society_id)
);
create unique index guard_devices_token on guard_devices (token_hash);
create index guard_devices_society on guard_devices (society_id, id desc);
comment on table guard_devices is 'the gate''s tablets';

create table guard_assignments (
	guard_id uuid not null,
	device_id uuid not null,
	society_id uuid not null,
	created_at timestamptz not null default now(),
	constraint guard_assignments_pk primary key (guard_id, device_id),
	constraint guard_assignments_guard foreign key (guard_id, society_id)
		references guards (id, society_id) on delete cascade,
	constraint guard_assignments_device foreign key (device_id, society_id)
		references guard_devices (id, society_id) on delete cascade
);
comment on table guard_assignments is
	'who may sign in on which tablet; a tablet without any takes every guard of its society';
