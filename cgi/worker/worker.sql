-- What requests defer. Runs as gh_worker, which works for all tenants.

-- name: heartbeat
with quick as (select set_config('synchronous_commit', 'off', true))
insert into worker_heartbeats (name, at)
select :name, now() from quick
on conflict (name) do update set at = excluded.at

-- name: counter_lock
select epoch, seq from event_counter for update

-- name: events_waiting
select exists (select from events where seq is null)

-- name: events_number
with n as (
	select ord, row_number() over (order by ord) + (select seq from event_counter) as seq
	from (select ord from events where seq is null order by ord limit 1000) as waiting
), u as (
	update events e set seq = n.seq from n where e.ord = n.ord
)
update event_counter set seq = seq + (select count(*) from n)

-- name: tape_read
select e.seq, e.type, array_to_string(e.topics, ',') as topics,
	json_build_object('id', c.epoch || '-' || e.seq, 'type', e.type, 'topics', e.topics,
		'at', gh_time(e.at), 'data', e.data)::text as event
from events e, event_counter c
where e.seq > :last::bigint
order by e.seq
limit 500

-- name: epoch_keep
update event_counter
set epoch = greatest(epoch + 1, extract(epoch from now())::bigint), timeline = t.timeline
from (select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as timeline) as t
where event_counter.timeline <> t.timeline

-- name: epoch_raise
update event_counter set epoch = greatest(epoch + 1, extract(epoch from now())::bigint)

-- name: epoch_get
select epoch, seq from event_counter

-- name: canary_send
insert into events (type, topics, data)
values ('canary', array['canary'],
	json_build_object('sent', (extract(epoch from clock_timestamp()) * 1000)::bigint))

-- name: events_forget
with old as (
	select max(seq) as seq from events
	where seq is not null and at < now() - :STREAM_RETENTION::int * interval '1 second'
), d as (
	delete from events e using old where e.seq <= old.seq
)
select seq from old where seq is not null

-- name: timers_lease
with due as (
	select kind, subject from timers
	where due_at <= now() and (leased_until is null or leased_until < now())
	order by due_at
	limit 100
	for update skip locked
)
update timers t
set leased_until = now() + interval '30 seconds', fence = t.fence + 1
from due
where t.kind = due.kind and t.subject = due.subject
returning t.kind, t.subject, t.fence

-- name: timers_next
select greatest(0, extract(epoch from due - now()) * 1000)::bigint as ms
from (
	select min(due_at) as due from timers
	where leased_until is null or leased_until < now()
) as next
where due is not null

-- name: timer_forget
delete from timers where kind = :kind and subject = :subject::uuid and fence = :fence::bigint

-- name: visitor_expire
with t as (
	delete from timers
	where kind = 'visitor_expire' and subject = :subject::uuid and fence = :fence::bigint
	returning subject
), v as (
	update visitors v set status = 'expired'
	from t
	where v.id = t.subject and v.status in ('pending', 'accepted') and v.expires_at <= now()
	returning v as row
), e as (
	insert into events (type, topics, data)
	select 'request_expired', gh_visitor_topics(v.row), gh_decision_event(v.row, 'expire') from v
)
insert into audit_logs (action, entity_id, scope_id)
select 'visitor.expire', (v.row).id, (v.row).society_id from v

-- name: partitions_make
select gh_make_partitions()

-- name: idempotency_forget
delete from idempotency_keys where created_at < now() - interval '24 hours'

-- name: refresh_forget
delete from refresh_tokens where expires_at < now() - interval '1 day'

-- name: logins_forget
delete from login_failures
where since < now() - interval '1 day' and coalesce(locked_until, now()) <= now()

-- name: sessions_forget
delete from sessions where expires_at < now() - interval '30 days'

-- A row's number is taken before its transaction ends: only rows older than any transaction can be
-- are sealed, so that none can come in below a seal.
-- name: audit_range
select r.first, r.last, d.rows, d.digest, coalesce(s.mac, 'none') as previous
from (select last, mac from audit_seals order by first desc limit 1) as s
right join (select true) as one on true
cross join lateral (
	select min(ord) as first, max(ord) as last
	from (
		select ord from audit_logs
		where ord > coalesce(s.last, 0) and at < now() - interval '60 seconds'
		order by ord
		limit 10000
	) as rows
) as r
cross join lateral gh_audit_digest(r.first, r.last) as d
where r.first is not null

-- name: audit_seal
insert into audit_seals (first, last, rows, mac, previous)
values (:first::bigint, :last::bigint, :rows::bigint, :mac, :previous)
on conflict do nothing
returning first

-- name: audit_seals_list
select s.first, s.last, s.rows, s.mac, s.previous, d.rows as found, d.digest
from audit_seals s
cross join lateral gh_audit_digest(s.first, s.last) as d
where s.first > :after::bigint
order by s.first
limit 100

-- name: audit_unsealed
select count(*) as rows from audit_logs
where ord > coalesce((select max(last) from audit_seals), 0)
