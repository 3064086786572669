# The audit is sealed in ranges; a sealed row that is altered or removed is found, and so is a seal.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $server = server();
sub verify {
	my $ok = $server->command({}, 'audit-verify');
	return ($ok, $server->{output});
}
sub sealed { return $server->sql_value('select count(*) from audit_seals') }
# What is a minute old is sealed: here each of a few rows is, and then as many again.
sub age {
	my ($name) = @_;
	$server->sql(q{insert into audit_logs (at, action) select now() - interval '2 minutes', :'name' || n from generate_series(1, 5) n},
		name => $name);
	return wait_until { my $n = $server->sql_value('select count(*) from audit_logs where ord > coalesce((select max(last) from audit_seals), 0) and at < now() - interval \'1 minute\''); defined $n && $n == 0 } 90;
}

ok(age('first'), 'old rows are sealed');
ok(age('second'), 'and later ones after them');
cmp_ok(sealed(), '>=', 2, 'in ranges of their own');
my ($ok, $said) = verify();
ok($ok, 'all seals hold') or diag $said;
like($said, qr/^\d+ seals, 0 broken; the last is [0-9a-f]{16}; \d+ newer rows are not sealed yet$/m, 'and that is said');

for (
	['altered', q{update audit_logs set action = 'x' || action where action = 'first3'},
		q{update audit_logs set action = substr(action, 2) where action = 'xfirst3'}],
	['removed', q{create table kept as select * from audit_logs where action = 'first2'; delete from audit_logs where action = 'first2'},
		q{insert into audit_logs overriding system value select * from kept}],
	['sealed anew by somebody without the key', q{create table seal as select * from audit_seals order by first limit 1;
		update audit_seals set mac = repeat('0', 64) where first = (select first from seal)},
		q{update audit_seals a set mac = s.mac from seal s where a.first = s.first}],
) {
	my ($what, $do, $undo) = @$_;
	$server->sql($do);
	($ok, $said) = verify();
	ok(!$ok, "what was $what is found");
	like($said, qr/^broken: rows \d+ to \d+ \(\d+ sealed, \d+ found\)$/m, '… and where');
	$server->sql($undo);
	($ok, $said) = verify();
	ok($ok, '… put back as it was, the seals hold') or diag $said;
}

my $program = $server->bin('worker');
my %env = Gatehouse::Server::env_file($server->var . '/gatehouse.env');
local %ENV = (%ENV, %env, DATABASE_URL => 'postgresql:///gatehouse?host=' . $server->var . '/run', AUDIT_KEY => '');
is(system("'$program' audit-verify 2>/dev/null") >> 8, 2, 'without the key it cannot be told');
$ENV{AUDIT_KEY} = 'another key than the seals were made with';
is(system("'$program' audit-verify >/dev/null") >> 8, 1, 'with another key nothing holds');
$ENV{AUDIT_KEY} = $env{AUDIT_KEY};
$ENV{DATABASE_URL} = 'postgresql:///gatehouse?host=/nonexistent';
is(system("'$program' audit-verify 2>/dev/null") >> 8, 2, 'without a database neither');
done_testing;
