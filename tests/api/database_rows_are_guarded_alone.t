# The second wall by itself: areas whose own conditions are taken out of their statements still show and
# change nothing of another tenant, because row-level security does not let them.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;
use Gatehouse::Program;
use Gatehouse::Tables;

# What a careless handler forgets: whose it is (comparisons with the actor's flats, gates, societies,
# organizations, customers, and the actor) …
my @WHOSE = ([qr/[\w.:]+ = any \(gh_\w+\(\)\)/, 'true'], [qr/\bgh_admin\(\)/, 'true'], [qr/(?<![\w.])[\w.]+ = gh_user\(\)/, 'true'],
	[qr/\bgh_may_assign\([^()]*\)/, 'true']);
# … and even which one (comparisons of an id with a parameter).
my @WHICH = ([qr/\b[\w.]+ = :\w+::uuid\b/, 'true']);

my $server = instance();
my ($theirs, $ours) = (world(), world());
my $secret = 'Secret-' . substr uuid(), 0, 8;
my %v = map { ($_ => visitor_in($theirs, $_, visitor_name => $secret)) } qw(pending accepted checked_in);
my $guest = invite($theirs, visitor_name => $secret);
my $visit = visit_of($theirs, $v{checked_in}{id});
my $asked = $theirs->as('stranger')->post('/v1/resident-requests', { flat_id => $theirs->flat('104'), relation => 'owner', note => $secret })->json->{id};
my $session = $theirs->as('resident101');
# Ours, so that a statement that forgets which one has something to find.
my $mine = visitor_in($ours, 'pending');
visitor_in($ours, 'accepted');
visitor_in($ours, 'checked_in');

my %people = map { ($_ => $ours->as($_)) } qw(resident101 guard manager stranger);
$people{neighbour} = $theirs->as('resident102');

my ($s, $t) = ($theirs->society_id, $theirs->flat('101'));
# area => [who, method, path, body]
my %CALLS = (
	visitors => [
		(map { my $who = $_; map { [$who, GET => "/v1/$_"] } 'visitors', "visitors?flat_id=$t", "visitors?society_id=$s", "visitors?q=$secret", 'visits', "visits?flat_id=$t",
			"visitors/$v{pending}{id}", "visitors/$guest->{id}" } qw(resident101 neighbour guard manager)),
		(map { my $who = $_;
			([$who, POST => "/v1/visitors/$v{pending}{id}/respond", { decision => 'accept' }], [$who, POST => "/v1/visitors/$v{pending}{id}/cancel"],
			[$who, POST => "/v1/visitors/$guest->{id}/cancel"], [$who, GET => "/v1/visitors/$guest->{id}/qr.svg"],
			[$who, POST => '/v1/visitors', { flat_id => $t, visitor_name => 'Intruder' }]) } qw(resident101 neighbour)),
		[guard => POST => "/v1/visitors/$v{pending}{id}/cancel"],
		[guard => POST => '/v1/visitors', { flat_id => $t, visitor_name => 'Intruder' }],
		[guard => POST => '/v1/visits/checkin', { visitor_id => $v{accepted}{id} }],
		[guard => POST => '/v1/visits/checkin', { invite_code => $guest->{invite_code} }],
		[guard => POST => '/v1/visits/checkout', { visit_id => $visit }],
		[guard => POST => '/v1/visits/checkout', { visitor_id => $v{checked_in}{id} }],
		[guard => GET => "/v1/society/$s/expected-visitors"], [manager => GET => "/v1/society/$s/expected-visitors"],
		[guard => POST => '/v1/guards/register-device', { name => 'Spy', platform => 'web', society_id => $s }],
		[manager => GET => '/v1/guards'], [manager => GET => "/v1/guards?society_id=$s"], [manager => GET => '/v1/guards/' . $theirs->guard_id],
		[manager => PUT => '/v1/guards/' . $theirs->guard_id, { name => 'Mine', pin => '111111', is_active => JSON::PP::false() }],
		[manager => DELETE => '/v1/guards/' . $theirs->guard_id],
		[manager => POST => '/v1/guards', { name => 'Spy', pin => '123456', society_id => $s, device_ids => [$theirs->tablet_id] }],
		[manager => GET => '/v1/guards/devices'], [manager => GET => "/v1/guards/devices?society_id=$s"],
		[manager => DELETE => '/v1/guards/devices/' . $theirs->tablet_id],
	],
	premises => [
		(map { my ($what, $id, $label) = @$_;
			([manager => PUT => "/v1/$what/$id", { $label => 'Mine', $what eq 'societies' ? (city => 'Here') : () }], [manager => DELETE => "/v1/$what/$id"]) }
			[societies => $s, 'name'], [complexes => $theirs->complex_id, 'name'], [blocks => $theirs->block_id, 'name'], [flats => $theirs->flat('104'), 'flat_number']),
		[manager => POST => '/v1/societies', { name => 'Spy', city => 'Here', organization_id => $theirs->organization_id }],
		[manager => POST => '/v1/complexes', { society_id => $s, name => 'Mine' }],
		[manager => POST => '/v1/blocks', { complex_id => $theirs->complex_id, name => 'Mine' }],
		[manager => POST => '/v1/flats', { block_id => $theirs->block_id, flat_number => 'Mine' }],
		[manager => GET => '/v1/resident-requests'], [stranger => GET => '/v1/resident-requests'], [neighbour => GET => '/v1/resident-requests'],
		[manager => POST => "/v1/resident-requests/$asked/approve"], [manager => POST => "/v1/resident-requests/$asked/reject", { reason => 'no' }],
	],
	users => [
		[stranger => GET => '/api/users/profile'], [stranger => GET => '/v1/profile/me'], [stranger => PUT => '/api/users/profile', { firstName => 'Changed' }],
		[manager => GET => '/api/users/' . $theirs->user_id('resident101') . '/roles'],
		[manager => POST => '/api/users/' . $ours->user_id('manager') . '/roles', { role => 'guard', scopeType => 'society', scopeId => $s }],
		[manager => POST => '/api/users/' . $ours->user_id('manager') . '/roles', { role => 'resident', scopeType => 'flat', scopeId => $t }],
		[manager => POST => '/api/users/' . $ours->user_id('manager') . '/roles', { role => 'admin', scopeType => 'site' }],
		[manager => DELETE => '/api/users/' . $theirs->user_id('resident101') . '/roles', { role => 'resident', scopeType => 'flat', scopeId => $t }],
	],
);

