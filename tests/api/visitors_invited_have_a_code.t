# A resident invites a guest: accepted at once, with a code and a link that only the flat's residents see.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my $w = world();
my $resident = $w->as('resident101');
my ($start, $end) = (from_now(3600), from_now(7200));
my $made = $resident->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => '<b>Bo & "Co"</b>', expected_start => $start, expected_end => $end });
is($made->status, 201, 'it is made');
my $v = $made->json;
is($v->{status}, 'accepted', 'accepted');
is($v->{invited_by}, $w->user_id('resident101'), 'by who invites');
like($v->{invite_code}, qr/^\d{6}$/, 'with a code of six digits');
like($v->{invite_url}, qr{^http://[\w.]+(?::\d+)?/i/[\w-]{43}$}, 'and a link nobody guesses');
is($v->{expected_start}, $start =~ s/Z$/.000Z/r, 'from when');
is($v->{expected_end}, $end =~ s/Z$/.000Z/r, 'until when');
is($v->{approval_deadline}, undef, 'there is nothing to answer');

subtest 'who sees the code' => sub {
	for my $who (qw(resident101 family101)) {
		is($w->as($who)->get("/v1/visitors/$v->{id}")->json->{invite_code}, $v->{invite_code}, "$who does");
		is($w->as($who)->get('/v1/visitors')->data->[0]{invite_code}, $v->{invite_code}, '… in the list too');
	}
	for my $who (qw(guard manager admin)) {
		my $seen = $w->as($who)->get("/v1/visitors/$v->{id}");
		is($seen->json->{invite_code}, undef, "$who does not");
		unlike($seen->body, qr/\Q$v->{invite_code}\E|\/i\//, '… anywhere in it');
	}
	problem_is($w->as('resident102')->get("/v1/visitors/$v->{id}"), 404, 'not_found', 'the neighbour sees nothing');
	my ($event) = sql(q{select type, data from events where data ->> 'visitor_id' = :'id'}, id => $v->{id});
	is($event->[0], 'visitor_expected', 'the event says that somebody is expected');
	unlike($event->[1], qr/$v->{invite_code}/, 'without the code');
};

subtest 'the guest\'s own page' => sub {
	(my $path = $v->{invite_url}) =~ s{^http://[^/]+}{};
	my $page = client()->get($path);
	is($page->status, 200, 'needs no account');
	is($page->header('Content-Type'), 'text/html; charset=utf-8', 'is a page');
	like($page->body, qr/&lt;b>Bo &amp; &quot;Co&quot;/, 'says who, harmlessly');
	unlike($page->body, qr/<b>Bo/, 'never as markup');
	like($page->body, qr/Society \Q@{[$w->mark]}\E, flat 101, Block T, Testville/, 'where');
	like($page->body, qr/<p class="code">$v->{invite_code}</, 'the code');
	like($page->body, qr/<svg /, 'and its picture');
	like($page->body, qr/noindex/, 'search engines are sent away');
	unlike($page->body, qr/\Q@{[$w->email('resident101')]}\E|$v->{flat_id}|$v->{id}/, 'nothing else is told');
	problem_is(client()->get('/i/' . 'x' x 43), 404, 'not_found', 'a link that is none');
	problem_is(client()->get('/i/' . 'x' x 200), 404, 'not_found', 'an absurd one');
	my $qr = $resident->get("/v1/visitors/$v->{id}/qr.svg");
	is($qr->status, 200, 'the resident has the picture to send');
	is($qr->type, 'image/svg+xml', 'as SVG');
	like($qr->body, qr/^<svg [^>]*viewBox="0 0 (\d+) \1"/, 'square');
	problem_is($w->as('resident102')->get("/v1/visitors/$v->{id}/qr.svg"), 404, 'not_found', 'the neighbour has not');
	problem_is($w->as('guard')->get("/v1/visitors/$v->{id}/qr.svg"), 403, 'forbidden', 'nor the guard');
	problem_is($resident->get('/v1/visitors/' . announce($w)->{id} . '/qr.svg'), 404, 'not_found', 'who was announced at the gate has none');
	is(move($w, 'cancel', $v->{id})->status, 200, 'when it is taken back');
	my $closed = client()->get($path);
	is($closed->status, 200, 'the page stays');
	like($closed->body, qr/no longer open/, 'and says so');
	unlike($closed->body, qr/$v->{invite_code}|<svg/, 'without the code');
	is($resident->get("/v1/visitors/$v->{id}")->json->{status}, 'cancelled', 'it is cancelled');
};

subtest 'codes are unique among the open ones of a society' => sub {
	my @codes = map { invite($w)->{invite_code} } 1 .. 40;
	my %seen;
	is(scalar(grep { $seen{$_}++ } @codes), 0, 'forty differ');
	my @open = sql(q{select id, invite_code from visitors where society_id = :'s' and status = 'accepted' limit 2}, s => $w->society_id);
	is(sql_value(<<~'SQL'), 1, 'the database takes no code twice');
		select count(*) from pg_index
		where indexrelid = 'visitors_invite_code'::regclass and indisunique
			and pg_get_indexdef(indexrelid) like '%(society_id, invite_code)%'
			and pg_get_expr(indpred, indrelid) like '%accepted%'
		SQL
	my $elsewhere = world();
	my $theirs = invite($elsewhere);
	sql(q{update visitors set invite_code = :'code' where id = :'id'}, code => $open[0][1], id => $theirs->{id});
	pass('another society may have the same');
	my $checked = $elsewhere->as('guard')->post('/v1/visits/checkin', { invite_code => $open[0][1] });
	is($checked->json->{visitor_id}, $theirs->{id}, 'and its guard lets in its own guest');
	is($w->as('guard')->get("/v1/visitors/$open[0][0]")->json->{status}, 'accepted', 'not ours');
};

subtest 'windows' => sub {
	my $try = sub { return $resident->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'X', @_ }) };
	problem_is($try->(expected_end => from_now(-60)), 422, 'validation_failed', 'over before it begins');
	problem_is($try->(expected_start => from_now(600), expected_end => from_now(300)), 422, 'validation_failed', 'ending before it starts');
	problem_is($try->(expected_start => from_now(600), expected_end => from_now(600)), 422, 'validation_failed', 'of no length');
	my $open = $try->()->json;
	ok($open->{expected_start}, 'without times it starts now');
	is(sql_value(q{select expires_at = date_trunc('day', (now() at time zone 'Asia/Kolkata') + interval '1 day') at time zone 'Asia/Kolkata'
		from visitors where id = :'id'}, id => $open->{id}), 't', 'and holds until the end of the day where the society is');
	my $later = $try->(expected_start => '2031-05-05T10:00:00+05:30')->json;
	is($later->{expected_start}, '2031-05-05T04:30:00.000Z', 'any offset is taken, UTC is answered');
	is(sql_value(q{select gh_time(expires_at) from visitors where id = :'id'}, id => $later->{id}), '2031-05-05T18:30:00.000Z', 'it holds until the end of that day there');
};

problem_is($resident->post('/v1/visitors', { flat_id => $w->flat('102'), visitor_name => 'X' }), 404, 'not_found', 'nobody is invited to the neighbours');

done_testing;
