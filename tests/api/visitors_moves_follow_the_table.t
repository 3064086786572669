# Every move from every status: what API.md allows happens once, with one event and one audit entry;
# all else is 409 and leaves no trace.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my $w = world();
# move => [how to call it, status of the answer, new status, event, audit, from where]
my %MOVES = (
	accept => [sub { move($w, 'respond', $_[0], undef, decision => 'accept') }, 200, 'accepted', 'request_approved', 'visitor.respond', 'pending'],
	approve => [sub { move($w, 'respond', $_[0], undef, decision => 'approve') }, 200, 'accepted', 'request_approved', 'visitor.respond', 'pending'],
	deny => [sub { move($w, 'respond', $_[0], undef, decision => 'deny') }, 200, 'denied', 'request_denied', 'visitor.respond', 'pending'],
	cancel => [sub { move($w, 'cancel', $_[0]) }, 200, 'cancelled', 'request_cancelled', 'visitor.cancel', 'pending', 'accepted'],
	checkin => [sub { move($w, 'checkin', $_[0]) }, 201, 'checked_in', 'visitor_checked_in', 'visit.checkin', 'accepted'],
	checkout => [sub { move($w, 'checkout', $_[0]) }, 200, 'checked_out', 'visitor_checked_out', 'visit.checkout', 'checked_in'],
);

# What has happened to each visitor: id => { what => how often }.
sub traces {
	my $ids = '{' . join(',', @_) . '}';
	my %found = map { ($_ => { timer => 0 }) } @_;
	$found{ $_->[0] }{ $_->[1] } = $_->[2] for sql(<<~'SQL', ids => $ids);
		with them as (select unnest(:'ids'::uuid[]) as id)
		select id, 'event ' || type, count(*) from them
		join events on data ->> 'visitor_id' = id::text group by id, type
		union all
		select them.id, 'audit ' || action, count(*) from them left join visits v on v.visitor_id = them.id
		join audit_logs on entity_id in (them.id, v.id) group by them.id, action
		union all
		select id, 'status ' || status, 1 from visitors where id = any (:'ids'::uuid[])
		union all
		select subject, 'timer', 1 from timers where subject = any (:'ids'::uuid[])
		SQL
	return \%found;
}

for my $from (@STATUSES) {
	subtest "from $from" => sub {
		my %id = map { ($_ => visitor_in($w, $from)->{id}) } sort keys %MOVES;
		my $before = traces(values %id);
		my %answer = map { ($_ => $MOVES{$_}[0]->($id{$_})) } sort keys %MOVES;
		my $after = traces(values %id);
		for my $move (sort keys %MOVES) {
			my (undef, $answers, $to, $event, $audit, @allowed) = @{ $MOVES{$move} };
			my ($was, $is) = ($before->{ $id{$move} }, $after->{ $id{$move} });
			if (grep { $_ eq $from } @allowed) {
				is($answer{$move}->status, $answers, "$move is made");
				my %want = (%$was, "event $event" => 1, "audit $audit" => 1, "status $to" => 1,
					timer => $to eq 'accepted' ? 1 : 0);
				delete $want{"status $from"};
				is_deeply($is, \%want, '… with one event, one audit entry, and its timer');
			} else {
				problem_is($answer{$move}, 409, 'conflict', "$move is refused");
				is_deeply($is, $was, '… and leaves no trace');
			}
		}
	};
}

subtest 'answers carry what was said' => sub {
	my $v = visitor_in($w, 'pending');
	my $answer = $w->as('family101')->post("/v1/visitors/$v->{id}/respond", { decision => 'deny', note => 'not today' })->json;
	is_deeply([@$answer{qw(status note responded_by)}], ['denied', 'not today', $w->user_id('family101')], 'the visitor');
	my ($event) = sql(q{select data from events where type = 'request_denied' and data ->> 'visitor_id' = :'id'}, id => $v->{id});
	my %data = %{ JSON::PP::decode_json($event->[0]) };
	is_deeply([@data{qw(decision status approver_name note visitor_name)}], ['deny', 'denied', 'Family101 Test', 'not today', 'Asha'], 'the event');
};

