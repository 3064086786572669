# GET /api/users/users: everybody, newest first, by part of a name and by role.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $w = world();
my $admin = $w->as('admin');
my $mark = $w->mark;
sub found { return map { $_->{email} =~ s/\.$mark.*//r } @{ $admin->get("/api/users/users?limit=100&@_")->data } }

problem_is($w->as($_)->get('/api/users/users'), 403, 'forbidden', "not for a $_") for qw(manager resident101 guard stranger);
my $page = $admin->get("/api/users/users?q=$mark");
is($page->status, 200, 'for an admin');
is_deeply([sort keys %{ $page->data->[0] }], [sort qw(id email firstName lastName phone language timeZone createdAt roles)], 'profiles with their roles');
is(scalar(found("q=$mark")), 11, 'found by part of the address');
is(scalar(found('q=' . uc $mark)), 11, 'in any case');
is_deeply([sort(found("q=$mark&role=resident"))], [sort qw(resident101 resident102 resident103 family101)], 'by role');
is_deeply([found("q=$mark&role=technician")], ['technician'], 'by another');
is_deeply([found("q=resident101.$mark")], ['resident101'], 'one alone');
is_deeply([found('q=' . '%25' . $mark)], [], 'a % is a %, no pattern');
is_deeply([found("q=resident1_1.$mark")], [], 'so is a _');
sql(q{update users set first_name = 'Per_cent%' || :'m' where email like 'stranger.' || :'m' || '%'}, m => $mark);
is_deeply([found("q=r_cent%25$mark")], ['stranger'], 'and each is found where it is');
my ($roles) = map { $_->{roles} } grep { $_->{email} =~ /^operator/ } @{ $admin->get("/api/users/users?q=$mark&limit=100")->data };
is_deeply($roles, [{ role => 'operator', scopeType => 'organization', scopeId => $w->organization_id }], 'roles in camel case');

subtest 'pages' => sub {
	my (@ids, $cursor);
	my $path = "/api/users/users?q=$mark&limit=4";
	for (1 .. 3) {
		my $page = $admin->get($cursor ? "$path&cursor=$cursor" : $path);
		push @ids, map { $_->{id} } @{ $page->data };
		$cursor = $page->next;
		like($page->header('Link') // '', qr/<\S*cursor=\Q$cursor\E>; rel="next"/, 'the Link header leads on') if $cursor;
	}
	is($cursor, undef, 'three pages of four');
	is_deeply(\@ids, [sort { $b cmp $a } @ids], 'are in order');
	is(scalar @ids, 11, 'and all');
};

problem_is($admin->get('/api/users/users?role=king'), 422, 'validation_failed', 'an unknown role');
problem_is($admin->get('/api/users/users?cursor=x'), 422, 'validation_failed', 'a malformed cursor');
problem_is($admin->get("/api/users/users?limit=$_"), 422, 'validation_failed', "limit $_") for 0, 101, -1, 'x', '1e1', '9' x 20;
problem_is($admin->get('/api/users/users?name=x'), 422, 'validation_failed', 'an unknown parameter');

done_testing;
