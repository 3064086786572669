# Somebody says that they live in a flat; its manager approves, which makes occupancy and role at once,
# or rejects; the first decision stands.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my ($w, $other) = (world(), world());
my $manager = $w->as('manager');
my $who = $w->as('stranger');
sub ask { my ($client, %more) = @_; return $client->post('/v1/resident-requests', { flat_id => $w->flat('104'), relation => 'tenant', note => 'second floor', %more }) }
sub decide { my ($client, $id, $what, $body) = @_; return $client->post("/v1/resident-requests/$id/$what", $body) }

my $stream = $manager->stream;
$stream->wait_for('CONNECTION_ESTABLISHED');
my $made = ask($who);
is($made->status, 201, 'one asks');
my $id = $made->json->{id};
is_deeply([sort keys %{ $made->json }], [sort qw(id user_id name flat_id flat_number relation status note reason decided_by decided_at created_at)], 'the answer is as API.md has it');
is($made->json->{status}, 'pending', 'and waits');
is($made->json->{name}, 'Stranger Test', 'with a name');
my $event = $stream->wait_for('resident_request');
is($event && $event->{data}{id}, $id, 'the manager\'s stream says so');

subtest 'what is refused' => sub {
	problem_is(ask($who), 409, 'conflict', 'asking twice');
	problem_is(ask($who, flat_id => uuid()), 404, 'not_found', 'for a flat that is none');
	problem_is(ask($who, relation => 'guest'), 422, 'validation_failed', 'as what is not known');
	problem_is(ask($who, flat_id => undef), 422, 'validation_failed', 'for no flat');
	problem_is(ask(client()), 401, 'unauthenticated', 'as nobody');
};

subtest 'who sees it' => sub {
	my $sees = sub { my ($c, $query) = @_; return scalar grep { $_->{id} eq $id } @{ $c->get('/v1/resident-requests' . ($query // ''))->data } };
	is($sees->($who), 1, 'who asked');
	is($sees->($manager), 1, 'the manager');
	is($sees->($manager, '?status=pending'), 1, 'among the pending ones');
	is($sees->($manager, '?status=approved'), 0, 'not among the approved');
	is($sees->($w->as($_)), 0, "not $_") for qw(resident101 guard);
	is($sees->($other->as('manager')), 0, 'nor the manager of another society');
	problem_is($manager->get('/v1/resident-requests?status=lost'), 422, 'validation_failed', 'a status that is none');
};

subtest 'approving' => sub {
	problem_is(decide($who, $id, 'approve'), 403, 'forbidden', 'is not for who asks');
	problem_is(decide($other->as('manager'), $id, 'approve'), 404, 'not_found', 'nor for another manager');
	problem_is(decide($manager, uuid(), 'approve'), 404, 'not_found', 'nor of what is not there');
	problem_is($who->get('/v1/visitors'), 403, 'forbidden', 'before, the flat is closed to them');
	my $mine = $who->stream;
	$mine->wait_for('CONNECTION_ESTABLISHED');
	my $done = decide($manager, $id, 'approve');
	is($done->status, 200, 'the manager may');
	is_deeply([@{ $done->json }{qw(status decided_by reason)}], ['approved', $w->user_id('manager'), undef], 'and is named');
	ok($mine->wait_for(sub { ($_[0]{type} // '') eq 'resident_request_decided' }, 3) || $mine->wait_closed(3), 'who asked hears of it');
	is($who->get('/v1/visitors')->status, 200, 'the role is theirs at once');
	is($who->get('/v1/profile/me')->json->{flat}{id}, $w->flat('104'), 'and the flat');
	is(sql_value(q{select relation from flat_occupancies where user_id = :'u' and until is null}, u => $w->user_id('stranger')), 'tenant', 'as what they said');
	problem_is(decide($manager, $id, 'approve'), 409, 'conflict', 'a second decision');
	problem_is(decide($manager, $id, 'reject', { reason => 'changed my mind' }), 409, 'conflict', 'the other way as well');
};

subtest 'rejecting' => sub {
	my $asked = ask($w->as('technician'))->json->{id};
	problem_is(decide($manager, $asked, 'reject', {}), 422, 'validation_failed', 'needs a reason');
	my $done = decide($manager, $asked, 'reject', { reason => 'unknown here' });
	is_deeply([@{ $done->json }{qw(status reason)}], ['rejected', 'unknown here'], 'and gives it');
	problem_is($w->as('technician')->get('/v1/visitors'), 403, 'forbidden', 'nothing opens');
	is(ask($w->as('technician'))->status, 201, 'one may ask again');
};

subtest 'two managers at once' => sub {
	my $asked = ask($w->as('operator'))->json->{id};
	my @both = at_once(map { [$manager, POST => "/v1/resident-requests/$asked/" . ($_ % 2 ? 'approve' : 'reject'), { $_ % 2 ? () : (reason => 'no') }] } 1 .. 4);
	is(join(' ', sort map { $_->status } @both), '200 409 409 409', 'one decision stands');
	my $counts = sql_value(q{select count(*) from audit_logs where entity_id = :'id' and action in ('resident_request.approved', 'resident_request.rejected')}, id => $asked);
	is($counts, 1, 'and is in the audit once');
};

done_testing;
