# Managers build: add, change and remove societies, complexes, blocks and flats of theirs.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my ($w, $other) = (world(), world());
my $manager = $w->as('manager');
my %make = (
	complexes => { society_id => $w->society_id, name => 'Tower Z' },
	blocks => { complex_id => $w->complex_id, name => 'Block Z' },
	flats => { block_id => $w->block_id, flat_number => '901' },
);
my %parent = (complexes => 'society_id', blocks => 'complex_id', flats => 'block_id');
my %label = (complexes => 'name', blocks => 'name', flats => 'flat_number');
my %foreign = (complexes => $other->society_id, blocks => $other->complex_id, flats => $other->block_id);
my %theirs = (complexes => $other->complex_id, blocks => $other->block_id, flats => $other->flat('104'));

for my $what (qw(complexes blocks flats)) {
	subtest $what => sub {
		my %new = %{ $make{$what} };
		my ($parent, $label) = ($parent{$what}, $label{$what});
		my $made = $manager->post("/v1/$what", \%new);
		is($made->status, 201, 'can be added');
		is($made->json->{$label}, $new{$label}, 'with a name');
		is($made->json->{$parent}, $new{$parent}, 'in a place');
		my $id = $made->json->{id};
		problem_is($manager->post("/v1/$what", \%new), 409, 'conflict', 'the same twice');
		problem_is($manager->post("/v1/$what", { %new, $parent => $foreign{$what} }), 404, 'not_found', 'in a place of others');
		problem_is($manager->post("/v1/$what", { %new, $parent => uuid() }), 404, 'not_found', 'in no place');
		problem_is($manager->post("/v1/$what", { $label => 'x' }), 422, 'validation_failed', 'nowhere');
		problem_is($manager->post("/v1/$what", { %new, $label => ' ' }), 422, 'validation_failed', 'without a name');
		my $two = $manager->post("/v1/$what", { %new, $label => 'Two' })->json->{id};

		my $changed = $manager->put("/v1/$what/$id", { $label => 'Other' });
		is($changed->status, 200, 'can be renamed');
		is($changed->json->{$label}, 'Other', 'as told');
		is($manager->put("/v1/$what/$id", { $label => 'Other', $parent => $new{$parent} })->status, 200, 'naming where it stands is no change');
		problem_is($manager->put("/v1/$what/$id", { $label => 'Other', $parent => $foreign{$what} }), 422, 'validation_failed', 'it does not move');
		problem_is($manager->put("/v1/$what/$id", { $label => 'Two' }), 409, 'conflict', 'to a name that is taken');
		problem_is($manager->put("/v1/$what/$theirs{$what}", { $label => 'Mine' }), 404, 'not_found', 'nor one of others');
		problem_is($manager->put("/v1/$what/" . uuid(), { $label => 'Mine' }), 404, 'not_found', 'nor one that is not');
		problem_is($manager->delete("/v1/$what/$theirs{$what}"), 404, 'not_found', 'one of others is not removed');
		is($manager->delete("/v1/$what/$id")->status, 204, 'one\'s own is');
		problem_is($manager->delete("/v1/$what/$id"), 404, 'not_found', 'once');
		is($manager->delete("/v1/$what/$two")->status, 204, 'like the other');
		is_deeply([map { $_->[0] } sql(q{select action from audit_logs where entity_id = :'id' order by ord}, id => $id)],
			[map { "$what" =~ s/(?:es|s)$//r . ".$_" } qw(create update update delete)], 'the audit has it all');
		problem_is($w->as($_)->post("/v1/$what", { %new, $label => 'X' }), 403, 'forbidden', "not for a $_") for qw(resident101 guard stranger);
	};
}

subtest 'what is in use stays' => sub {
	my $announced = $w->as('guard')->post('/v1/visitors', { flat_id => $w->flat('104'), visitor_name => 'Asha' });
	is($announced->status, 201, 'flat 104 has had a visitor');
	problem_is($manager->delete("/v1/flats/" . $w->flat('104')), 409, 'conflict', 'a flat with visitors');
	problem_is($manager->delete("/v1/flats/" . $w->flat('101')), 409, 'conflict', 'a flat with residents');
	problem_is($manager->delete("/v1/blocks/" . $w->block_id), 409, 'conflict', 'a block with flats');
	problem_is($manager->delete("/v1/complexes/" . $w->complex_id), 409, 'conflict', 'a complex with blocks');
	problem_is($manager->delete("/v1/societies/" . $w->society_id), 409, 'conflict', 'a society with complexes');
};

subtest 'societies' => sub {
	my %new = (name => 'New ' . $w->mark, city => 'Pune', time_zone => 'Asia/Kolkata');
	problem_is($manager->post('/v1/societies', \%new), 403, 'forbidden', 'a society\'s manager adds none');
	my $admin = $w->as('admin');
	$admin->post('/api/users/' . $w->user_id('stranger') . '/roles',
		{ role => 'manager', scopeType => 'organization', scopeId => $w->organization_id });
	my $boss = $w->as('stranger');
	my $made = $boss->post('/v1/societies', \%new);
	is($made->status, 201, 'an organization\'s does');
	my $id = $made->json->{id};
	is_deeply($made->json, { id => $id, %new }, 'as told');
	is(sql_value(q{select organization_id from societies where id = :'id'}, id => $id), $w->organization_id, 'in their organization');
	problem_is($boss->post('/v1/societies', \%new), 409, 'conflict', 'the same twice');
	is($boss->post('/v1/societies', { %new, city => 'Nashik' })->status, 201, 'the same name in another city is another');
	problem_is($boss->post('/v1/societies', { %new, name => 'X', organization_id => $other->organization_id }), 404, 'not_found', 'in an organization of others');
	problem_is($boss->post('/v1/societies', { %new, name => 'X', time_zone => 'Asia/Nowhere' }), 422, 'validation_failed', 'in a time zone that is none');
	problem_is($admin->post('/v1/societies', \%new), 422, 'validation_failed', 'an admin says in which organization');
	is($admin->post('/v1/societies', { %new, name => 'By admin', organization_id => $w->organization_id })->status, 201, 'and then may');
	my $changed = $boss->put("/v1/societies/$id", { name => $new{name}, city => 'Poona', time_zone => 'Asia/Colombo' });
	is_deeply($changed->json, { id => $id, name => $new{name}, city => 'Poona', time_zone => 'Asia/Colombo' }, 'it can be changed');
	is($boss->put("/v1/societies/$id", { name => $new{name}, city => 'Poona' })->json->{time_zone}, 'Asia/Kolkata', 'PUT is whole');
	problem_is($boss->put("/v1/societies/$id", { city => 'Poona' }), 422, 'validation_failed', 'and needs the name');
	problem_is($manager->put("/v1/societies/$id", { name => 'Mine', city => 'x' }), 404, 'not_found', 'a manager of another changes it not');
	problem_is($manager->put('/v1/societies/' . $other->society_id, { name => 'Mine', city => 'x' }), 404, 'not_found', 'nor one of another organization');
	is($manager->put('/v1/societies/' . $w->society_id, { name => 'Society ' . $w->mark, city => 'Testville' })->status, 200, 'but their own');
	is($boss->delete("/v1/societies/$id")->status, 204, 'an empty one can be removed');
	is($boss->get('/v1/societies?city=Poona')->data->[0], undef, 'and is gone');
};

done_testing;
