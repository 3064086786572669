# A service of an instance that is taken away for a while and given back: killed or stopped with its
# keep held still, so that nothing starts it again, or only frozen, as a hung machine would be.
package Chaos::Service;
use strict;
use warnings;
use Chaos::Monkey;
use Time::HiRes qw(time sleep);

sub new {
	my ($class, $server, $name) = @_;
	return bless { server => $server, name => $name }, $class;
}

# Ends the program with a signal; it stays away until back().
sub take_away {
	my ($self, $signal) = @_;
	$self->{keep} = $self->{server}->keep_pid($self->{name});
	my $program = $self->{server}->program_pid($self->{name}) or die "$self->{name} does not run\n";
	kill STOP => $self->{keep};
	kill $signal => $program;
	my $patience = time + 20;
	sleep 0.02 while runs($program) && time < $patience;
	die "$self->{name} does not end\n" if runs($program);
	return;
}
sub back { my $self = shift; kill CONT => delete $self->{keep}; return }

# Holds all its processes still, until thaw().
sub freeze {
	my $self = shift;
	my $program = $self->{server}->program_pid($self->{name});
	$self->{frozen} = [$program, Chaos::Monkey::children($program)];
	kill STOP => @{ $self->{frozen} };
	return;
}
sub thaw { my $self = shift; kill CONT => @{ delete $self->{frozen} }; return }

# A zombie waits for its keep, which is held still.
sub runs {
	my ($pid) = @_;
	open my $in, '<', "/proc/$pid/stat" or return 0;
	return (<$in> // '') =~ /\) [^ZX]/;
}

# Nothing may stay held when a test dies.
sub DESTROY {
	my $self = shift;
	local ($?, $!);
	$self->thaw if $self->{frozen};
	$self->back if $self->{keep};
	return;
}

# service => "its processes": the program and what serves in it.
sub processes {
	my ($server, @services) = @_;
	return { map {
		my $program = $server->program_pid($_) // 0;
		$_ => join(' ', $program, sort { $a <=> $b } Chaos::Monkey::children($program));
	} @services };
}

1;
