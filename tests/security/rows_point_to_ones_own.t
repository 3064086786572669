# PostgreSQL checks foreign keys past row-level security. So whatever belongs to a society points only to
# what belongs to the same one: by keys of both columns, or by a policy that looks.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my ($w, $other) = (world(), world());

# psql as a program's role, after gh_enter() for someone's session: what it says in the end.
sub as_role {
	my ($role, $who, $statement, %values) = @_;
	my $world = delete $values{world} || $w;
	my $session = sql_value(q{select id from sessions where user_id = :'u' and revoked_at is null order by id desc limit 1}, u => $world->user_id($who)) // die;
	my %all = (session => $session, user => $world->user_id($who), %values);
	$statement =~ s/:'(\w+)'/'$all{$1}'/g;
	my $text = "begin; select gh_enter('$session', '$all{user}', 0, gen_random_uuid()); $statement; rollback;";
	my $var = instance()->var;
	open my $from, '-|', 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', "$var/run", '-U', $role, '-d', 'gatehouse', '-c', $text or die $!;
	local $/;
	my $said = <$from> // '';
	close $from;
	return $? ? 'refused' : 'done';
}
sub quietly { open my $save, '>&', \*STDERR; open STDERR, '>', '/dev/null'; my @got = map { $_->() } @_; open STDERR, '>&', $save; return $got[0] }

$_->as($_[0] // 'manager') for $w, $other;
$w->as($_) for qw(resident101 guard stranger);
my $tables = q{select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
	and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'society_id' and not a.attisdropped)};

subtest 'between rows of a society, keys have the society in them' => sub {
	my @keys = sql(qq{select c.conrelid::regclass || '.' || c.conname, c.confrelid::regclass::text,
			exists (select from unnest(c.conkey) with ordinality k (n, i) join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n where a.attname = 'society_id')
		from pg_constraint c where c.contype = 'f' and c.conparentid = 0
			and c.conrelid::regclass::text in ($tables) and c.confrelid::regclass::text in ($tables)});
	cmp_ok(scalar @keys, '>=', 8, scalar(@keys) . ' keys from a society\'s table to another');
	is_deeply([map { "$_->[0] to $_->[1]" } grep { $_->[2] ne 't' } @keys], [], 'each holds the society too');
};

