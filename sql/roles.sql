-- The database roles: one that owns, one that opens the gate (gh_enter), one for each program.
-- Run before the migrations, again at every start; it changes nothing that is already so.
do $$
declare
	name text;
begin
	foreach name in array array['gh_owner', 'gh_gate'] loop
		if not exists (select from pg_roles where rolname = name) then
			execute format('create role %I nologin', name);
		end if;
	end loop;
	foreach name in array array['gh_auth', 'gh_users', 'gh_premises', 'gh_visitors', 'gh_system',
		'gh_worker'] loop
		if not exists (select from pg_roles where rolname = name) then
			execute format('create role %I login', name);
		end if;
		-- A statement that waits longer than this waits for nothing good.
		execute format('alter role %I set statement_timeout = %L', name, '5s');
		execute format('alter role %I set lock_timeout = %L', name, '2s');
		execute format('alter role %I set idle_in_transaction_session_timeout = %L', name, '10s');
		execute format('alter role %I set timezone = %L', name, 'UTC');
		-- Rows are few and plans are simple: compiling them costs more than it gives.
		execute format('alter role %I set jit = off', name);
		-- A refusal by gh_enter() is an answer, not a fault: the program logs it.
		execute format('alter role %I set log_min_messages = %L', name, 'fatal');
	end loop;
	alter role gh_worker set statement_timeout = '30s';
end
$$;
