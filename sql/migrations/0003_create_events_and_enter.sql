-- The outbox, audit, timers, idempotency; and gh_enter(), the first statement of every request.
set role gh_owner;

create table events (
	ord bigint generated always as identity constraint events_pk primary key,
	seq bigint,
	type text not null,
	topics text[] not null,
	data json not null,
	at timestamptz not null default clock_timestamp()
);
create unique index events_seq on events (seq) where seq is not null;
create index events_unnumbered on events (ord) where seq is null;
create index events_at on events (at);
comment on table events is 'outbox: what happened, in the transaction in which it happened';
comment on column events.ord is 'taken after the row lock, so events of one thing are in causal order';
comment on column events.seq is 'the site-wide number, gap-free, given by a relay; NULL until then';

create table event_counter (
	one boolean constraint event_counter_pk primary key default true
		constraint event_counter_one check (one),
	epoch int not null,
	seq bigint not null,
	timeline int not null
);
comment on table event_counter is 'a restore or a promoted replica (another timeline) raises the epoch';
insert into event_counter (epoch, seq, timeline) values (1, 0, 1);

create table worker_heartbeats (
	name text constraint worker_heartbeats_pk primary key,
	at timestamptz not null
);

create table audit_logs (
	ord bigint generated always as identity constraint audit_logs_pk primary key,
	at timestamptz not null default clock_timestamp(),
	actor uuid default gh_user(),
	session_id uuid default gh_session(),
	request_id uuid default gh_request(),
	action text not null,
	entity_id uuid,
	scope_id uuid,
	data json
);
create index audit_logs_entity on audit_logs (entity_id);
comment on table audit_logs is 'who changed what; written by the statement that made the change';
comment on column audit_logs.scope_id is 'society, organization or customer it belongs to';

create table timers (
	kind text not null,
	subject uuid not null,
	due_at timestamptz not null,
	leased_until timestamptz,
	fence bigint not null default 0,
	constraint timers_pk primary key (kind, subject)
);
create index timers_due on timers (due_at);
comment on table timers is 'what is to happen later; a row goes when it has happened or need not';
comment on column timers.fence is 'raised by each lease: a worker that lost its lease changes nothing';

create table idempotency_keys (
	user_id uuid not null,
	key_hash text not null,
	body_hash text not null,
	status int,
	answer text,
	created_at timestamptz not null default now(),
	constraint idempotency_keys_pk primary key (user_id, key_hash)
);
create index idempotency_keys_created on idempotency_keys (created_at);
comment on column idempotency_keys.answer is 'sealed with a key derived from the client''s key';

create function gh_enter(p_session uuid, p_user uuid, p_who int, p_request uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	s record;
	r record;
	managed uuid[];
begin
	select sessions.guard_id, sessions.revoked_at, sessions.expires_at, users.disabled_at
	into s
	from sessions join users on users.id = sessions.user_id
	where sessions.id = p_session and sessions.user_id = p_user;
	if not found or s.revoked_at is not null or s.disabled_at is not null
			or s.expires_at <= now() then
		raise exception using errcode = 'GH401', message = 'session ended';
	end if;
	select coalesce(bit_or(case role when 'admin' then 1 when 'manager' then 2 when 'operator' then 4
			when 'technician' then 8 when 'customer' then 16 when 'guard' then 32
			when 'resident' then 64 end), 0) as mask,
		array_agg(scope_id) filter (where role = 'resident') as flats,
		array_agg(scope_id) filter (where role = 'guard') as gates,
		array_agg(scope_id) filter (where role = 'manager' and scope_type = 'society') as societies,
		array_agg(scope_id) filter (where role = 'manager' and scope_type = 'organization')
			as organizations,
		array_agg(scope_id) filter (where role = 'customer') as customers
	into r
	from role_assignments
	where user_id = p_user and (s.guard_id is null or role = 'guard');
	if p_who <> 0 and r.mask & (p_who | 1) = 0 then
		raise exception using errcode = 'GH403', message = 'role missing';
	end if;
	perform set_config('gh.user', p_user::text, true),
		set_config('gh.session', p_session::text, true),
		set_config('gh.request', p_request::text, true);
	if r.mask & 1 <> 0 then
		perform set_config('gh.admin', 'on', true);
	end if;
	if r.flats is not null then
		perform set_config('gh.flats', r.flats::text, true);
	end if;
	if r.gates is not null then
		perform set_config('gh.gates', r.gates::text, true);
	end if;
	if r.customers is not null then
		perform set_config('gh.customers', r.customers::text, true);
	end if;
	managed := r.societies;
	if r.organizations is not null then
		perform set_config('gh.organizations', r.organizations::text, true);
		select managed || array_agg(id) into managed
		from societies where organization_id = any (r.organizations);
	end if;
	if managed is not null then
		perform set_config('gh.societies', managed::text, true);
	end if;
end
$$;
comment on function gh_enter(uuid, uuid, int, uuid) is
	'looks session and roles up and sets the actor; refuses with GH401 or GH403, so that nothing after
it in the pipeline happens. p_who: bits admin 1, manager 2, operator 4, technician 8, customer 16,
guard 32, resident 64; 0 is any signed-in user';
reset role;
alter function gh_enter(uuid, uuid, int, uuid) owner to gh_gate;
revoke execute on function gh_enter(uuid, uuid, int, uuid) from public;
