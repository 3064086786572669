# Pages are by key: walking through while others are added shows each of the first exactly once.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my $w = world();
my $guard = $w->as('guard');
my @made = map { announce($w, visitor_name => "Number $_")->{id} } 1 .. 23;

sub walk {
	my ($path, $between) = @_;
	my @pages;
	while ($path) {
		my $page = $guard->get($path);
		die $page->body if $page->status != 200;
		push @pages, $page;
		$between->() if $between;
		($path) = ($page->header('Link') // '') =~ /<([^>]+)>; rel="next"/;
	}
	return @pages;
}
sub ids { return map { $_->{id} } map { @{ $_->data } } @_ }

subtest 'at rest' => sub {
	my @pages = walk('/v1/visitors?limit=5');
	is(join(' ', map { scalar @{ $_->data } } @pages), '5 5 5 5 3', 'five at a time');
	is_deeply([ids(@pages)], [reverse @made], 'newest first, each once');
	is($pages[-1]->next, undef, 'the last has no next');
	is(scalar(ids(walk('/v1/visitors'))), 23, 'without a limit there are 25');
	my @all = walk('/v1/visitors?limit=23');
	is(scalar @all, 1, 'a page that is just full is the last');
};

subtest 'while others arrive' => sub {
	my @pages = walk('/v1/visitors?limit=4&status=pending', sub { announce($w, visitor_name => 'Latecomer') });
	is_deeply([ids(@pages)], [reverse @made], 'a walk shows what there was when it began: each once, in order');
	my ($next) = $pages[0]->header('Link') =~ /<([^>]+)>/;
	like($next, qr{^/v1/visitors\?limit=4&status=pending&cursor=}, 'filters stay in the link');
	like($next, qr/cursor=\Q@{[$pages[0]->next]}\E$/, 'the cursor is that of the body');
};

subtest 'while what was seen goes away' => sub {
	my $first = $guard->get('/v1/visitors?limit=3&status=pending');
	move($w, 'cancel', $_, 'guard') for map { $_->{id} } @{ $first->data };
	my $second = $guard->get('/v1/visitors?limit=3&status=pending&cursor=' . $first->next);
	my %seen = map { ($_->{id} => 1) } @{ $first->data };
	is(scalar(grep { $seen{ $_->{id} } } @{ $second->data }), 0, 'nothing comes twice');
	my @rest = sort { $b cmp $a } grep { !$seen{$_} } map { $_->[0] } sql(q{select id from visitors where society_id = :'s' and status = 'pending'}, s => $w->society_id);
	is_deeply([ids($second)], [@rest[0 .. 2]], 'and nothing is left out');
};

problem_is($w->as('guard')->get('/v1/visitors?cursor=' . 'A' x 40), 422, 'validation_failed', 'a cursor nobody gave');

done_testing;
