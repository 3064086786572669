-- Who is asking: settings of the transaction, read by the policies.
--
-- gh_enter() (0003) sets them from the session and today's role assignments. A name that was never
-- set is NULL in a new session and '' after the first transaction: both mean nobody.
grant usage, create on schema public to gh_owner;
grant usage on schema public to public;
set role gh_owner;

create function gh_user() returns uuid stable parallel safe
return nullif(current_setting('gh.user', true), '')::uuid;
comment on function gh_user() is 'the signed-in user, or NULL';

create function gh_session() returns uuid stable parallel safe
return nullif(current_setting('gh.session', true), '')::uuid;

create function gh_request() returns uuid stable parallel safe
return nullif(current_setting('gh.request', true), '')::uuid;
comment on function gh_request() is 'the request id of the answer''s X-Request-Id';

create function gh_admin() returns boolean stable parallel safe
return coalesce(current_setting('gh.admin', true), '') = 'on';

create function gh_flats() returns uuid[] stable parallel safe
return nullif(current_setting('gh.flats', true), '')::uuid[];
comment on function gh_flats() is 'flats the actor lives in';

create function gh_gates() returns uuid[] stable parallel safe
return nullif(current_setting('gh.gates', true), '')::uuid[];
comment on function gh_gates() is 'societies whose gate the actor guards';

create function gh_societies() returns uuid[] stable parallel safe
return nullif(current_setting('gh.societies', true), '')::uuid[];
comment on function gh_societies() is 'societies the actor manages, by themselves or by their organization';

create function gh_organizations() returns uuid[] stable parallel safe
return nullif(current_setting('gh.organizations', true), '')::uuid[];
comment on function gh_organizations() is 'organizations the actor manages';

create function gh_customers() returns uuid[] stable parallel safe
return nullif(current_setting('gh.customers', true), '')::uuid[];
comment on function gh_customers() is 'customer accounts the actor owns';

create function gh_time(t timestamptz) returns text stable parallel safe
return to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
comment on function gh_time(timestamptz) is 'RFC 3339 with milliseconds, UTC, as every answer shows it';

create function gh_uuid_at(t timestamptz) returns uuid immutable parallel safe
return (lpad(to_hex((extract(epoch from t) * 1000)::bigint), 12, '0')
	|| '00000000000000000000')::uuid;
comment on function gh_uuid_at(timestamptz) is
	'the least version 7 id of an instant: the bound of a range of time-ordered keys';

create function gh_refuse(state text, message text) returns boolean volatile
language plpgsql as $$
begin
	raise exception using errcode = state, message = message;
end
$$;
comment on function gh_refuse(text, text) is
	'ends the transaction with a state that the programs answer as a problem';
