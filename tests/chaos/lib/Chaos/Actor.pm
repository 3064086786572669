# A client of the storm in a process of its own. What it saw goes to a file line by line, so that
# nothing is lost when it ends, and the test reads it as rows of words. It asks again after whatever a
# restarting server may answer (502, 503, no connection), as a tablet or a page would.
package Chaos::Actor;
use strict;
use warnings;
use Gatehouse::Client;
use POSIX ();
use Time::HiRes qw(time sleep);

# start(name => …, server => …, token => …, folder => …, run => sub { my $actor = shift; … })
sub start {
	my ($class, %with) = @_;
	my $self = bless { file => "$with{folder}/$with{name}", %with }, $class;
	open $self->{out}, '>', $self->{file} or die "$self->{file}: $!\n";
	$self->{pid} = fork // die "fork: $!\n";
	return $self if $self->{pid};
	my $failed = !eval { $self->live; 1 };
	$self->note('died', $@ =~ s/\s+/ /gr) if $failed;
	# The test's own end must not run here: it would stop the servers.
	POSIX::_exit($failed ? 1 : 0);
}

sub live {
	my $self = shift;
	$self->{ending} = 0;
	local $SIG{TERM} = sub { $self->{ending} = 1 };
	local $SIG{PIPE} = 'IGNORE';
	srand $self->{seed};
	$self->{client} = Gatehouse::Client->new(server => $self->{server});
	$self->{client}->token($self->{token});
	$self->{run}->($self);
	return;
}

sub ending { return $_[0]{ending} }
sub name { return $_[0]{name} }

sub note {
	my ($self, @words) = @_;
	my $line = join(' ', @words) . "\n";
	utf8::encode($line) if utf8::is_utf8($line);
	syswrite $self->{out}, $line or die "$self->{file}: $!\n";
	return;
}

# The rows noted so far whose first word is this one, without it.
sub rows {
	my ($self, $word) = @_;
	open my $in, '<', $self->{file} or die "$self->{file}: $!\n";
	return map { /^\Q$word\E (.*)/ ? [split ' ', $1] : () } <$in>;
}
sub words { my ($self, $word) = @_; return map { $_->[0] } $self->rows($word) }
sub has { my ($self, $word) = @_; return scalar $self->rows($word) }

sub alive {
	my $self = shift;
	return 0 if $self->{over};
	return 1 if waitpid($self->{pid}, POSIX::WNOHANG()) == 0;
	$self->{over} = 1;
	return 0;
}
sub end {
	my $self = shift;
	return if $self->{over};
	kill TERM => $self->{pid};
	my $patience = time + 20;
	sleep 0.05 while $self->alive && time < $patience;
	kill KILL => $self->{pid} if !$self->{over};
	waitpid $self->{pid}, 0 if !$self->{over};
	return;
}

# A request that is repeated until it is answered for good; undef when the actor must end first.
sub insist {
	my ($self, $method, $path, $body, %headers) = @_;
	for (my $tries = 1; !$self->{ending}; $tries++) {
		my $answer = $self->{client}->request($method, $path, $body, %headers);
		$answer->{tries} = $tries;
		return $answer if !passing($answer);
		$self->note('again', $answer->status);
		sleep 0.05 + rand 0.2;
	}
	return;
}
sub passing {
	my ($answer) = @_;
	return 1 if $answer->status == 599 || $answer->status == 502;
	# Who must wait is told so, and how long.
	return defined $answer->header('Retry-After') if $answer->status == 503;
	return $answer->status == 409 && ($answer->code // '') eq 'idempotency_in_progress';
}

1;
