# PostgreSQL stopped, or hung, under load: 503 problems with Retry-After and nothing else, no process
# ends, open streams stay open, and all is well within 2 s of its return.
use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use Gatehouse;
use Chaos::Actor;
use Chaos::Clients;
use Chaos::Service;
use Time::HiRes qw(time sleep);

my @PROGRAMS = qw(auth auth-login users premises visitors visitors-login system worker-relay worker-timers
	sse-daemon redis nginx);
tolerate('5xx', 'restart', 'error');
my $server = server(ACCESS_TOKEN_TTL => 86400);
my $world = world($server);
my $postgres = Chaos::Service->new($server, 'postgres');
mkdir my $folder = $server->var . '/log/clients';

my ($guard, $resident, $manager) = map { $world->as($_) } qw(guard resident101 manager);
my $well = wait_until { client($server)->get('/health')->json->{status} eq 'healthy' } 15;
ok($well, 'all is well');
my %stream = (gate => $guard->stream, home => $resident->stream);
$_->wait_for('CONNECTION_ESTABLISHED') for values %stream;
my $before = Chaos::Service::processes($server, @PROGRAMS);

# The load: guards that announce and ask again, for as long as it takes.
my $turn = 0;
sub load {
	$turn++;
	return map {
		Chaos::Actor->start(name => "guard-$turn-$_", server => $server, token => $guard->token, folder => $folder,
			seed => 10 * $turn + $_, run => Chaos::Clients::guard(count => 1e6, rate => 15, flats => [$world->flat('101')]))
	} 1 .. 4;
}

# One call of each kind; what is wrong with its answer.
my @CALLS = (
	['a list', sub { $guard->get('/v1/visitors') }],
	['an announcement', sub { $guard->post('/v1/visitors', { flat_id => $world->flat('101'), visitor_name => 'x' }) }],
	['an answer', sub { $resident->post('/v1/visitors/' . uuid() . '/respond', { decision => 'deny' }) }],
	['a profile', sub { $resident->get('/v1/profile/me') }],
	['flats', sub { $manager->get('/v1/flats?block_id=' . $world->block_id) }],
	['a sign-in', sub { client($server)->post('/api/auth/login', { email => $world->email('resident101'), password => 'x' }) }],
	['a poll', sub { $guard->get('/api/events/poll?since=1-1') }],
);
sub refused_everywhere {
	my ($patience) = @_;
	for my $call (@CALLS) {
		my ($what, $make) = @$call;
		my $began = time;
		problem_is($make->(), 503, 'unavailable', "$what: 503, try again");
		my $took = time - $began;
		cmp_ok($took, '<', $patience, sprintf '… said in %.2f s', $took);
	}
	my $health = client($server)->get('/health');
	is($health->status, 503, 'health is 503');
	is($health->json->{status}, 'unhealthy', '… unhealthy');
	is($health->json->{dependencies}{postgres}, 'down', '… as PostgreSQL is down');
	is($health->json->{dependencies}{redis}, 'connected', '… and Redis is not');
	my $new = $guard->stream;
	is($new->status, 200, 'a browser that opens a stream is not stopped for good');
	ok($new->retry, '… but told when to try again');
	return;
}

# What was begun before, or a moment after, is over too.
sub well_again {
	my (@guards) = @_;
	wait_until { system("pg_isready -q -h $server->{var}/run") == 0 } 20;
	my $began = time;
	my %late = map { $_->[0] => $_->[1] } grep { $_->[0] ne 'a poll' } @CALLS;
	my ($health, %waited) = ('');
	wait_until {
		for (keys %late) { delete $late{$_} if $late{$_}->()->status < 500 }
		my $answer = client($server)->get('/health')->json;
		$health = $answer->{status};
		my $parts = $answer->{dependencies} || {};
		$waited{$_} = time - $began for grep { $parts->{$_} =~ /^(?:late|down)$/ } keys %$parts;
		!%late && $health eq 'healthy';
	} 10;
	my $took = time - $began;
	is(join(' ', %late), '', 'every call is answered again');
	is($health, 'healthy', 'healthy again');
	cmp_ok($took, '<', 2, sprintf '… %.2f s after its return', $took)
		or diag(join ', ', map { sprintf '%s late for %.2f s', $_, $waited{$_} } sort keys %waited);
	my %n = map { $_->name => $_->has('made') } @guards;
	ok(wait_until { !grep { $_->has('made') <= $n{ $_->name } } @guards }, 'every guard goes on');
	$_->end for @guards;
	is_deeply([map { map { "@$_" } $_->rows('wrong'), $_->rows('died') } @guards], [], 'no guard was told anything but 503');
	my @again = map { $_->words('again') } @guards;
	ok(@again > 0, 'they were, ' . @again . ' times');
	my @made = map { $_->words('made') } @guards;
	for my $name (sort keys %stream) {
		my %heard;
		my $all = wait_until {
			%heard = ();
			$heard{ $_->{data}{visitor_id} }++ for grep { $_->{type} eq 'visitor_request' } $stream{$name}->all;
			!grep { !$heard{$_} } @made;
		};
		ok($all, "$name heard of each visitor");
		is(scalar(grep { $_ > 1 } values %heard), 0, '… once');
		ok(!$stream{$name}{closed}, '… on the stream that it had');
	}
	is_deeply(Chaos::Service::processes($server, @PROGRAMS), $before, 'no process ended');
	return;
}

subtest 'stopped' => sub {
	my @guards = load();
	ok(wait_until { !grep { !$_->has('made') } @guards }, 'under load');
	$postgres->take_away('INT');
	refused_everywhere(1);
	sleep 1;
	$postgres->back;
	well_again(@guards);
};

subtest 'away for longer' => sub {
	my @guards = load();
	ok(wait_until { !grep { !$_->has('made') } @guards }, 'under load');
	$postgres->take_away('INT');
	sleep 12;
	$postgres->back;
	well_again(@guards);
};

subtest 'hung' => sub {
	my @guards = load();
	ok(wait_until { !grep { !$_->has('made') } @guards }, 'under load');
	$postgres->freeze;
	refused_everywhere(12);
	$postgres->thaw;
	well_again(@guards);
};

done_testing;
