# The first answer wins, however many come at once: one 200, one event, one audit entry, and everyone
# else is told 409 and who was first.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my $w = world();
my @residents = map { $w->as($_) } qw(resident101 family101);

subtest 'one after the other' => sub {
	my $id = announce($w)->{id};
	is(move($w, 'respond', $id, 'family101')->status, 200, 'the first');
	my $second = move($w, 'respond', $id, 'resident101', decision => 'deny');
	problem_is($second, 409, 'conflict', 'the second');
	like($second->detail, qr/^Family101 Test accepted this visitor at \d{4}-/, 'is told of the first');
};

subtest 'eight at once' => sub {
	for my $round (1 .. 5) {
		my $id = announce($w)->{id};
		my @answers = at_once(map { [$residents[ $_ % 2 ], POST => "/v1/visitors/$id/respond",
			{ decision => $_ % 3 ? 'accept' : 'deny', note => "answer $_" }] } 1 .. 8);
		is(join(' ', sort map { $_->status } @answers), '200' . ' 409' x 7, "round $round: one wins");
		my ($winner) = grep { $_->status == 200 } @answers;
		my @wrong = grep { $_->status == 409 && ($_->code ne 'conflict' || $_->detail !~ /^\w+ Test (?:accepted|denied) this visitor/) } @answers;
		is(scalar @wrong, 0, 'the others are told who') or diag map { $_->body } @wrong;
		my ($row) = sql(<<~'SQL', id => $id);
			select status, note, (select count(*) from events where data ->> 'visitor_id' = :'id' and type like 'request_%'),
				(select count(*) from audit_logs where entity_id = :'id' and action = 'visitor.respond')
			from visitors where id = :'id'
			SQL
		is_deeply($row, [$winner->json->{status}, $winner->json->{note}, 1, 1], 'what the winner said stands, once');
	}
};

subtest 'an answer, a cancellation and a check-in at once' => sub {
	for my $round (1 .. 4) {
		my $id = announce($w)->{id};
		my @answers = at_once([$residents[0], POST => "/v1/visitors/$id/respond", { decision => 'deny' }],
			[$w->as('guard'), POST => "/v1/visitors/$id/cancel"], [$w->as('guard'), POST => '/v1/visits/checkin', { visitor_id => $id }]);
		is($answers[2]->status, 409, "round $round: nobody walks in unanswered");
		is(join(' ', sort map { $_->status } @answers[0, 1]), '200 409', 'one of the others wins');
		is(sql_value(q{select count(*) from events where data ->> 'visitor_id' = :'id' and type like 'request_%'}, id => $id), 1, 'and is told once');
	}
};

subtest 'two guards check the same visitor in' => sub {
	for my $round (1 .. 3) {
		my $id = visitor_in($w, 'accepted')->{id};
		my @in = at_once(map { [$w->as('guard'), POST => '/v1/visits/checkin', { visitor_id => $id }] } 1 .. 4);
		is(join(' ', sort map { $_->status } @in), '201 409 409 409', "round $round: in once");
		my @out = at_once(map { [$w->as('guard'), POST => '/v1/visits/checkout', { visitor_id => $id }] } 1 .. 4);
		is(join(' ', sort map { $_->status } @out), '200 409 409 409', 'and out once');
		is(sql_value(q{select count(*) from visits where visitor_id = :'id'}, id => $id), 1, 'one stay');
	}
};

done_testing;