sub is_leak { my ($answer) = @_; return $answer->body =~ /\Q$secret\E|$v{pending}{id}|$guest->{id}|$asked|@{[$theirs->guard_id]}|@{[$theirs->tablet_id]}|@{[$theirs->email('resident101')]}/ }
sub shown { my ($call) = @_; return "$call->[0]: $call->[1] " . $call->[2] =~ s/[0-9a-f]{8}-[0-9a-f-]{27}/…/gr =~ s/Secret-\w+/…/r }

for my $area (sort keys %CALLS) {
	for my $kind ('whose', 'whose and which') {
		subtest "$area that forgets $kind" => sub {
			my $mutant = Gatehouse::Program->mutant($server, $area, @WHOSE, $kind eq 'whose' ? () : @WHICH);
			ok($mutant->substitutions > 5, 'conditions are taken out: ' . $mutant->substitutions);
			my $before = holdings($theirs);
			for my $call (@{ $CALLS{$area} }) {
				my ($who, $method, $path, $body) = @$call;
				my $answer = $mutant->request($people{$who}, $method, $path, $body);
				ok($answer->status != 401 && !is_leak($answer), shown($call) . ' shows nothing of theirs (' . $answer->status . ')') or diag $answer->body;
			}
			my @changed = changed($before, holdings($theirs));
			is_deeply(\@changed, [], 'and nothing of theirs has changed');
		};
	}
}

subtest 'without the second wall the mutant would leak' => sub {
	my $mutant = Gatehouse::Program->mutant($server, 'visitors', @WHOSE)->as_role('gatehouse');
	my $seen = $mutant->request($people{resident101}, GET => "/v1/visitors/$v{pending}{id}");
	ok(is_leak($seen), 'as a role that row-level security does not bind, it shows what is theirs') or diag $seen->status, $seen->body;
	my $done = $mutant->request($people{resident101}, POST => "/v1/visitors/$v{pending}{id}/cancel");
	is($done->status, 200, 'and changes it');
	is($theirs->as('guard')->get("/v1/visitors/$v{pending}{id}")->json->{status}, 'cancelled', 'so the conditions are really gone');
};

done_testing;