subtest 'and so nothing is tied to what is theirs' => sub {
	my %new = (society => $w->society_id, theirs => $other->society_id, flat => $w->flat('101'), their_flat => $other->flat('101'), guard => $w->guard_id, their_guard => $other->guard_id, tablet => $w->tablet_id, their_tablet => $other->tablet_id,
		complex => $w->complex_id, their_complex => $other->complex_id, their_block => $other->block_id, their_user => $other->user_id('resident101'));
	my $visitor = q{insert into visitors (id, flat_id, society_id, visitor_name, status, is_invitation, created_by) values (gen_random_uuid(), %s, %s, 'x', 'pending', false, :'user')};
	my @cases = (
		[gh_visitors => guard => sprintf($visitor, ":'flat'", ":'society'"), 'done', 'a visitor of one\'s own flat'],
		[gh_visitors => guard => sprintf($visitor, ":'their_flat'", ":'society'"), 'refused', 'a visitor of ours to a flat of theirs'],
		[gh_visitors => guard => sprintf($visitor, ":'flat'", ":'theirs'"), 'refused', 'a visitor of theirs to a flat of ours'],
		[gh_visitors => guard => sprintf($visitor, ":'their_flat'", ":'theirs'"), 'refused', 'a visitor of theirs'],
		[gh_visitors => resident101 => sprintf($visitor, ":'flat'", ":'theirs'"), 'refused', 'one\'s own flat in their society'],
		[gh_visitors => manager => q{insert into guard_assignments (guard_id, device_id, society_id) values (:'guard', :'their_tablet', :'society')}, 'refused', 'a guard of ours on their tablet'],
		[gh_visitors => manager => q{insert into guard_assignments (guard_id, device_id, society_id) values (:'their_guard', :'tablet', :'society')}, 'refused', 'their guard on a tablet of ours'],
		[gh_visitors => manager => q{insert into guard_assignments (guard_id, device_id, society_id) values (:'their_guard', :'their_tablet', :'theirs')}, 'refused', 'theirs on theirs'],
		[gh_visitors => manager => q{insert into users (id, first_name, last_name) values (gen_random_uuid(), 'New', '')}, 'done', 'somebody to be a guard'],
		[gh_visitors => manager => q{insert into users (id, first_name, gates) values (gen_random_uuid(), 'New', array[:'theirs'::uuid])}, 'refused', 'somebody who has their gate from the start'],
		[gh_visitors => manager => q{insert into users (id, first_name, role_mask) values (gen_random_uuid(), 'New', 127)}, 'refused', 'somebody with every role'],
		[gh_visitors => manager => q{update users set role_mask = 127 where id = :'user'}, 'refused', 'more roles for himself'],
		[gh_users => manager => q{update users set societies = array[:'theirs'::uuid] where id = :'user'}, 'refused', 'a society more for himself'],
		[gh_auth => manager => q{insert into users (id, role_mask) values (gen_random_uuid(), 1)}, 'refused', 'an admin who registers'],
		[gh_auth => manager => q{update users set role_mask = 1 where id = :'user'}, 'refused', 'an admin by signing in'],
		[gh_premises => manager => q{insert into blocks (id, complex_id, society_id, name) values (gen_random_uuid(), :'complex', :'society', 'New')}, 'done', 'a block in a complex of ours'],
		[gh_premises => manager => q{insert into blocks (id, complex_id, society_id, name) values (gen_random_uuid(), :'their_complex', :'society', 'New')}, 'refused', 'a block of ours in their complex'],
		[gh_premises => manager => q{insert into flats (id, block_id, society_id, flat_number) values (gen_random_uuid(), :'their_block', :'society', '9')}, 'refused', 'a flat of ours in their block'],
		[gh_premises => manager => q{insert into flat_occupancies (id, flat_id, user_id, relation) values (gen_random_uuid(), :'their_flat', :'user', 'owner')}, 'refused', 'a life in their flat'],
		[gh_premises => manager => q{insert into role_assignments (id, user_id, role, scope_type, scope_id) values (gen_random_uuid(), :'user', 'resident', 'flat', :'their_flat')}, 'refused', 'a resident of theirs'],
		[gh_premises => manager => q{insert into role_assignments (id, user_id, role, scope_type) values (gen_random_uuid(), :'user', 'admin', 'site')}, 'refused', 'an admin'],
		[gh_premises => stranger => q{insert into resident_requests (id, user_id, name, flat_id, society_id, relation) values (gen_random_uuid(), :'their_user', 'x', :'their_flat', :'theirs', 'owner')}, 'refused', 'a wish in somebody else\'s name'],
		[gh_premises => stranger => q{insert into resident_requests (id, user_id, name, flat_id, society_id, relation) values (gen_random_uuid(), :'user', 'x', :'flat', :'theirs', 'owner')}, 'refused', 'a wish for our flat in their society'],
		[gh_users => manager => q{insert into role_assignments (id, user_id, role, scope_type, scope_id) values (gen_random_uuid(), :'user', 'guard', 'society', :'theirs')}, 'refused', 'a guard of theirs'],
		[gh_users => manager => q{insert into role_assignments (id, user_id, role, scope_type) values (gen_random_uuid(), :'user', 'admin', 'site')}, 'refused', 'an admin, by the other program'],
		[gh_visitors => manager => q{insert into role_assignments (id, user_id, role, scope_type) values (gen_random_uuid(), :'user', 'admin', 'site')}, 'refused', 'an admin, by a third'],
	);
	for my $case (@cases) {
		my ($role, $who, $statement, $want, $claim) = @$case;
		is(quietly(sub { as_role($role, $who, $statement, %new) }), $want, "$role as $who: $claim is $want");
	}
};

done_testing;