subtest 'whose move it is' => sub {
	my $other = world();
	my $v = visitor_in($w, 'pending')->{id};
	problem_is(move($w, 'respond', $v, 'guard'), 403, 'forbidden', 'a guard does not answer');
	problem_is(move($w, 'respond', $v, 'manager'), 403, 'forbidden', 'nor a manager');
	problem_is(move($w, 'respond', $v, 'resident102'), 404, 'not_found', 'nor the neighbour');
	problem_is($other->as('resident101')->post("/v1/visitors/$v/respond", { decision => 'accept' }), 404, 'not_found', 'nor somebody elsewhere');
	problem_is(move($w, 'cancel', $v, 'resident102'), 404, 'not_found', 'the neighbour does not cancel');
	my $second = $w->as('manager')->post('/v1/guards', { name => 'Second', pin => '777777', device_ids => [$w->tablet_id] })->json;
	my $colleague = $w->client->guard_login($w->tablet_token, '777777', guard_id => $second->{id});
	problem_is($colleague->post("/v1/visitors/$v/cancel"), 403, 'forbidden', 'nor another guard than who announced');
	is($colleague->get("/v1/visitors/$v")->status, 200, 'who sees it, though');
	is(move($w, 'respond', $v)->status, 200, 'the flat answers');
	problem_is(move($w, 'checkin', $v, 'resident101'), 403, 'forbidden', 'a resident checks nobody in');
	problem_is($other->as('guard')->post('/v1/visits/checkin', { visitor_id => $v }), 404, 'not_found', 'nor a guard elsewhere');
	is($colleague->post('/v1/visits/checkin', { visitor_id => $v })->status, 201, 'any guard of the gate does');
	problem_is($other->as('guard')->post('/v1/visits/checkout', { visitor_id => $v }), 404, 'not_found', 'nobody elsewhere checks out');
	problem_is(move($w, 'checkout', $v, 'resident101'), 403, 'forbidden', 'nor a resident');
	is(move($w, 'checkout', $v)->status, 200, 'any guard of the gate does');
	is(move($w, 'respond', visitor_in($w, 'pending')->{id}, 'admin')->status, 200, 'an admin may do everything');
	is(move($w, 'cancel', visitor_in($w, 'pending')->{id}, 'guard')->status, 200, 'who announced may cancel');
};

subtest 'malformed' => sub {
	my $v = visitor_in($w, 'pending')->{id};
	problem_is($w->as('resident101')->post("/v1/visitors/$v/respond", { decision => 'maybe' }), 422, 'validation_failed', 'neither yes nor no');
	problem_is($w->as('resident101')->post("/v1/visitors/$v/respond", {}), 422, 'validation_failed', 'nothing');
	problem_is($w->as('resident101')->post("/v1/visitors/$v/respond", { decision => 'deny', note => 'x' x 501 }), 422, 'validation_failed', 'too many words');
	problem_is(move($w, 'respond', uuid()), 404, 'not_found', 'nobody');
	problem_is(move($w, 'respond', '7'), 404, 'not_found', 'a malformed id');
	is($w->as('guard')->get("/v1/visitors/$v")->json->{status}, 'pending', 'nothing moved');
};

subtest 'time' => sub {
	# The timer would end both within a second; it is told to look later.
	my $v = visitor_in($w, 'pending')->{id};
	sql(q{update timers set due_at = now() + interval '1 day' where subject = :'id';
		update visitors set approval_deadline = now() - interval '1 second', expires_at = approval_deadline where id = :'id'}, id => $v);
	my $late = move($w, 'respond', $v);
	problem_is($late, 409, 'conflict', 'an answer after the deadline, even before the timer has come');
	like($late->detail, qr/time to answer is over/, 'says why');
	my $g = visitor_in($w, 'accepted')->{id};
	sql(q{update timers set due_at = now() + interval '1 day' where subject = :'id';
		update visitors set expires_at = now() - interval '1 second' where id = :'id'}, id => $g);
	my $lapsed = move($w, 'checkin', $g);
	problem_is($lapsed, 409, 'conflict', 'a check-in after it lapsed');
	like($lapsed->detail, qr/expired/, 'says why');
};

done_testing;
