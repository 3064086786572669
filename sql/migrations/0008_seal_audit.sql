-- Seals over ranges of the audit: what was sealed cannot be altered or removed unnoticed.
set role gh_owner;

create table audit_seals (
	first bigint constraint audit_seals_pk primary key,
	last bigint not null,
	rows bigint not null,
	mac text not null,
	previous text not null,
	sealed_at timestamptz not null default now(),
	constraint audit_seals_chain unique (previous),
	constraint audit_seals_range check (last >= first)
);
comment on table audit_seals is
	'HMAC-SHA-256 of each range and of the seal before it; the key (AUDIT_KEY) is outside the database';
alter table audit_seals enable row level security, force row level security;
create policy work on audit_seals to gh_worker using (true) with check (true);
create policy work on audit_logs for select to gh_worker using (true);

create function gh_audit_digest(p_first bigint, p_last bigint,
	out rows bigint, out digest text)
language sql stable as $$
	select count(*), encode(sha256(coalesce(string_agg(convert_to(
		format('%s|%s|%s|%s|%s|%s|%s|%s|%s', ord, extract(epoch from at), actor, session_id,
			request_id, action, entity_id, scope_id, data), 'UTF8'), '\x0a'::bytea order by ord),
		''::bytea)), 'hex')
	from audit_logs
	where ord between p_first and p_last
$$;
comment on function gh_audit_digest(bigint, bigint) is 'SHA-256 of every column of the rows of a range';
