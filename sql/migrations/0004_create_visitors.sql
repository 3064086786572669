-- Visitors and visits.
set role gh_owner;

create table visitors (
	id uuid constraint visitors_pk primary key,
	flat_id uuid not null,
	society_id uuid not null,
	visitor_name text not null,
	phone text,
	purpose text,
	vehicle_no text,
	id_type text,
	id_number text,
	party_size int not null default 1 constraint visitors_party_size check (party_size between 1 and 50),
	status text not null constraint visitors_status check (status in
		('pending', 'accepted', 'denied', 'expired', 'cancelled', 'checked_in', 'checked_out')),
	expected_start timestamptz,
	expected_end timestamptz,
	approval_deadline timestamptz,
	expires_at timestamptz,
	is_invitation boolean not null,
	invited_by uuid,
	created_by uuid not null,
	invite_code text,
	invite_token text,
	responded_by uuid,
	responder_name text,
	responded_at timestamptz,
	note text,
	created_at timestamptz not null default now(),
	constraint visitors_flat foreign key (flat_id, society_id) references flats (id, society_id),
	constraint visitors_in_society unique (id, society_id),
	constraint visitors_window check (expected_end is null or expected_end > expected_start)
);
create index visitors_society on visitors (society_id, id desc);
create index visitors_flat on visitors (flat_id, id desc);
create index visitors_open on visitors (society_id, status, id desc)
	where status in ('pending', 'accepted', 'checked_in');
create unique index visitors_invite_code on visitors (society_id, invite_code)
	where status = 'accepted' and invite_code is not null;
create unique index visitors_invite_token on visitors (invite_token) where invite_token is not null;
comment on column visitors.expires_at is
	'when a pending or accepted visitor lapses: approval_deadline, expected_end, or its day''s end';

create table visits (
	id uuid constraint visits_pk primary key,
	visitor_id uuid not null,
	society_id uuid not null,
	flat_id uuid not null,
	gate text,
	guard_id uuid,
	notes text,
	checked_in_at timestamptz not null default now(),
	checked_out_at timestamptz,
	constraint visits_visitor foreign key (visitor_id, society_id)
		references visitors (id, society_id),
	constraint visits_flat foreign key (flat_id, society_id) references flats (id, society_id)
) partition by range (id);
create index visits_society on visits (society_id, id desc);
create index visits_flat on visits (flat_id, id desc);
create index visits_visitor on visits (visitor_id);
create index visits_inside on visits (society_id, id desc) where checked_out_at is null;
create table visits_default partition of visits default;
comment on table visits is 'one stay; partitioned by month of its time-ordered id';
comment on table visits_default is 'must stay empty: a row here means that partitions ran out';

create function gh_make_partitions(ahead interval default '3 months') returns int
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	month timestamptz := date_trunc('month', now() at time zone 'UTC') at time zone 'UTC';
	made int := 0;
	part text;
begin
	while month <= now() + ahead loop
		part := 'visits_' || to_char(month at time zone 'UTC', 'YYYYMM');
		if to_regclass('public.' || part) is null then
			execute format('create table public.%I partition of public.visits for values from (%L) to (%L)',
				part, gh_uuid_at(month), gh_uuid_at(month + interval '1 month'));
			execute format('alter table public.%I enable row level security, force row level security',
				part);
			made := made + 1;
		end if;
		month := (month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
	end loop;
	return made;
end
$$;
comment on function gh_make_partitions(interval) is
	'makes the partitions from this month to `ahead`; says how many were missing';
revoke execute on function gh_make_partitions(interval) from public;

create function gh_visitor_json(v visitors, public_url text) returns json
language plpgsql stable as $$
begin
	return (
		select json_build_object(
			'id', v.id, 'flat_id', v.flat_id, 'flat_number', f.flat_number,
			'block_name', b.name, 'society_id', v.society_id, 'society_name', s.name,
			'visitor_name', v.visitor_name, 'phone', v.phone, 'purpose', v.purpose,
			'vehicle_no', v.vehicle_no, 'id_type', v.id_type, 'id_number', v.id_number,
			'party_size', v.party_size, 'status', v.status,
			'expected_start', gh_time(v.expected_start), 'expected_end', gh_time(v.expected_end),
			'approval_deadline', gh_time(v.approval_deadline), 'invited_by', v.invited_by,
			'invite_code', case when v.flat_id = any (gh_flats()) then v.invite_code end,
			'invite_url', case when v.flat_id = any (gh_flats())
				then public_url || '/i/' || v.invite_token end,
			'responded_by', v.responded_by, 'responder_name', v.responder_name,
			'responded_at', gh_time(v.responded_at), 'note', v.note,
			'watch_match', case when v.society_id = any (gh_gates()) then false end,
			'created_at', gh_time(v.created_at))
		from flats f
		join blocks b on b.id = f.block_id
		join societies s on s.id = f.society_id
		where f.id = v.flat_id);
end
$$;
comment on function gh_visitor_json(visitors, text) is
	'a visitor as the actor may see it: the code for residents of the flat, watch_match for guards';

create function gh_visitor_topics(v visitors) returns text[] stable
return array['flat:' || v.flat_id, 'society:' || v.society_id];

create function gh_visitor_event(v visitors) returns json
language plpgsql stable as $$
begin
	return (
		select json_build_object(
			'visitor_id', v.id, 'visitor_name', v.visitor_name, 'phone', v.phone,
			'purpose', v.purpose, 'vehicle_no', v.vehicle_no, 'party_size', v.party_size,
			'flat_id', v.flat_id, 'flat_number', f.flat_number, 'block_name', b.name,
			'society_id', v.society_id, 'society_name', s.name,
			'expected_start', gh_time(v.expected_start), 'expected_end', gh_time(v.expected_end),
			'created_at', gh_time(v.created_at),
			'approval_deadline', gh_time(v.approval_deadline), 'status', v.status)
		from flats f
		join blocks b on b.id = f.block_id
		join societies s on s.id = f.society_id
		where f.id = v.flat_id);
end
$$;
comment on function gh_visitor_event(visitors) is
	'a visitor as everyone on its topics may see it: no code, no watch_match, no id document';

create function gh_decision_event(v visitors, decision text) returns json stable
return json_build_object('visitor_id', v.id, 'visitor_name', v.visitor_name, 'decision', decision,
	'status', v.status, 'approver_name', v.responder_name, 'note', v.note, 'flat_id', v.flat_id,
	'timestamp', gh_time(clock_timestamp()));

create function gh_visit_json(w visits) returns json
language plpgsql stable as $$
begin
	return (
		select json_build_object('id', w.id, 'visitor_id', w.visitor_id,
			'visitor_name', v.visitor_name, 'purpose', v.purpose, 'vehicle_no', v.vehicle_no,
			'party_size', v.party_size, 'flat_id', w.flat_id, 'flat_number', f.flat_number,
			'block_name', b.name, 'gate', w.gate, 'guard_id', w.guard_id,
			'checked_in_at', gh_time(w.checked_in_at), 'checked_out_at', gh_time(w.checked_out_at),
			'notes', w.notes)
		from visitors v
		join flats f on f.id = w.flat_id
		join blocks b on b.id = f.block_id
		where v.id = w.visitor_id);
end
$$;
select gh_make_partitions();
