# Idempotency-Key: the same request with the same key is done once and answered the same; another one
# with that key is refused; a failed one leaves the key free.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my $w = world();
my $guard = $w->as('guard');
my %new = (flat_id => $w->flat('101'), visitor_name => 'Asha');
sub create { my ($key, $body, $client) = @_; return ($client || $guard)->post('/v1/visitors', $body || \%new, defined $key ? ('Idempotency-Key' => $key) : ()) }
sub visitors { return sql_value(q{select count(*) from visitors where society_id = :'s'}, s => $w->society_id) }
sub is_replay { my ($answer, $first, $claim) = @_; is_deeply([$answer->status, $answer->header('Idempotent-Replay'), $answer->body], [$first->status, 'true', $first->body], $claim) }

subtest 'the same again' => sub {
	my $key = uuid();
	my $first = create($key);
	is($first->status, 201, 'the first is done');
	is($first->header('Idempotent-Replay'), undef, 'and says nothing of repeating');
	my $again = create($key);
	is_replay($again, $first, 'the second is the first\'s answer, and says so');
	is($again->header('Location'), $first->header('Location'), 'with its Location');
	isnt($again->header('X-Request-Id'), $first->header('X-Request-Id'), 'as a request of its own');
	is_replay(create($key, qq({ "visitor_name" : "Asha",\n "flat_id" : "$new{flat_id}" })), $first, 'order and spaces do not matter');
	is(visitors(), 1, 'there is one visitor');
	is(sql_value(q{select count(*) from events where data ->> 'visitor_id' = :'id'}, id => $first->json->{id}), 1, 'and one event');
	move($w, 'respond', $first->json->{id});
	is(create($key)->json->{status}, 'pending', 'the answer is that of then');
	isnt(create(uuid())->json->{id}, $first->json->{id}, 'another key, another visitor');
	isnt(create(undef)->json->{id}, create(undef)->json->{id}, 'no key, no memory');
};

subtest 'the key in the body' => sub {
	my $key = uuid();
	my $first = create(undef, { %new, idempotency_key => $key });
	is($first->status, 201, 'will do');
	is_replay(create(undef, { %new, idempotency_key => $key }), $first, 'and repeats');
	is_replay(create($key, { %new, idempotency_key => $key }), $first, 'in both places the same');
	my $differs = create(uuid(), { %new, idempotency_key => $key });
	problem_is($differs, 422, 'validation_failed', 'in both, differing');
	is_deeply([$differs->fields], ['idempotency_key'], 'by name');
};

subtest 'another request with the key' => sub {
	my $key = uuid();
	my $before = visitors();
	create($key);
	problem_is(create($key, { %new, visitor_name => 'Bo' }), 422, 'idempotency_key_reused', 'another body');
	problem_is($guard->post('/v1/guards/register-device', \%new, 'Idempotency-Key' => $key), 422, 'validation_failed', 'a body that is not valid is that first');
	problem_is($guard->post('/v1/guards/register-device', { name => 'x', platform => 'web' }, 'Idempotency-Key' => $key), 422, 'idempotency_key_reused', 'another path');
	is(visitors(), $before + 1, 'nothing more was made');
	is(create($key, \%new, $w->as('resident101'))->status, 201, 'somebody else\'s key is another, though');
};

subtest 'a failed first leaves the key free' => sub {
	my $key = uuid();
	problem_is(create($key, { %new, flat_id => uuid() }), 404, 'not_found', 'the first fails in the database');
	my $second = create($key);
	is($second->status, 201, 'the next is a fresh try');
	is($second->header('Idempotent-Replay'), undef, 'no repetition');
	$key = uuid();
	problem_is(create($key, { %new, party_size => 0 }), 422, 'validation_failed', 'one that fails before');
	is(create($key)->status, 201, 'leaves it free as well');
	$key = uuid();
	problem_is(create($key, \%new, $w->as('manager')), 403, 'forbidden', 'one that is refused for the role');
	is(sql_value(q{select count(*) from idempotency_keys where user_id = :'u'}, u => $w->user_id('manager')), 0, 'is not remembered');
};

