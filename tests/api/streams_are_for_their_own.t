# Who may open which stream, and what the long-poll answers. How events flow is the push suite's.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my ($w, $other) = (world(), world());
my $resident = $w->as('resident101');

subtest 'opening' => sub {
	my $stream = $resident->stream;
	is($stream->status, 200, 'with a token');
	is($stream->type, 'text/event-stream', 'a stream');
	ok($stream->wait_for('CONNECTION_ESTABLISHED'), 'that begins by saying so');
	my $by_query = client()->stream('/api/sse/events?token=' . $resident->token);
	is($by_query->status, 200, 'with the token in the query, since EventSource sets no headers');
	is(client()->get('/v1/profile/me?token=' . $resident->token)->status, 401, 'which nothing else takes');
	is(client()->stream('/api/sse/events')->status, 401, 'without one');
	is(client()->stream('/api/sse/events?token=abc')->status, 401, 'with a forged one');
	is(client()->stream('/api/sse/events', Authorization => 'Bearer ' . $resident->token . 'x')->status, 401, 'in the header too');
};

subtest 'topics' => sub {
	my %mine = (resident101 => ['flat', $w->flat('101')], guard => ['society', $w->society_id], manager => ['society', $w->society_id],
		customer => ['customer', $w->customer_id], operator => ['organization', $w->organization_id], technician => ['technician', $w->user_id('technician')]);
	for my $who (sort keys %mine) {
		my ($type, $id) = @{ $mine{$who} };
		is($w->as($who)->stream("/api/sse/events?topics=$type:$id")->status, 200, "$who: their $type");
		is($w->as($who)->stream("/api/sse/events?topics=$type:$id,user:" . $w->user_id($who))->status, 200, '… and themselves');
	}
	for my $topic ('flat:' . $w->flat('102'), 'society:' . $w->society_id, 'user:' . $w->user_id('resident102'), 'society:' . $other->society_id,
		'control', 'canary', '*', 'flat:', 'flat:' . $w->flat('101') . ',flat:' . $w->flat('102'), ',') {
		(my $shown = $topic) =~ s/[0-9a-f-]{36}/…/g;
		my $answer = $resident->get("/api/events/poll?topics=$topic");
		problem_is($answer, 403, 'forbidden', "not a resident's: $shown");
	}
	is($w->as('guard')->stream('/api/sse/events?topics=society:' . $other->society_id)->status, 403, 'nor another gate for a guard');
};

subtest 'long-poll' => sub {
	my $now = $resident->get('/api/events/poll');
	is($now->status, 200, 'without since it answers at once');
	like($now->json->{last}, qr/^\d+-\d+$/, 'where the tape is');
	is_deeply($now->json->{events}, [], 'with nothing');
	my $v = announce($w);
	my $got = $resident->get('/api/events/poll?wait=10&since=' . $now->json->{last})->json;
	is_deeply([map { [$_->{type}, $_->{data}{visitor_id}] } @{ $got->{events} }], [['visitor_request', $v->{id}]], 'since then: what happened');
	is($got->{last}, $got->{events}[-1]{id}, 'and from where to go on');
	is_deeply($resident->get('/api/events/poll?wait=0&since=' . $got->{last})->json->{events}, [], 'nothing more, without waiting');
	is_deeply($w->as('resident102')->get('/api/events/poll?wait=0&since=' . $now->json->{last})->json->{events}, [], 'the neighbour hears nothing');
	problem_is($resident->get("/api/events/poll?wait=$_"), 422, 'validation_failed', "wait=$_") for qw(61 -1 long);
	problem_is(client()->get('/api/events/poll'), 401, 'unauthenticated', 'nobody polls');
};

subtest 'figures' => sub {
	my $stats = $w->as('admin')->get('/api/sse/stats');
	is($stats->status, 200, 'an admin sees the daemon\'s');
	ok(exists $stats->json->{$_}, $_) for qw(connections topics delivered cuts replays gaps lag);
	problem_is($w->as($_)->get('/api/sse/stats'), 403, 'forbidden', "not a $_") for qw(manager resident101);
	problem_is(client()->get('/api/sse/stats'), 401, 'unauthenticated', 'nor nobody');
};

problem_is($resident->get('/internal/stream'), 404, 'not_found', 'there is no way around');
my $smuggled = $resident->get('/api/events/poll?wait=0', 'X-Stream-Topics' => 'society:' . $other->society_id, 'X-Accel-Redirect' => '/internal/stats');
is($smuggled->status, 200, 'headers that only we set');
ok(exists $smuggled->json->{last}, 'do nothing in a request');

done_testing;
