# The third wall: each program's database role may do exactly what sql/grants.sql says, and no role is
# more than it should be.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Program;

my $server = instance();
my $root = Gatehouse::Server::root();

# What the file grants: "role privilege table" or "role privilege table.column" or "role execute name".
sub granted {
	my $text = Gatehouse::Program::slurp("$root/sql/grants.sql");
	$text =~ s/--[^\n]*//g;
	$text =~ s/do \$\$.*?\$\$;//sg;
	my %said;
	while ($text =~ /\bgrant\s+(.+?)\s+on\s+(.+?)\s+to\s+(.+?);/sg) {
		my ($privileges, $objects, $roles) = ($1, $2, $3);
		my @roles = split /\s*,\s*/, $roles;
		if ($objects =~ s/^function\s+//) {
			my ($name) = $objects =~ /^(\w+)/;
			$said{"$_ execute $name"} = 1 for @roles;
			next;
		}
		while ($privileges =~ /(\w+)(?:\s*\(([^)]*)\))?/g) {
			my ($privilege, @columns) = ($1, split /\s*,\s*/, $2 // '');
			for my $role (@roles) {
				for my $table (split /\s*,\s*/, $objects) {
					$said{ @columns ? "$role $privilege $table.$_" : "$role $privilege $table" } = 1 for @columns ? @columns : '';
				}
			}
		}
	}
	return %said;
}

my %said = granted();
my %has = map { ($_->[0] => 1) } sql(<<~'SQL');
	select r.rolname || ' ' || lower(a.privilege_type) || ' ' || c.relname
	from pg_class c cross join aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
	where c.relnamespace = 'public'::regnamespace and r.rolname like 'gh\_%' and r.rolname <> 'gh_owner'
	union all
	select r.rolname || ' ' || lower(a.privilege_type) || ' ' || c.relname || '.' || t.attname
	from pg_attribute t join pg_class c on c.oid = t.attrelid
	cross join aclexplode(t.attacl) a join pg_roles r on r.oid = a.grantee
	where c.relnamespace = 'public'::regnamespace and r.rolname like 'gh\_%'
	union all
	select r.rolname || ' execute ' || p.proname
	from pg_proc p cross join aclexplode(p.proacl) a join pg_roles r on r.oid = a.grantee
	where p.pronamespace = 'public'::regnamespace and r.rolname like 'gh\_%' and r.oid <> p.proowner
	SQL
ok(keys %said > 50, 'the file is understood: ' . keys(%said) . ' privileges');
is_deeply([grep { !$said{$_} } sort keys %has], [], 'no role has what the file does not say');
is_deeply([grep { !$has{$_} } sort keys %said], [], 'and each has what it says');

subtest 'roles are no more than they are' => sub {
	my %role = map { ($_->[0] => $_) } sql(q{select rolname, rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls, rolcanlogin
		from pg_roles where rolname like 'gh\_%'});
	is_deeply([grep { $role{$_}[1] eq 't' } sort keys %role], [], 'none is above the rules');
	is_deeply([grep { $role{$_}[2] eq 't' } sort keys %role], [map { "gh_$_" } qw(auth premises system users visitors worker)], 'programs log in');
	is($role{gh_owner}[2], 'f', 'the owner does not');
	is_deeply([map { $_->[0] } sql(q{select r.rolname || ' in ' || g.rolname from pg_auth_members m join pg_roles r on r.oid = m.member
		join pg_roles g on g.oid = m.roleid where r.rolname like 'gh\_%'})], [], 'none is a member of another');
	is_deeply([map { $_->[0] } sql(q{select distinct c.relname from pg_class c join pg_roles r on r.oid = c.relowner
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and r.rolname like 'gh\_%' and r.rolname <> 'gh_owner'})], [], 'none but the owner owns tables');
};

subtest 'every table is closed by itself' => sub {
	is_deeply([map { $_->[0] } sql(q{select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
		and not (relrowsecurity and relforcerowsecurity) and relname <> 'schema_migrations'})], [], 'row-level security is on, for its owner too');
	is_deeply([map { $_->[0] } sql(q{select c.relname || ' ' || coalesce(r.rolname, 'public') from pg_class c cross join aclexplode(c.relacl) a
		left join pg_roles r on r.oid = a.grantee where c.relnamespace = 'public'::regnamespace and a.grantee = 0})], [], 'nothing is granted to everyone');
	is_deeply([map { $_->[0] } sql(q{select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef and p.prorettype <> 'trigger'::regtype
		and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0))})], [], 'nor is a function that acts as somebody else');
	is_deeply([map { $_->[0] } sql(q{select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
		and not coalesce(array_to_string(p.proconfig, ' ') like '%search_path=%', false)})], [], 'and those fix where they look for names');
};

# psql as a role: what it says, or "denied".
sub attempt {
	my ($role, $statement) = @_;
	my $var = $server->var;
	my $said = `psql -XAtq -v ON_ERROR_STOP=1 -h '$var/run' -U $role -d gatehouse -c "$statement" 2>&1`;
	chomp $said;
	return $said =~ /permission denied/ ? 'denied' : $said =~ /row-level security/ ? 'walled' : $said;
}

subtest 'as those roles' => sub {
	world();
	is(attempt($_, 'select hash from user_passwords limit 1'), 'denied', "$_ reads no password") for qw(gh_visitors gh_users gh_premises gh_system gh_worker);
	is(attempt($_, 'select hash from refresh_tokens limit 1'), 'denied', "$_ reads no token") for qw(gh_visitors gh_users gh_premises gh_system);
	is(attempt('gh_users', 'select pin_hash from guards limit 1'), 'denied', 'gh_users reads no PIN');
	is(attempt('gh_auth', 'select visitor_name from visitors limit 1'), 'denied', 'gh_auth reads no visitor');
	is(attempt('gh_premises', 'select visitor_name from visitors limit 1'), 'denied', 'gh_premises neither');
	is(attempt($_, 'update audit_logs set action = action'), 'denied', "$_ rewrites no audit") for qw(gh_auth gh_users gh_premises gh_visitors gh_system);
	is(attempt($_, 'delete from audit_logs'), 'denied', "$_ removes none") for qw(gh_auth gh_users gh_premises gh_visitors gh_system gh_worker);
	is(attempt($_, 'select data from events limit 1'), 'denied', "$_ reads no event") for qw(gh_auth gh_users gh_premises gh_visitors gh_system);
	is(attempt('gh_visitors', 'create table mine (x int)'), 'denied', 'gh_visitors makes no table');
	is(attempt('gh_visitors', 'set role gh_owner'), 'denied', 'and becomes nobody else');
	is(attempt('gh_visitors', "select count(*) from $_"), '0', "without an actor gh_visitors sees no $_") for qw(visitors visits guards guard_devices users flats role_assignments);
	is(attempt('gh_users', "select count(*) from $_"), '0', "gh_users sees no $_") for qw(users role_assignments flat_occupancies customers organizations societies);
	is(attempt('gh_premises', "select count(*) from $_"), '0', "gh_premises sees no $_") for qw(societies flats resident_requests organizations);
	is(attempt('gh_visitors', 'update visitors set note = note'), '', 'and changes none');
	is(attempt('gh_premises', "insert into societies (id, organization_id, name, city) values (gen_random_uuid(), '00000000-0000-4000-8000-000000000001', 'x', 'y')"), 'walled', 'nor adds any');
};

done_testing;
