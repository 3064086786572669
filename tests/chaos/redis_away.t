# Redis stopped, emptied, or hung: everything still commits, streams stay open, say that they pause, and
# catch up afterwards; health says degraded.
use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use Gatehouse;
use Chaos::Service;
use Time::HiRes qw(time sleep);

tolerate('5xx', 'restart', 'error');
my $server = server();
my $world = world($server);
my ($guard, $resident) = map { $world->as($_) } qw(guard resident101);
my $redis = Chaos::Service->new($server, 'redis');
my %stream = (gate => $guard->stream, home => $resident->stream);
my @visitors;
$_->wait_for('CONNECTION_ESTABLISHED') for values %stream;

sub announce {
	my ($times) = @_;
	my ($slowest, @refused) = (0);
	for (1 .. $times) {
		my $began = time;
		my $answer = $guard->post('/v1/visitors', { flat_id => $world->flat('101'), visitor_name => 'Asha' },
			'Idempotency-Key' => uuid());
		my $took = time - $began;
		$slowest = $took if $took > $slowest;
		if ($answer->status == 201) { push @visitors, $answer->json->{id} }
		else { push @refused, $answer->summary }
	}
	is_deeply(\@refused, [], "$times announcements are committed") or return;
	cmp_ok($slowest, '<', 1, sprintf '… without much waiting (%.0f ms the slowest)', $slowest * 1000);
	return;
}
sub health { return client($server)->get('/health')->json }
sub heard {
	my ($name) = @_;
	return grep { defined } map { $_->{data}{visitor_id} } grep { ($_->{type} // '') eq 'visitor_request' } $stream{$name}->all;
}
sub all_heard {
	my ($claim) = @_;
	for my $name (sort keys %stream) {
		wait_until { heard($name) >= @visitors } 15;
		is_deeply([heard($name)], \@visitors, "$claim: $name heard of each, once and in order");
		ok(!$stream{$name}{closed}, '… on the stream it had');
		is(scalar(grep { $_->{type} eq 'reset' } $stream{$name}->all), 0, '… without starting anew');
	}
	return;
}
sub healthy { return wait_until { health()->{status} eq 'healthy' } 15 }

ok(healthy(), 'all is well');
announce(5);
all_heard('before');

subtest 'stopped' => sub {
	$redis->take_away('KILL');
	announce(20);
	my $paused = $stream{home}->wait_for('PAUSED', 10);
	ok($paused, 'streams say that they pause');
	my $health = health();
	is($health->{status}, 'degraded', 'health says degraded');
	is($health->{dependencies}{redis}, 'down', '… because of Redis');
	is($health->{dependencies}{postgres}, 'connected', '… alone');
	my $answer = $resident->post("/v1/visitors/$visitors[-1]/respond", { decision => 'accept' });
	is($answer->status, 200, 'a resident answers');
	is($guard->post('/v1/visits/checkin', { visitor_id => $visitors[-1] })->status, 201, 'a guard checks in');
	is($guard->get("/v1/visitors/$visitors[-1]")->json->{status}, 'checked_in', 'who asks sees it');
	is($world->sign_in('resident102')->get('/v1/profile/me')->status, 200, 'one can sign in');
	my $new = $guard->stream;
	is($new->status, 200, 'a stream can be opened');
	ok($new->wait_for('CONNECTION_ESTABLISHED'), '… and is greeted');
	ok($new->wait_for('PAUSED'), '… and told that it pauses');
	is($guard->get('/api/events/poll?wait=1')->status, 200, 'so can a poll');
	my $began = time;
	$redis->back;
	all_heard('after it');
	ok($stream{$_}->wait_for('RESUMED'), "$_ is told that it goes on") for sort keys %stream;
	ok($new->wait_for('RESUMED'), 'the new one too');
	ok(healthy(), sprintf 'healthy again, %.1f s after its return', time - $began);
};

subtest 'emptied' => sub {
	my $cursor = $stream{home}->last_id;
	announce(3);
	system "redis-cli -s '$server->{var}/run/redis.sock' flushall >/dev/null";
	announce(10);
	all_heard('after it');
	kill KILL => $server->program_pid('sse-daemon');
	$stream{$_}->wait_closed for keys %stream;
	my @late = @visitors[-13 .. -1];
	my $again = wait_until { my $s = eval { $resident->stream(undef, 'Last-Event-ID' => $cursor) }; $s && $s->wait_for('CONNECTION_ESTABLISHED', 1) && $s };
	ok($again, 'a stream is resumed at a daemon that never saw the events');
	my @got;
	while (@got < @late && (my $event = $again->wait_for('visitor_request', 5))) { push @got, $event->{data}{visitor_id} }
	is_deeply(\@got, \@late, '… from the tape that was made anew, all that was missed');
	is($server->sql_value('select count(*) from visitors where society_id = :\'id\'', id => $world->society_id),
		scalar @visitors, 'every announcement is there');
	%stream = (gate => $guard->stream, home => $resident->stream);
	$_->wait_for('CONNECTION_ESTABLISHED') for values %stream;
	@visitors = ();
};

subtest 'hung' => sub {
	ok(healthy(), 'all is well');
	$redis->freeze;
	announce(20);
	ok($stream{gate}->wait_for('PAUSED', 10), 'streams say that they pause');
	is(health()->{status}, 'degraded', 'health says degraded');
	my $began = time;
	$redis->thaw;
	all_heard('after it');
	ok(healthy(), sprintf 'healthy again, %.1f s after its return', time - $began);
	is_deeply($server->sql('select count(e.seq) - c.seq, max(e.seq) - c.seq, min(e.seq)
		from events e, event_counter c group by c.seq'), [0, 0, 1], 'the numbers of the events have no gap');
};

done_testing;
