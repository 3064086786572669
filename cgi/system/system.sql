-- How the house is.

-- name: health
select
	coalesce((select extract(epoch from clock_timestamp() - min(at)) * 1000 from events
		where seq is null), 0)::bigint as outbox_ms,
	coalesce((select extract(epoch from now() - min(due_at)) * 1000 from timers
		where due_at < now()), 0)::bigint as timers_ms,
	coalesce((select max(extract(epoch from now() - at) * 1000) from worker_heartbeats), 1e9)::bigint
		as worker_ms,
	(select count(*) from worker_heartbeats) as workers,
	exists (select from visits_default) as misplaced
