# The tree of places: city, society, complex, block, flat. Anyone signed in may look for theirs.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $w = world();
my $c = $w->as('stranger');
my $city = 'City ' . $w->mark;
sql(q{update societies set city = :'city' where id = :'id'}, city => $city, id => $w->society_id);
(my $asked = $city) =~ s/ /%20/;

subtest 'down the tree' => sub {
	my ($entry) = grep { $_->{name} eq $city } @{ $c->get('/v1/cities')->data };
	is_deeply($entry, { name => $city, societies => 1 }, 'a city and how many societies it has');
	my $societies = $c->get("/v1/societies?city=$asked")->data;
	is_deeply($societies, [{ id => $w->society_id, name => 'Society ' . $w->mark, city => $city, time_zone => 'Asia/Kolkata' }], 'its societies');
	is_deeply($c->get('/v1/societies?city=' . uc $asked)->data, $societies, 'in any case');
	my $complexes = $c->get('/v1/complexes?society_id=' . $w->society_id)->data;
	is_deeply($complexes, [{ id => $w->complex_id, name => 'Tower T', society_id => $w->society_id }], 'complexes');
	my $blocks = $c->get('/v1/blocks?complex_id=' . $w->complex_id)->data;
	is_deeply($blocks, [{ id => $w->block_id, name => 'Block T', complex_id => $w->complex_id }], 'blocks');
	my $flats = $c->get('/v1/flats?block_id=' . $w->block_id)->data;
	is_deeply([sort { $a->{flat_number} <=> $b->{flat_number} } @$flats],
		[map { { id => $w->flat($_), block_id => $w->block_id, flat_number => "$_" } } 101 .. 104], 'flats');
};

subtest 'refusals' => sub {
	for my $list (qw(cities societies complexes blocks flats)) {
		problem_is(client()->get("/v1/$list"), 401, 'unauthenticated', "$list without a token");
		problem_is($c->get("/v1/$list?colour=red"), 422, 'validation_failed', "$list by what is no parameter");
	}
	problem_is($c->get('/v1/flats?block_id=7'), 422, 'validation_failed', 'a malformed id in the query');
	is_deeply($c->get('/v1/flats?block_id=' . uuid())->data, [], 'an unknown one finds nothing');
};

subtest 'pages' => sub {
	my @numbers;
	my $path = '/v1/flats?limit=3&block_id=' . $w->block_id;
	my $first = $c->get($path);
	is(scalar @{ $first->data }, 3, 'three');
	my ($next) = $first->header('Link') =~ /<([^>]+)>; rel="next"/;
	my $second = $c->get($next);
	is(scalar @{ $second->data }, 1, 'and by the Link header the last');
	is($second->next, undef, 'after which there is none');
	is($second->header('Link'), undef, 'in neither way');
};

done_testing;
