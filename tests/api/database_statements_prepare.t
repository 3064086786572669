# --check: every statement of every program is one the database understands; a program that it does not
# understand says which.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Program;
use Gatehouse::Routes;

my $server = instance();
my %areas = map { ($_->area => 1) } Gatehouse::Routes->all;
for my $area (sort keys %areas, 'worker') {
	my ($code, $said) = Gatehouse::Program->new($server, $area)->run('--check');
	is($code, 0, "$area --check") or diag $said;
	is($said, '', '… has nothing to say');
}
my $mutant = Gatehouse::Program->mutant($server, 'system', [qr/outbox_ms\b/, 'outbox_ms, no_such_column']);
my ($code, $said) = $mutant->run('--check');
isnt($code, 0, 'a statement with a column that is none fails it');
like($said, qr/\bhealth: .*no_such_column/s, 'and is named');
my ($absent) = bless({ %{ Gatehouse::Program->new($server, 'system') }, role => 'nobody_of_this_name' }, 'Gatehouse::Program')->run('--check');
isnt($absent, 0, 'without a database it fails too');

done_testing;