subtest 'many at once' => sub {
	for my $round (1 .. 3) {
		my $key = uuid();
		my $before = visitors();
		my @answers = at_once(map { [$guard, POST => '/v1/visitors', \%new, 'Idempotency-Key' => $key] } 1 .. 6);
		my @first = grep { $_->status == 201 && !$_->header('Idempotent-Replay') } @answers;
		my @replays = grep { $_->status == 201 && $_->header('Idempotent-Replay') && $_->body eq $first[0]->body } @answers;
		my @busy = grep { $_->status == 409 && $_->code eq 'idempotency_in_progress' } @answers;
		is(scalar @first, 1, "round $round: one is done");
		is(@replays + @busy, 5, 'the others repeat it or are told to wait');
		is(visitors(), $before + 1, 'there is one visitor more');
	}
};

subtest 'while the first is still running' => sub {
	my $key = uuid();
	my $pid = open my $first, '|-', 'psql', '-XAtq', '-h', instance()->var . '/run', '-U', 'gatehouse', '-d', 'gatehouse', '-o', '/dev/null' or die $!;
	$first->autoflush(1);
	print $first <<~SQL;
		set application_name = '$key';
		begin;
		insert into idempotency_keys (user_id, key_hash, body_hash)
		values ('@{[$w->user_id('guard')]}', encode(sha256('$key'), 'hex'), 'x');
		SQL
	ok((wait_until { sql_value(q{select count(*) from pg_stat_activity where application_name = :'key' and state = 'idle in transaction'}, key => $key) }), 'it runs');
	problem_is(create($key), 409, 'idempotency_in_progress', 'the second is told so, soon');
	print $first "rollback;\n";
	close $first;
	is(create($key)->status, 201, 'once the first has failed, the next is done');
};

subtest 'what is kept' => sub {
	my $key = uuid();
	my $made = $w->as('manager')->post('/v1/guards/register-device', { name => 'x', platform => 'web' }, 'Idempotency-Key' => $key);
	my $again = $w->as('manager')->post('/v1/guards/register-device', { name => 'x', platform => 'web' }, 'Idempotency-Key' => $key);
	is_replay($again, $made, 'a token that is shown once is shown again to who has the key');
	my ($row) = sql(q{select key_hash, answer, status from idempotency_keys where user_id = :'u'}, u => $w->user_id('manager'));
	unlike($row->[0], qr/\Q$key\E/, 'the key is stored as a hash');
	unlike($row->[1], qr/device|\Q@{[$made->json->{device_token}]}\E/, 'the answer is sealed');
	is($row->[2], 201, 'its status is not');
	sql(q{update idempotency_keys set answer = overlay(answer placing 'AAAA' from 30) where user_id = :'u'}, u => $w->user_id('manager'));
	my $spoilt = $w->as('manager')->post('/v1/guards/register-device', { name => 'x', platform => 'web' }, 'Idempotency-Key' => $key);
	problem_is($spoilt, 409, 'conflict', 'one that was tampered with is not answered, and not done twice');
};

subtest 'registration, by nobody yet' => sub {
	my $key = uuid();
	my %account = (email => "$key\@example.test", password => 'correct horse 7');
	my $first = client()->post('/api/auth/register', \%account, 'Idempotency-Key' => $key);
	is($first->status, 201, 'an account is made');
	is_replay(client()->post('/api/auth/register', \%account, 'Idempotency-Key' => $key), $first, 'and the answer repeated');
	problem_is(client()->post('/api/auth/register', \%account), 409, 'conflict', 'without the key it is taken');
};

subtest 'malformed keys' => sub {
	problem_is(create('x' x 256), 422, 'validation_failed', '256 characters');
	my ($unusual) = at_once([$guard, POST => '/v1/visitors', \%new, 'Idempotency-Key' => "\xc3\xa4"]);
	problem_is($unusual, 422, 'validation_failed', 'letters past ASCII');
	is(create('x' x 255)->status, 201, '255 are taken');
	problem_is(create(undef, { %new, idempotency_key => '' }), 422, 'validation_failed', 'an empty one in the body');
	problem_is(create(undef, { %new, idempotency_key => 7 }), 422, 'validation_failed', 'a number');
};

subtest 'where nothing is created' => sub {
	my $id = announce($w)->{id};
	my $key = uuid();
	my @both = map { $w->as('resident101')->post("/v1/visitors/$id/respond", { decision => 'accept' }, 'Idempotency-Key' => $key)->status } 1, 2;
	is("@both", '200 409', 'the key means nothing');
};

done_testing;
