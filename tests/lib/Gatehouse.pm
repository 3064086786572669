# What every test of the running product uses: an instance, clients, people to be, waiting, SQL, and a
# look at the logs at the end. Core Perl only. A test reads as claims:
#
#	use FindBin;
#	use lib "$FindBin::Bin/../lib";
#	use Gatehouse;
#
#	my $world = world();
#	my $made = $world->as('guard')->post('/v1/visitors',
#		{ flat_id => $world->flat('101'), visitor_name => 'Asha' });
#	is($made->status, 201, 'a guard announces a visitor');
#	done_testing;
#
# The instance is the one scripts/test started (GATEHOUSE_TEST_URL, GATEHOUSE_TEST_VAR); a test run by
# hand starts its own and stops it. Tests run side by side on one instance: each makes a world() of its
# own, and whoever kills or configures something starts a server() of its own.
package Gatehouse;
use strict;
use warnings;
use utf8 ();
use Exporter ();
use Time::HiRes qw(time sleep);
use Test::More ();
use Gatehouse::Client;
use Gatehouse::Server;
use Gatehouse::World;

our @EXPORT = (@Test::More::EXPORT,
	qw(instance server client world as sql sql_value wait_until uuid json_of tolerate problem_is));

# All of Test::More comes along; done_testing is ours, below.
BEGIN {
	no strict 'refs';
	*$_ = \&{"Test::More::$_"} for grep { /^\w+$/ && $_ ne 'done_testing' } @Test::More::EXPORT;
	*TODO = \$Test::More::TODO;
}

sub import {
	strict->import;
	warnings->import;
	utf8->import;
	my $builder = Test::More->builder;
	binmode $_, ':encoding(UTF-8)' for $builder->output, $builder->failure_output, $builder->todo_output;
	goto &Exporter::import;
}

my ($instance, @servers);
my %tolerated;
my $looked;

# The shared instance, started here when the test is run by hand.
sub instance {
	return $instance if $instance;
	if ($ENV{GATEHOUSE_TEST_URL}) {
		$instance = Gatehouse::Server->attach($ENV{GATEHOUSE_TEST_URL}, $ENV{GATEHOUSE_TEST_VAR});
	} else {
		$instance = Gatehouse::Server->start;
	}
	push @servers, $instance;
	return $instance;
}

# An instance of this test alone, with settings of its own: server(AUTH_RATE_LIMIT => 5).
sub server {
	my $server = Gatehouse::Server->start(@_);
	push @servers, $server;
	return $server;
}

# A client nobody has signed in; of the shared instance unless told otherwise.
sub client {
	my $server = @_ % 2 ? shift : instance();
	return Gatehouse::Client->new(server => $server, @_);
}

# Someone of the demo, signed in: as('resident101'), as('manager'), as('guard').
sub as {
	my ($who, $server) = @_;
	return Gatehouse::World->demo($server || instance())->as($who);
}

# A society of this test's own: flats 101 to 104, residents, a manager, a guard, a tablet.
sub world {
	my $server = @_ % 2 ? shift : instance();
	return Gatehouse::World->fresh($server, @_);
}

# Rows of a statement, run as the superuser, each an array; :'name' takes the values given.
sub sql { return instance()->sql(@_) }
sub sql_value { return instance()->sql_value(@_) }

# Looks until the block is true and returns what it gave; undef when the time is up.
sub wait_until (&;$) {
	my ($condition, $seconds) = @_;
	my $end = time + ($seconds || 10);
	while (1) {
		my $value = $condition->();
		return $value if $value;
		return if time > $end;
		sleep 0.02;
	}
}

sub uuid { return Gatehouse::World::uuid() }
sub json_of { return Gatehouse::Client::json_of(@_) }

# problem_is($answer, 409, 'conflict', 'a second answer'): status, media type, members, code.
sub problem_is {
	my ($answer, $status, $code, $claim) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my @wrong = $answer->problem_faults($status, $code);
	Test::More::ok(!@wrong, $claim // "$status $code")
		or Test::More::diag(join "\n", @wrong, $answer->status . ' ' . $answer->body);
}

# What this test causes on purpose and the logs may therefore show: '5xx', 'alert', 'error'.
sub tolerate { $tolerated{$_} = 1 for @_ }

# One more claim at the end: nothing crashed, no sanitizer spoke, nobody got an unexpected 5xx.
sub done_testing {
	my @alarming = alarming();
	$looked = 1;
	Test::More::ok(!@alarming, 'nothing alarming in the logs')
		or Test::More::diag(join "\n", @alarming > 20 ? (@alarming[0 .. 19], '…') : @alarming);
	Test::More->builder->done_testing;
}

sub alarming {
	my @found = map { $_->alarming(\%tolerated) } @servers;
	push @found, map { "unexpected answer $_" } Gatehouse::Client::server_faults() unless $tolerated{'5xx'};
	return @found;
}

END {
	my $code = $?;
	if (!$looked && @servers) {
		my @alarming = alarming();
		Test::More::diag(join "\n", 'alarming in the logs:', @alarming) if @alarming;
		$code ||= 1 if @alarming;
	}
	$_->finish($code || !Test::More->builder->is_passing) for @servers;
	$? = $code;
}

1;
