# Whatever the database says instead of doing it: what may pass is tried again, three times in all; the
# rest is told in the words of the API, and nothing of a refused change remains.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $server = server();
tolerate(qw(error 5xx));
my $w = world($server);
my $guard = $w->as('guard');

# A trigger says the words that a row of this table has, the first so many times.
$server->sql(<<~'SQL');
	create table test_faults (state text, message text, times int);
	create sequence test_tries;
	create function test_fault() returns trigger language plpgsql security definer as $$
	declare f test_faults;
	begin
		select * into f from test_faults;
		if found and nextval('test_tries') <= f.times then
			raise exception '%', f.message using errcode = f.state;
		end if;
		return new;
	end $$;
	create trigger test_fault before insert on visitors for each row execute function test_fault();
	SQL
sub faulty {
	my ($state, $times, $message) = @_;
	$server->sql(q{delete from test_faults; alter sequence test_tries restart;
		insert into test_faults values (:'state', :'message', :'times');},
		state => $state, times => $times, message => $message // 'made by this test');
}
sub tries { return $server->sql_value('select last_value from test_tries') }
my $number = 0;
sub announce {
	my (%headers) = @_;
	return $guard->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'Number ' . ++$number }, %headers);
}
sub is_there { return $server->sql_value(q{select count(*) from visitors where visitor_name = :'name'}, name => "Number $number") }

for my $state (qw(40001 40P01 0A000 26000)) {
	faulty($state, 2);
	is(announce()->status, 201, "$state twice: the third time is right");
	is(tries(), 3, '… after three tries');
	is(is_there(), 1, '… and it is there once');
	faulty($state, 9);
	my $answer = announce('Idempotency-Key' => uuid());
	problem_is($answer, 503, 'unavailable', "$state again and again is 503");
	is($answer->header('Retry-After'), 1, '… with Retry-After');
	is(tries(), 3, '… after three tries');
	is(is_there(), 0, '… and it is not there');
}

for (
	['08006', 503, 'unavailable'], ['57P01', 503, 'unavailable'], ['53300', 503, 'unavailable'],
	['55P03', 503, 'unavailable'], ['57014', 503, 'unavailable'],
	['GH401', 401, 'token_revoked'], ['GH403', 403, 'forbidden'], ['GH404', 404, 'not_found'],
	['23503', 409, 'conflict'], ['42501', 404, 'not_found'],
	['23505', 500, 'internal'], ['23514', 500, 'internal'], ['XX000', 500, 'internal'],
) {
	my ($state, $status, $code) = @$_;
	faulty($state, 9, 'secret words of the database');
	my $answer = announce();
	problem_is($answer, $status, $code, "$state is $status");
	unlike($answer->body, qr/secret words/, '… and does not repeat the database');
	is(tries(), 1, '… at once');
	is(is_there(), 0, '… and nothing is there');
}
faulty('GH422', 9, 'phone');
my $answer = announce();
problem_is($answer, 422, 'validation_failed', 'GH422 is 422');
is($answer->json->{errors}[0]{field}, 'phone', '… for the field it names');

faulty('55P03', 9);
my $key = uuid();
problem_is(announce('Idempotency-Key' => $key), 409, 'idempotency_in_progress', 'a lock that is waited for in vain with a key');
faulty('55P03', 0);
is($guard->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => "Number $number" }, 'Idempotency-Key' => $key)->status, 201,
	'… the key can be used again');

my ($trespass) = grep { /"wall":"database"/ } split /\n/, $server->log_text('visitors');
like($trespass, qr/"event":"security".*"kind":"trespass"/, 'what the last wall refused is a security event');
like($server->log_text('visitors'), qr/XX000: secret words/, 'what nobody expected is in the log');
done_testing;
