# A guard announces a visitor: pending, with a deadline, told to the flat and the society.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my ($w, $other) = (world(), world());
my $guard = $w->as('guard');
my %new = (flat_id => $w->flat('101'), visitor_name => ' Asha Rao ', phone => '+91 98765-43210', purpose => 'parcel',
	vehicle_no => 'KA-01-1234', id_type => 'licence', id_number => 'X7', party_size => 2);

my $made = $guard->post('/v1/visitors', \%new);
is($made->status, 201, 'it is made');
my $v = $made->json;
is_deeply([grep { !/^(?:id_type|id_number|responder_name)$/ } sort keys %$v], [sort qw(id flat_id flat_number block_name society_id society_name
	visitor_name phone purpose vehicle_no party_size status expected_start expected_end approval_deadline invited_by invite_code
	invite_url responded_by responded_at note watch_match created_at)], 'the answer is a visitor as API.md has it');
is($v->{status}, 'pending', 'waiting');
is_deeply([@$v{qw(visitor_name phone purpose vehicle_no party_size id_type id_number)}],
	['Asha Rao', '+919876543210', 'parcel', 'KA-01-1234', 2, 'licence', 'X7'], 'as told, trimmed and without separators');
is_deeply([@$v{qw(flat_number block_name society_id)}], ['101', 'Block T', $w->society_id], 'at a flat');
is_deeply([@$v{qw(invite_code invite_url invited_by)}], [undef, undef, undef], 'no invitation');
is($v->{watch_match}, JSON::PP::false(), 'on no watch-list');
is($made->header('Location'), "/v1/visitors/$v->{id}", 'Location says where it is');
is_deeply($guard->get($made->header('Location'))->json, $v, 'and there it is');
is(sql_value(q{select round(extract(epoch from approval_deadline - created_at)) from visitors where id = :'id'}, id => $v->{id}), 600,
	'the answer has ten minutes');
is(sql_value(q{select due_at = approval_deadline from timers t join visitors v on v.id = t.subject where v.id = :'id'}, id => $v->{id}), 't',
	'then a timer ends it');

subtest 'the event' => sub {
	my @events = sql(q{select type, array_to_string(topics, ' '), data from events where data ->> 'visitor_id' = :'id'}, id => $v->{id});
	is(scalar @events, 1, 'is one');
	my ($type, $topics, $data) = @{ $events[0] };
	is($type, 'visitor_request', 'of the right type');
	is($topics, 'flat:' . $w->flat('101') . ' society:' . $w->society_id, 'for the flat and the society');
	my %data = %{ JSON::PP::decode_json($data) };
	is_deeply([grep { !exists $data{$_} } qw(visitor_id visitor_name phone purpose vehicle_no flat_number block_name society_name
		expected_start created_at approval_deadline status)], [], 'with what the question needs');
	ok(!exists $data{$_}, "without $_") for qw(invite_code id_number watch_match);
	my ($audit) = sql(q{select action, actor, scope_id, request_id from audit_logs where entity_id = :'id'}, id => $v->{id});
	is_deeply($audit, ['visitor.announce', $w->user_id('guard'), $w->society_id, $made->header('X-Request-Id')], 'the audit knows who and in which request');
};

subtest 'little is needed' => sub {
	my $bare = $guard->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'X' })->json;
	is($bare->{party_size}, 1, 'one person comes');
	is($bare->{phone}, undef, 'without a number');
	my $nulls = $guard->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'X', phone => undef, purpose => '' });
	is($nulls->status, 201, 'null and an empty text are as good as nothing');
	is($guard->post('/v1/visitors', { flat_id => uc $w->flat('101'), visitor_name => 'X' })->status, 201, 'ids may be in capitals');
};

subtest 'what is refused' => sub {
	problem_is($guard->post('/v1/visitors', { %new, flat_id => $other->flat('101') }), 404, 'not_found', 'a flat of another society');
	problem_is($guard->post('/v1/visitors', { %new, flat_id => uuid() }), 404, 'not_found', 'a flat that is none');
	problem_is($w->as($_)->post('/v1/visitors', \%new), 403, 'forbidden', "a $_ announces nobody") for qw(manager operator technician customer stranger);
	problem_is(client()->post('/v1/visitors', \%new), 401, 'unauthenticated', 'nor does nobody');
	my %bad = (flat_id => '101', visitor_name => '', phone => 'call me', purpose => 'x' x 121, vehicle_no => 'x' x 21, id_type => 'x' x 41,
		id_number => 7, party_size => 0, expected_start => 'noon', expected_end => '2026-01-31', colour => 'red');
	my $answer = $guard->post('/v1/visitors', \%bad);
	problem_is($answer, 422, 'validation_failed', 'nonsense');
	is_deeply([sort $answer->fields], [sort keys %bad], 'with every field named');
	problem_is($guard->post('/v1/visitors', { %new, party_size => $_ }), 422, 'validation_failed', 'party size ' . json_of($_)) for 51, -1, 1.5, '2', 1e300;
	my %two = %new;
	delete @two{qw(flat_id visitor_name)};
	is_deeply([sort $guard->post('/v1/visitors', \%two)->fields], [qw(flat_id visitor_name)], 'and those that are missing');
};

subtest 'who sees it' => sub {
	is($w->as($_)->get("/v1/visitors/$v->{id}")->status, 200, $_) for qw(resident101 family101 guard manager admin);
	problem_is($w->as($_)->get("/v1/visitors/$v->{id}"), 404, 'not_found', "not $_") for qw(resident102);
	problem_is($w->as($_)->get("/v1/visitors/$v->{id}"), 403, 'forbidden', "not $_") for qw(operator technician customer stranger);
	problem_is($other->as($_)->get("/v1/visitors/$v->{id}"), 404, 'not_found', "not $_ elsewhere") for qw(guard manager resident101);
	is($w->as('resident101')->get("/v1/visitors/$v->{id}")->json->{watch_match}, undef, 'residents learn nothing of watch-lists');
};

done_testing;
