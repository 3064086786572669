-- What a visitor looks like, made with less: the names of its place are read by gh_gate, which sees every
-- place without asking who is there (names of places are anybody's who is signed in), and the JSON is an
-- expression, not a query.
create or replace function gh_visitor_json(v visitors, public_url text) returns json
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	flat text;
	block text;
	society text;
	lives_there boolean := coalesce(v.flat_id = any (gh_flats()), false);
begin
	select f.flat_number, b.name, s.name into flat, block, society
	from flats f
	join blocks b on b.id = f.block_id
	join societies s on s.id = f.society_id
	where f.id = v.flat_id;
	return json_build_object(
		'id', v.id, 'flat_id', v.flat_id, 'flat_number', flat,
		'block_name', block, 'society_id', v.society_id, 'society_name', society,
		'visitor_name', v.visitor_name, 'phone', v.phone, 'purpose', v.purpose,
		'vehicle_no', v.vehicle_no, 'id_type', v.id_type, 'id_number', v.id_number,
		'party_size', v.party_size, 'status', v.status,
		'expected_start', gh_time(v.expected_start), 'expected_end', gh_time(v.expected_end),
		'approval_deadline', gh_time(v.approval_deadline), 'invited_by', v.invited_by,
		'invite_code', case when lives_there then v.invite_code end,
		'invite_url', case when lives_there then public_url || '/i/' || v.invite_token end,
		'responded_by', v.responded_by, 'responder_name', v.responder_name,
		'responded_at', gh_time(v.responded_at), 'note', v.note,
		'watch_match', case when v.society_id = any (gh_gates()) then false end,
		'created_at', gh_time(v.created_at));
end
$$;
alter function gh_visitor_json(visitors, text) owner to gh_gate;
revoke execute on function gh_visitor_json(visitors, text) from public;

create or replace function gh_visitor_event(v visitors) returns json
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
	flat text;
	block text;
	society text;
begin
	select f.flat_number, b.name, s.name into flat, block, society
	from flats f
	join blocks b on b.id = f.block_id
	join societies s on s.id = f.society_id
	where f.id = v.flat_id;
	return json_build_object(
		'visitor_id', v.id, 'visitor_name', v.visitor_name, 'phone', v.phone,
		'purpose', v.purpose, 'vehicle_no', v.vehicle_no, 'party_size', v.party_size,
		'flat_id', v.flat_id, 'flat_number', flat, 'block_name', block,
		'society_id', v.society_id, 'society_name', society,
		'expected_start', gh_time(v.expected_start), 'expected_end', gh_time(v.expected_end),
		'created_at', gh_time(v.created_at),
		'approval_deadline', gh_time(v.approval_deadline), 'status', v.status);
end
$$;
alter function gh_visitor_event(visitors) owner to gh_gate;
revoke execute on function gh_visitor_event(visitors) from public;
