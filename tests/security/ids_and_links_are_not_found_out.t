# Ids, cursors, codes and links of others: nothing that is given makes a list longer, tells whether
# something is there, or can be guessed.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;
use Gatehouse::Routes;
use MIME::Base64 qw(encode_base64url decode_base64url);

my ($w, $other) = (world(), world());
my %mine = map { ($_ => $w->as($_)) } qw(resident101 guard manager);
invite($_, visitor_name => 'Guest') for ($w, $other) x 6;
visitor_in($_, 'checked_in') for $w, $other, $w;
my $their_ids = join '|', map { $_->[0] } sql(q{select id from visitors where society_id = :'s' union select id from visits where society_id = :'s'}, s => $other->society_id);

subtest 'a cursor of somebody else\'s list' => sub {
	for my $path ('/v1/visitors', '/v1/visits') {
		for my $who (qw(resident101 guard manager)) {
			my $all = $mine{$who}->get("$path?limit=100")->data;
			my %own = map { ($_->{id} => 1) } @$all;
			for my $theirs (grep { defined } map { $other->as($_)->get("$path?limit=1")->next } qw(guard manager)) {
				my $got = $mine{$who}->get("$path?limit=100&cursor=$theirs");
				is_deeply([$got->status, grep { !$own{ $_->{id} } } @{ $got->data }], [200], "$who, $path: shows one's own");
			}
		}
	}
	for my $id ('ffffffff-ffff-ffff-ffff-ffffffffffff', '00000000-0000-0000-0000-000000000000', uuid()) {
		my $got = $mine{resident101}->get('/v1/visitors?limit=100&cursor=' . encode_base64url($id));
		is_deeply([$got->status, grep { $_->{flat_id} ne $w->flat('101') } @{ $got->data }], [200], 'one that is made up: ' . substr $id, 0, 8);
	}
	for my $cursor ('x', 'AAAA', encode_base64url('x' x 36), encode_base64url(uuid() . "' or 1=1"), encode_base64url("\x00" x 36), 'x' x 201, '..', '%00') {
		like($mine{resident101}->get("/v1/visitors?cursor=$cursor")->status, qr/^4(?:00|22)$/, 'one that is none');
	}
	my $next = $mine{guard}->get('/v1/visitors?limit=1')->next;
	like(decode_base64url($next), qr/^[0-9a-f-]{36}$/, 'a cursor holds the id one has seen, and nothing else');
};

subtest 'filters only narrow' => sub {
	my %ids = (flat_id => $other->flat('101'), society_id => $other->society_id);
	for my $path (qw(/v1/visitors /v1/visits /v1/guards /v1/guards/devices)) {
		for my $who (qw(resident101 guard manager)) {
			for my $name ($path =~ /guards/ ? 'society_id' : sort keys %ids) {
				my $got = $mine{$who}->get("$path?limit=100&$name=$ids{$name}");
				next if $got->status == 403;
				is_deeply($got->data, [], "$who, $path: nothing of their $name");
				unlike($got->body, qr/$their_ids/, '… at all');
			}
		}
	}
	is_deeply($mine{guard}->get('/v1/visitors?flat_id=' . $w->flat('101') . '&society_id=' . $other->society_id)->data, [], 'nor of ours in theirs');
	is_deeply($mine{resident101}->get('/v1/visitors?flat_id=' . $w->flat('102'))->data, [], 'nor of a neighbour\'s flat');
	unlike($mine{manager}->get('/v1/visitors?limit=100&q=Guest')->body, qr/$their_ids/, 'a search stays at home');
};

