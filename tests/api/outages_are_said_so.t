# What stands still when something is away: without Redis nothing but live updates; without PostgreSQL
# the API, which says 503 and when to come back. No process ends, and all is well within 2 s of its return.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;
use Gatehouse::Routes;
use Time::HiRes qw(time);

# These outages are ours: restarts, complaints in logs and 5xx are meant.
tolerate(qw(restart alert error 5xx));
my $server = server(AUTH_RATE_LIMIT => 1000, DEVICE_RATE_LIMIT => 1000);
my $w = world($server);
my $c = client($server);
$w->as($_) for qw(guard resident101 manager admin);
my @areas = do { my %seen; grep { !$seen{$_}++ } map { $_->area } Gatehouse::Routes->all };
sub pids { return join ' ', map { "$_=" . ($server->program_pid($_) // 'none') } @areas, qw(auth-login visitors-login worker-relay worker-timers sse-daemon nginx) }
sub health { return $c->get('/health') }

# Its keep is held, so that it stays away until told otherwise.
sub away {
	my ($service, $signal) = @_;
	my $pid = $server->program_pid($service);
	kill STOP => $server->keep_pid($service);
	kill $signal => $pid;
	wait_until { !kill(0, $pid) || `ps -o stat= -p $pid` =~ /^Z/ } 15 or die "$service does not end\n";
	return;
}
sub back { my ($service) = @_; kill CONT => $server->keep_pid($service); return }

subtest 'all is well' => sub {
	my $health = wait_until { my $h = health(); $h->json->{status} eq 'healthy' && $h } 20;
	ok($health, 'at first') or return;
	is($health->status, 200, 'which is a 200');
	is_deeply([sort keys %{ $health->json }], [sort qw(status dependencies uptime version timestamp)], 'as API.md has it');
	my %d = %{ $health->json->{dependencies} };
	is_deeply([grep { !exists $d{$_} } qw(postgres redis queue push worker canary)], [], 'with everything it stands on');
	is_deeply([grep { $d{$_} !~ /^(?:connected|active)$/ } keys %d], [], 'connected or active');
	my $status = $c->get('/api/status')->json;
	is_deeply($status->{areas}, { map { ($_ => 'up') } @areas }, '/api/status knows the areas');
	is($status->{version}, $health->json->{version}, 'and the version');
};
my $before = pids();

subtest 'Redis is away' => sub {
	my $stream = $w->as('resident101')->stream;
	$stream->wait_for('CONNECTION_ESTABLISHED');
	away(redis => 'KILL');
	my $v = announce($w, visitor_name => 'Without Redis');
	ok($v->{id}, 'a visitor is announced');
	is(move($w, 'respond', $v->{id})->status, 200, 'and answered');
	is(move($w, 'checkin', $v->{id})->status, 201, 'and let in');
	is($c->post('/api/auth/login', { email => $w->email('resident102'), password => $w->password('x') })->status, 200, 'one can sign in');
	my $start = time;
	$w->as('guard')->get('/v1/visitors') for 1 .. 10;
	ok(time - $start < 3, 'nothing waits for it');
	my $health = wait_until { my $h = health(); $h->json->{status} eq 'degraded' && $h } 10;
	ok($health, 'health is degraded');
	is($health->status, 200, 'but no reason to be taken out');
	is($health->json->{dependencies}{redis}, 'down', 'and names what is away');
	back('redis');
	for my $type (qw(visitor_request request_approved visitor_checked_in)) {
		my $event = $stream->wait_for(sub { $_[0]{type} eq $type && $_[0]{data}{visitor_id} eq $v->{id} }, 15);
		ok($event, "$type arrives when it is back");
	}
	ok((wait_until { health()->json->{status} eq 'healthy' } 20), 'health is as before');
};

subtest 'Redis hangs' => sub {
	my $pid = $server->program_pid('redis');
	kill STOP => $pid;
	my $start = time;
	my @status = map { $w->as('guard')->get('/v1/visitors')->status } 1 .. 10;
	my $took = time - $start;
	kill CONT => $pid;
	is("@status", '200' . ' 200' x 9, 'requests are answered all the same');
	ok($took < 4, sprintf 'soon enough (%.1f s for ten)', $took);
	ok((wait_until { health()->json->{status} eq 'healthy' } 20), 'health is as before');
};

subtest 'PostgreSQL is away' => sub {
	away(postgres => 'INT');
	my %asked = (auth => '/api/auth/sessions', users => '/v1/profile/me', premises => '/v1/cities', visitors => '/v1/visitors');
	for my $area (sort keys %asked) {
		my $start = time;
		problem_is($w->as('admin')->get($asked{$area}), 503, 'unavailable', "$area says so");
		ok(time - $start < 3, '… and soon');
	}
	problem_is($w->as('guard')->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'X' }), 503, 'unavailable', 'so does writing');
	problem_is($c->post('/api/auth/login', { email => $w->email('resident102'), password => 'x' }), 503, 'unavailable', 'and signing in');
	problem_is($w->as('resident101')->get('/api/events/poll'), 503, 'unavailable', 'and listening');
	is(client($server)->get('/v1/visitors')->status, 401, 'who has no token is told that still');
	problem_is($w->as('guard')->get('/v1/nothing'), 404, 'not_found', 'and what is not there is not there');
	my $health = health();
	is($health->status, 503, 'health is a 503');
	is($health->json->{status}, 'unhealthy', 'unhealthy');
	is($health->json->{dependencies}{postgres}, 'down', 'because of it');
	ok($health->header('Retry-After'), 'with a Retry-After');
	is(pids() =~ s/nginx.*//r, $before =~ s/nginx.*//r, 'no process has ended');
	back('postgres');
	my $var = $server->var;
	ok((wait_until { system("/usr/lib/postgresql/15/bin/pg_isready -q -h $var/run -U gatehouse") == 0 } 30), 'it comes back');
	my $ready = time;
	for my $area (sort keys %asked) {
		ok((wait_until { $w->as('admin')->get($asked{$area})->status == 200 } 3), "$area is well again");
	}
	ok(announce($w, visitor_name => 'After')->{id}, 'a visitor can be announced');
	ok(time - $ready < 2, sprintf 'all within two seconds (%.2f)', time - $ready);
	is(pids(), $before, 'of the same processes') ;
	ok((wait_until { health()->json->{status} eq 'healthy' } 30), 'health is as before');
};

subtest 'a worker is away' => sub {
	kill STOP => $server->keep_pid('worker-timers'), my $pid = $server->program_pid('worker-timers');
	my $health = wait_until { my $h = health(); $h->json->{status} eq 'degraded' && $h } 15;
	is($health && $health->json->{dependencies}{worker}, 'late', 'one that hangs is late');
	is($health && $health->status, 200, 'which takes nothing out');
	is(announce($w)->{status}, 'pending', 'the gate goes on');
	kill CONT => $pid, $server->keep_pid('worker-timers');
	ok((wait_until { health()->json->{status} eq 'healthy' } 20), 'health is as before');
};

done_testing;
