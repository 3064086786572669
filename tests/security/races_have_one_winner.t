# What may happen once happens once, however many ask for it at the same moment: one answer counts, one
# event and one audit entry are written, and the others are told who was first.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my $w = world();
my %people = map { ($_ => $w->as($_)) } qw(resident101 family101 resident102 guard manager admin stranger);
sub codes { my %n; $n{ $_->code // $_->status }++ for @_; return join ' ', map { "$_ $n{$_}" } sort keys %n }
sub winners { return grep { $_->status < 300 } @_ }
sub count_of { my ($table, $id, $what) = @_; return sql_value(qq{select count(*) from $table where :'id' in (entity_id::text) and action = :'what'}, id => $id, what => $what) }
sub events_of { my ($id, @types) = @_; return scalar grep { my $t = $_->[0]; grep { $_ eq $t } @types } sql(q{select type from events where data ->> 'visitor_id' = :'id'}, id => $id) }

subtest 'two residents answer' => sub {
	for my $round (1 .. 4) {
		my $id = announce($w)->{id};
		my @got = at_once(map { [$people{ $_ % 2 ? 'resident101' : 'family101' }, POST => "/v1/visitors/$id/respond", { decision => $_ % 2 ? 'accept' : 'deny' }] } 1 .. 10);
		is(codes(@got), '200 1 conflict 9', 'one answer counts');
		my ($first) = winners(@got);
		is($people{guard}->get("/v1/visitors/$id")->json->{status}, $first->json->{status}, '… the first');
		is(events_of($id, qw(request_approved request_denied)), 1, '… and is told once');
		is(count_of('audit_logs', $id, 'visitor.respond'), 1, '… and written down once');
	}
};

subtest 'an answer and a withdrawal' => sub {
	for my $round (1 .. 4) {
		my $id = announce($w)->{id};
		my @got = at_once((map { [$people{resident101}, POST => "/v1/visitors/$id/respond", { decision => 'deny' }] } 1 .. 3), (map { [$people{guard}, POST => "/v1/visitors/$id/cancel"] } 1 .. 3));
		is(scalar winners(@got), 1, 'one of them holds: ' . codes(@got));
	}
};

subtest 'check-in and check-out' => sub {
	my $visitor = visitor_in($w, 'accepted');
	my @got = at_once(map { [$people{guard}, POST => '/v1/visits/checkin', { visitor_id => $visitor->{id} }] } 1 .. 12);
	is(codes(@got), '201 1 conflict 11', 'a visitor comes in once');
	is(sql_value(q{select count(*) from visits where visitor_id = :'id'}, id => $visitor->{id}), 1, '… one visit');
	my ($visit) = winners(@got);
	@got = at_once(map { [$people{guard}, POST => '/v1/visits/checkout', $_ % 2 ? { visit_id => $visit->json->{id} } : { visitor_id => $visitor->{id} }] } 1 .. 12);
	is(codes(@got), '200 1 conflict 11', 'and leaves once');
	is(events_of($visitor->{id}, 'visitor_checked_out'), 1, '… which is told once');
	my $guest = invite($w);
	@got = at_once((map { [$people{guard}, POST => '/v1/visits/checkin', { invite_code => $guest->{invite_code} }] } 1 .. 6), (map { [$people{guard}, POST => '/v1/visits/checkin', { visitor_id => $guest->{id} }] } 1 .. 6));
	is(scalar winners(@got), 1, 'a code is good once: ' . codes(@got));
	my $late = invite($w);
	@got = at_once((map { [$people{guard}, POST => '/v1/visits/checkin', { visitor_id => $late->{id} }] } 1 .. 4), (map { [$people{resident101}, POST => "/v1/visitors/$late->{id}/cancel"] } 1 .. 4));
	is(scalar winners(@got), 1, 'who is let in is not uninvited: ' . codes(@got));
};

subtest 'two managers' => sub {
	my $second = $people{admin};
	my $id = $people{stranger}->post('/v1/resident-requests', { flat_id => $w->flat('104'), relation => 'tenant' })->json->{id};
	my @got = at_once(map { [$_ % 2 ? $people{manager} : $second, POST => "/v1/resident-requests/$id/" . ($_ % 3 ? 'approve' : 'reject'), $_ % 3 ? undef : { reason => 'no' }] } 1 .. 12);
	is(codes(@got), '200 1 conflict 11', 'a request is decided once');
	my $approved = (winners(@got))[0]->json->{status} eq 'approved';
	is(sql_value(q{select count(*) from role_assignments where user_id = :'u' and role = 'resident'}, u => $w->user_id('stranger')), $approved ? 1 : 0, 'the role follows the decision');
	is(sql_value(q{select count(*) from flat_occupancies where user_id = :'u' and until is null}, u => $w->user_id('stranger')), $approved ? 1 : 0, 'as does the flat');
	my %role = (role => 'guard', scopeType => 'society', scopeId => $w->society_id);
	@got = at_once(map { [$_ % 2 ? $people{manager} : $second, POST => '/api/users/' . $w->user_id('operator') . '/roles', \%role] } 1 .. 8);
	is(codes(@got), '201 1 conflict 7', 'a role is given once');
	my @asked = at_once(map { [$people{resident102}, POST => '/v1/resident-requests', { flat_id => $w->flat('103'), relation => 'family' }] } 1 .. 8);
	is(scalar winners(@asked), 1, 'a flat is asked for once: ' . codes(@asked));
};

subtest 'one account' => sub {
	my %account = (email => uuid() . '@example.test', password => 'correct horse 7');
	my @got = at_once(map { [client(), POST => '/api/auth/register', \%account] } 1 .. 8);
	is(codes(@got), '201 1 conflict 7', 'an e-mail address has one account');
	my $phone = '+9197' . substr(time, -8);
	@got = at_once(map { [$people{$_}, PUT => '/api/users/profile', { firstName => 'R', phone => $phone }] } qw(resident101 resident102 family101));
	is(scalar winners(@got), 1, 'a phone number one owner: ' . codes(@got));
};

subtest 'one key' => sub {
	my %guest = (flat_id => $w->flat('101'), visitor_name => 'Once');
	my @got = at_once(map { [$people{resident101}, POST => '/v1/visitors', \%guest, 'Idempotency-Key' => 'the same'] } 1 .. 10);
	my %ids = map { ($_->json->{id} => 1) } winners(@got);
	is(scalar keys %ids, 1, 'a call with a key is done once: ' . codes(@got));
	is(sql_value(q{select count(*) from visitors where visitor_name = 'Once' and society_id = :'s'}, s => $w->society_id), 1, 'one guest');
	@got = at_once(map { [$people{resident101}, POST => '/v1/visitors', { %guest, visitor_name => "Other $_" }, 'Idempotency-Key' => 'another'] } 1 .. 8);
	is(scalar winners(@got), 1, 'of different calls with one key, one: ' . codes(@got));
};

subtest 'leaving while something is asked' => sub {
	for my $round (1 .. 3) {
		my $c = $w->sign_in('resident103');
		my @got = at_once((map { [$c, POST => '/v1/visitors', { flat_id => $w->flat('103'), visitor_name => "Late $round" }] } 1 .. 4), [$c, POST => '/api/auth/logout'], (map { [$c, POST => '/v1/visitors', { flat_id => $w->flat('103'), visitor_name => "Late $round" }] } 1 .. 4));
		my $made = grep { $_->status == 201 } @got;
		is(sql_value(q{select count(*) from visitors where visitor_name = :'n' and society_id = :'s'}, n => "Late $round", s => $w->society_id), $made, "as many guests as were answered so ($made)");
	}
	my $resident = $w->sign_in('resident102');
	my %flat = (role => 'resident', scopeType => 'flat', scopeId => $w->flat('102'));
	my @got = at_once((map { [$resident, POST => '/v1/visitors', { flat_id => $w->flat('102'), visitor_name => 'Left' }] } 1 .. 5), [$people{manager}, DELETE => '/api/users/' . $w->user_id('resident102') . '/roles', \%flat]);
	is(scalar(grep { $_->status !~ /^(?:201|204|403|404)$/ } @got), 0, 'who loses the flat meanwhile invites or does not: ' . codes(@got));
	problem_is($resident->post('/v1/visitors', { flat_id => $w->flat('102'), visitor_name => 'After' }), 403, 'forbidden', 'and afterwards does not');
};

done_testing;
