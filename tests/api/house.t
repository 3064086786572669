# What must hold between the parts: SQL and schema, route tables and nginx, problem documents of both.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use JSON::PP;

my $server = instance();
my $root = Gatehouse::Server::root();
my @areas = split ' ', `make -s -C '$root' print-AREAS`;

subtest 'every statement fits the schema' => sub {
	local %ENV = (%ENV, Gatehouse::Server::env_file($server->var . '/gatehouse.env'),
		DATABASE_URL => 'postgresql:///gatehouse?host=' . $server->var . '/run');
	for my $program (@areas, 'worker') {
		my $said = `'@{[ $server->bin($program) ]}' --check 2>&1`;
		is($?, 0, "$program --check") or diag $said;
	}
};

subtest 'the schema is what the migrations make' => sub {
	ok($server->command({}, 'schema-check'), 'no difference') or diag $server->{output};
	my @applied = $server->sql('select number, name from schema_migrations order by number');
	my @files = map { m{([^/]+)$} } sort glob "$root/sql/migrations/*.sql";
	is_deeply([map { $_->[1] } @applied], \@files, 'each migration was applied once, in order');
	ok($server->command({}, 'migrate'), 'migrating again');
	is($server->{output}, '', 'changes nothing');
};

subtest 'programs may only do what grants.sql says' => sub {
	my $can = sub { sql_value('select has_table_privilege(:\'role\', :\'table\', :\'what\')', @_) };
	is($can->(role => 'gh_visitors', table => 'user_passwords', what => 'select'), 'f', 'visitors cannot read password hashes');
	is($can->(role => 'gh_auth', table => 'user_passwords', what => 'select'), 't', 'auth can');
	is($can->(role => 'gh_visitors', table => 'audit_logs', what => 'update, delete'), 'f', 'nobody rewrites the audit log');
	is(sql_value('select count(*) from pg_roles where rolname like \'gh\\_%\' and (rolsuper or rolbypassrls)'), 0,
		'no program is above row-level security');
	is(sql_value('select coalesce(string_agg(relname, \', \'), \'\') from pg_class where relkind in (\'r\', \'p\') and relrowsecurity
		and not relforcerowsecurity'), '', 'row-level security is forced where it is on');
};

subtest 'nginx refuses in the words of the programs' => sub {
	open my $in, '<', "$root/cgi/lib/problem.h" or die $!;
	my %title = join('', <$in>) =~ /X\(\w+, \d+, "(\w+)",\s*"([^"]+)"\)/g;
	open my $conf, '<', $server->var . '/nginx/problems.conf' or die $!;
	my $text = join '', <$conf>;
	my $seen = 0;
	while ($text =~ /return (\d+) '(\{.*\})'/g) {
		my ($status, $problem) = ($1, decode_json($2));
		is($problem->{status}, $status, "$problem->{code} has its status");
		next unless $title{ $problem->{code} } && $problem->{title} !~ /https|certificate/;
		$seen++;
		is($problem->{title}, $title{ $problem->{code} }, "$problem->{code} has its title");
	}
	cmp_ok($seen, '>', 5, 'there were some to compare');
};

subtest 'the documentation is of this API' => sub {
	my $answer = client()->get('/openapi.json');
	is($answer->status, 200, 'openapi.json is served');
	my @documented = map { my $path = $_; map { uc($_) . " $path" } keys %{ $answer->json->{paths}{$path} } }
		keys %{ $answer->json->{paths} };
	my @there;
	for my $area (@areas) {
		for my $route (@{ decode_json(`'@{[ $server->bin($area) ]}' --routes`) }) {
			(my $path = $route->{path}) =~ s/:(\w+)/{$1}/g;
			push @there, "$route->{method} $path";
		}
	}
	is_deeply([sort @documented], [sort @there], 'it has every route and no other');
};

done_testing;
