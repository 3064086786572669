-- What the gate needs beyond its tables: days in a society's time zone, the guest's page, and the end
-- of a guard's sessions when the guard or the tablet goes.
set role gh_owner;

create function gh_from(t text, zone text) returns timestamptz stable parallel safe
return case when length(t) = 10 then t::date::timestamp at time zone zone else t::timestamptz end;
comment on function gh_from(text, text) is 'start of a filter: an instant, or a date in a time zone';

create function gh_until(t text, zone text) returns timestamptz stable parallel safe
return case when length(t) = 10 then (t::date + 1)::timestamp at time zone zone
	else t::timestamptz + interval '1 millisecond' end;
comment on function gh_until(text, text) is 'its end, exclusive: dates and instants are inclusive';

create function gh_day_end(t timestamptz, zone text) returns timestamptz stable parallel safe
return (date_trunc('day', t at time zone zone) + interval '1 day') at time zone zone;
comment on function gh_day_end(timestamptz, text) is 'the midnight that ends the day of t in a time zone';

create policy guest on visitors for select to gh_gate using (true);
create policy guest on flats for select to gh_gate using (true);
create policy guest on blocks for select to gh_gate using (true);

create function gh_invitation(token text) returns table (visitor_name text, society_name text,
	city text, block_name text, flat_number text, invite_code text, status text,
	starts text, ends text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
	return query
	select v.visitor_name, s.name, s.city, b.name, f.flat_number,
		case when v.status = 'accepted' and v.expires_at > now() then v.invite_code end,
		case when v.status = 'accepted' and v.expires_at <= now() then 'expired' else v.status end,
		to_char(v.expected_start at time zone s.time_zone, 'Dy DD Mon YYYY, HH24:MI'),
		to_char(v.expires_at at time zone s.time_zone, 'Dy DD Mon YYYY, HH24:MI')
	from visitors v
	join flats f on f.id = v.flat_id
	join blocks b on b.id = f.block_id
	join societies s on s.id = v.society_id
	where v.invite_token = token;
end
$$;
comment on function gh_invitation(text) is
	'what the holder of an invitation''s link may see, without signing in';
reset role;
alter function gh_invitation(text) owner to gh_gate;
revoke execute on function gh_invitation(text) from public;
set role gh_owner;

create policy tablet on sessions to gh_visitors
	using (exists (select from guard_devices d where d.id = guard_device_id)
		or exists (select from guards g where g.id = guard_id));
comment on policy tablet on sessions is
	'through the policies of guards and guard_devices: sessions of the gates one manages';

-- An epoch is never used twice, whatever is restored in whatever order: it is the time it began.
alter table event_counter alter column epoch type bigint;
reset role; -- row-level security leaves the owner no row to change
update event_counter set epoch = extract(epoch from now())::bigint;