subtest 'what is theirs and what is nowhere are answered alike' => sub {
	my %their = (visitor => [map { $_->[0] } sql(q{select id from visitors where society_id = :'s' limit 1}, s => $other->society_id)]->[0], guard => $other->guard_id, tablet => $other->tablet_id,
		society => $other->society_id, complex => $other->complex_id, block => $other->block_id, flat => $other->flat('104'));
	$their{request} = $other->as('stranger')->post('/v1/resident-requests', { flat_id => $other->flat('104'), relation => 'owner' })->json->{id};
	$their{session} = sql_value(q{select id from sessions where user_id = :'u' limit 1}, u => $other->user_id('stranger'));
	my @calls = (
		[resident101 => GET => '/v1/visitors/%s', 'visitor'], [guard => GET => '/v1/visitors/%s', 'visitor'], [manager => GET => '/v1/visitors/%s', 'visitor'], [resident101 => POST => '/v1/visitors/%s/cancel', 'visitor'],
		[resident101 => POST => '/v1/visitors/%s/respond', 'visitor', { decision => 'accept' }], [resident101 => GET => '/v1/visitors/%s/qr.svg', 'visitor'], [manager => GET => '/v1/guards/%s', 'guard'], [manager => DELETE => '/v1/guards/%s', 'guard'],
		[manager => DELETE => '/v1/guards/devices/%s', 'tablet'], [manager => GET => '/v1/society/%s/expected-visitors', 'society'], [manager => PUT => '/v1/societies/%s', 'society', { name => 'x', city => 'y' }], [manager => DELETE => '/v1/complexes/%s', 'complex'],
		[manager => DELETE => '/v1/blocks/%s', 'block'], [manager => DELETE => '/v1/flats/%s', 'flat'], [manager => POST => '/v1/resident-requests/%s/approve', 'request'], [resident101 => DELETE => '/api/auth/sessions/%s', 'session'],
	);
	for my $call (@calls) {
		my ($who, $method, $path, $kind, $body) = @$call;
		my ($there, $nowhere) = map { $mine{$who}->request($method, sprintf($path, $_), $body) } $their{$kind}, uuid();
		my $said = sub { my %j = %{ $_[0]->json }; delete $j{instance}; return [$_[0]->status, \%j] };
		is($there->status, 404, "$who: $method $path");
		is_deeply($said->($there), $said->($nowhere), '… word for word');
	}
	for my $body ({ visitor_id => $their{visitor} }, { visitor_id => uuid() }) {
		problem_is($mine{guard}->post('/v1/visits/checkin', $body), 404, 'not_found', 'in a body as well');
	}
};

subtest 'links and codes' => sub {
	my @guests = map { invite($w, visitor_name => "Guest $_") } 1 .. 12;
	my @tokens = map { $_->{invite_url} =~ m{/i/(.+)$} } @guests;
	is(scalar(grep { /^[\w-]{43}$/ } @tokens), 12, 'a link has 256 bits');
	my %seen;
	$seen{ substr $_, 0, 8 }++ for @tokens;
	is(scalar keys %seen, 12, 'that have nothing in common');
	my %ids = map { (substr($_->{id}, 14) => 1) } @guests;
	is(scalar keys %ids, 12, 'ids differ in more than their time');
	my $page = client()->get("/i/$tokens[0]");
	is($page->status, 200, 'who has it sees the page');
	my $nowhere = client()->get('/i/' . 'x' x 43);
	for my $near (substr($tokens[0], 0, 42), "$tokens[0]x", uc $tokens[0], lc $tokens[0], scalar reverse($tokens[0]), $guests[0]{id}, $guests[0]{invite_code}, '%', '%25', '_' x 43, "$tokens[0]%00", "$tokens[0]' or 'a'='a") {
		my $answer = client()->get('/i/' . $near =~ s/([^\w%-])/sprintf '%%%02x', ord $1/ger);
		ok($answer->status == 404 || $answer->status == 400, 'almost the link shows nothing (' . $answer->status . ')');
	}
	is($nowhere->json->{detail}, 'This invitation does not exist.', 'and is told no more than that');
	is($w->as('resident101')->post("/v1/visitors/$guests[0]{id}/cancel")->status, 200, 'taken back');
	unlike(client()->get("/i/$tokens[0]")->body, qr/$guests[0]{invite_code}/, 'a link shows no code any more');
	for my $who (qw(guard manager)) {
		my $seen = $mine{$who}->get("/v1/visitors/$guests[1]{id}");
		is_deeply([@{ $seen->json }{qw(invite_code invite_url)}], [undef, undef], "a $who sees neither code nor link of a guest");
		unlike($mine{$who}->get('/v1/visitors?limit=100')->body, qr/$tokens[1]|"$guests[1]{invite_code}"/, '… in no list');
	}
	unlike($w->as('guard')->get('/v1/society/' . $w->society_id . '/expected-visitors')->body, qr/$tokens[1]|"$guests[1]{invite_code}"/, '… nor among those expected');
	problem_is($other->as('guard')->post('/v1/visits/checkin', { invite_code => $guests[2]{invite_code} }), 404, 'not_found', 'a code is good at its own gate alone');
	my @data = map { $_->[0] } sql(q{select data::text from events where data ->> 'visitor_id' = :'id'}, id => $guests[1]{id});
	ok(@data && !grep({ /$tokens[1]|$guests[1]{invite_code}"/ } @data), 'no event carries either');
};

done_testing;
