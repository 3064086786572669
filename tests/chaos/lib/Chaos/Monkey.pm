# Kills (-9) what an instance consists of, in rounds: each round takes every victim once, shuffled.
# Nothing is restarted here: that is what scripts/keep and the parents of the areas are for.
package Chaos::Monkey;
use strict;
use warnings;
use List::Util qw(shuffle);

# A process of its own service is told from one of its children: "service", "service child".
my @VICTIMS = (
	map({ $_, "$_ child" } qw(auth visitors)), 'visitors child', 'visitors child',
	'users child', 'premises child', 'system', 'system child',
	'sse-daemon', 'sse-daemon', 'worker-relay', 'worker-relay', 'worker-timers',
	'redis', 'redis', 'redis emptied', 'redis emptied', 'nginx', 'nginx child', 'nginx child',
	'auth-login', 'visitors-login', 'postgres', 'postgres backend',
);

sub new {
	my ($class, %with) = @_;
	return bless { killed => {}, round => [], rounds => 0, %with }, $class;
}

# Kills the next victim; its name, or undef when it was just then not there.
sub strike {
	my $self = shift;
	if (!@{ $self->{round} }) {
		$self->{round} = [shuffle @VICTIMS];
		$self->{rounds}++;
	}
	my $name = shift @{ $self->{round} };
	my ($service, $part) = split ' ', $name;
	my $done = ($part // '') eq 'emptied' ? $self->empty_redis
		: kill KILL => grep { defined } $self->victim($service, $part);
	return if !$done;
	$self->{killed}{$name}++;
	return $name;
}

sub victim {
	my ($self, $service, $part) = @_;
	my $program = $self->{server}->program_pid($service) or return;
	# Between two lives keep's child is something else, such as a sleep.
	return if command($program) =~ /\b(?:sleep|date|keep)$/;
	return $program if !$part;
	my @children = children($program);
	@children = grep { title($_) =~ /^postgres: gh_\w+ / } @children if $part eq 'backend';
	return $children[rand @children];
}

sub empty_redis {
	my $self = shift;
	require IO::Socket::UNIX;
	my $redis = IO::Socket::UNIX->new(Peer => $self->{server}->var . '/run/redis.sock') or return 0;
	$redis->timeout(1);
	print $redis "FLUSHALL\r\n";
	return defined readline $redis;
}

sub children {
	my ($pid) = @_;
	open my $in, '<', "/proc/$pid/task/$pid/children" or return;
	return split ' ', <$in> // '';
}
sub title {
	my ($pid) = @_;
	open my $in, '<', "/proc/$pid/cmdline" or return '';
	return (<$in> // '') =~ tr/\0/ /r;
}
sub command { return title($_[0]) =~ /^(\S+)/ ? $1 : '' }

sub summary {
	my $self = shift;
	my %n = %{ $self->{killed} };
	my $all = 0;
	$all += $_ for values %n;
	return "$all kills in $self->{rounds} rounds: " . join ', ', map { "$_ $n{$_}" } sort keys %n;
}

1;
