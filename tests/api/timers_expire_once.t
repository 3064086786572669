# Nobody answers: the visitor expires exactly once, however often the timers' worker is killed, and an
# answer that comes at the same moment either wins or loses.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;
use Time::HiRes qw(time);

my $server = server(VISITOR_TIMEOUT => 1);
tolerate('restart');
my $w = world($server);
sub rows { return $server->sql(@_) }
# How often what happened to these visitors: "status=…" and "type=…" and "audit".
sub tally {
	my $ids = '{' . join(',', @_) . '}';
	return { map { ($_->[0] => $_->[1]) } rows(<<~'SQL', ids => $ids) };
		select 'status ' || status, count(*) from visitors where id = any (:'ids'::uuid[]) group by 1
		union all
		select 'event ' || type, count(*) from events where data ->> 'visitor_id' = any (:'ids'::text[]) group by 1
		union all
		select 'audit ' || action, count(*) from audit_logs where entity_id = any (:'ids'::uuid[]) group by 1
		union all
		select 'timers', count(*) from timers where subject = any (:'ids'::uuid[]) having count(*) > 0
		SQL
}

subtest 'with the worker killed again and again' => sub {
	my $stream = $w->as('resident101')->stream;
	$stream->wait_for('CONNECTION_ESTABLISHED');
	my ($killed, @ids) = (0);
	my $kill = sub { my $pid = $server->program_pid('worker-timers') or return; $killed += kill KILL => $pid };
	for (1 .. 30) {
		push @ids, announce($w, visitor_name => "Number $_")->{id};
		$kill->() if $_ % 5 == 0;
	}
	# What a killed worker had leased is free again after 30 s; here that time is up at once.
	my $is_over = sub {
		return 1 if !$w->as('guard')->get('/v1/visitors?status=pending&limit=1')->data->[0];
		$kill->() if $killed < 12;
		$server->sql(q{update timers set leased_until = now() where leased_until > now()});
		return;
	};
	ok((wait_until { $is_over->() } 40), 'all expire');
	ok($killed >= 6, "through $killed kills");
	is_deeply(tally(@ids), { 'status expired' => 30, 'event visitor_request' => 30, 'event request_expired' => 30,
		'audit visitor.announce' => 30, 'audit visitor.expire' => 30 }, 'each once, and no timer is left');
	my %heard;
	wait_until { $stream->drain; %heard = (); $heard{ $_->{data}{visitor_id} }++ for grep { $_->{type} eq 'request_expired' } $stream->events; keys %heard == 30 };
	is_deeply(\%heard, { map { ($_ => 1) } @ids }, 'the flat hears of each once');
	my ($data) = map { $_->{data} } grep { $_->{type} eq 'request_expired' } $stream->events;
	is_deeply([@$data{qw(decision status)}], ['expire', 'expired'], 'that it expired');
	problem_is(move($w, 'respond', $ids[0]), 409, 'conflict', 'it is too late to answer');
};

subtest 'answered at the very moment' => sub {
	my %deadline = map { my $v = announce($w); ($v->{id} => time + 1) } 1 .. 12;
	my %status;
	for my $id (sort { $deadline{$a} <=> $deadline{$b} } keys %deadline) {
		wait_until { time >= $deadline{$id} - 0.03 } 3;
		$status{$id} = move($w, 'respond', $id)->status;
	}
	my $won = grep { $_ == 200 } values %status;
	my @lost = grep { $status{$_} == 409 } keys %status;
	is($won + @lost, 12, 'each answer wins or is refused');
	wait_until { !$w->as('guard')->get('/v1/visitors?status=pending&limit=1')->data->[0] };
	my $tally = tally(keys %status);
	is($tally->{'event request_approved'} // 0, $won, "those that won ($won) are approved");
	is($tally->{'event request_expired'} // 0, scalar @lost, 'the others expired');
	is(($tally->{'status accepted'} // 0) + ($tally->{'status expired'} // 0), 12, 'nothing is between');
};

subtest 'an invitation' => sub {
	my $v = invite($w, expected_end => from_now(2));
	my $denied = visitor_in($w, 'denied');
	my $accepted = visitor_in($w, 'accepted');
	ok((wait_until { $w->as('guard')->get("/v1/visitors/$v->{id}")->json->{status} eq 'expired' } 8), 'lapses at its end');
	is_deeply(tally($v->{id}), { 'status expired' => 1, 'event visitor_expected' => 1, 'event request_expired' => 1,
		'audit visitor.invite' => 1, 'audit visitor.expire' => 1 }, 'once');
	is($w->as('guard')->get("/v1/visitors/$denied->{id}")->json->{status}, 'denied', 'who was denied stays denied');
	is($w->as('guard')->get("/v1/visitors/$accepted->{id}")->json->{status}, 'accepted', 'who was accepted stays until the day ends');
};

done_testing;
