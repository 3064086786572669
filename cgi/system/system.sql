-- How the house is.

-- name: health
select
	(select count(*) from events where seq is null) as outbox_depth,
	coalesce((select extract(epoch from clock_timestamp() - min(at)) * 1000 from events
		where seq is null), 0)::bigint as outbox_ms,
	(select count(*) from timers where due_at < now() - interval '1 second') as timers_late,
	coalesce((select extract(epoch from now() - min(due_at)) * 1000 from timers
		where due_at < now()), 0)::bigint as timers_ms,
	coalesce((select max(extract(epoch from now() - at) * 1000) from worker_heartbeats), 1e9)::bigint
		as worker_ms,
	(select count(*) from worker_heartbeats) as workers,
	(select json_object_agg(name, (extract(epoch from now() - at) * 1000)::bigint)
		from worker_heartbeats) as ages,
	exists (select from visits_default) as misplaced
