-- name: begin
begin

-- name: commit
commit

-- name: rollback
rollback

-- name: enter
select gh_enter(:session::uuid, :actor::uuid, :who::int, :request_id::uuid)

-- name: idempotency_begin
with mine as (
	insert into idempotency_keys (user_id, key_hash, body_hash)
	values (coalesce(gh_user(), '00000000-0000-0000-0000-000000000000'), :idempotency_hash,
		:idempotency_body)
	on conflict do nothing
	returning 1
)
select exists (select from mine) or gh_refuse('GH409', 'known')

-- name: idempotency_get
select body_hash, status, answer
from idempotency_keys
where user_id = coalesce(gh_user(), '00000000-0000-0000-0000-000000000000')
	and key_hash = :idempotency_hash

-- name: idempotency_end
update idempotency_keys
set status = :idempotency_status::int, answer = :idempotency_answer
where user_id = coalesce(gh_user(), '00000000-0000-0000-0000-000000000000')
	and key_hash = :idempotency_hash
