# Daemon::Redis: as much of a Redis client as the tests need: commands in order over a socket.
package Daemon::Redis;
use strict;
use warnings;
use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM);

sub new {
	my ($class, $path) = @_;
	my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path) or die "redis: $!";
	return bless { socket => $socket, due => 0 }, $class;
}

# Sends a command without waiting for its reply.
sub send {
	my ($self, @words) = @_;
	my $bytes = sprintf "*%d\r\n", scalar @words;
	$bytes .= sprintf "\$%d\r\n%s\r\n", length, $_ for @words;
	$self->{socket}->print($bytes) or die "redis: $!";
	$self->finish if ++$self->{due} >= 500;
}

# Waits for the replies to what was sent; the last of them.
sub finish {
	my ($self) = @_;
	my $reply;
	$self->{socket}->flush;
	for (; $self->{due}; $self->{due}--) {
		$reply = $self->reply;
	}
	return $reply;
}

sub call {
	my ($self, @words) = @_;
	$self->send(@words);
	return $self->finish;
}

sub reply {
	my ($self) = @_;
	my $line = readline $self->{socket};
	die "redis: closed\n" unless defined $line;
	my ($type, $rest) = $line =~ /^(.)(.*)\r\n$/s or die "redis: $line";
	die "redis: $rest\n" if $type eq '-';
	return $rest if $type eq '+' || $type eq ':';
	return undef if $rest < 0;
	return [map { $self->reply } 1 .. $rest] if $type eq '*';
	my $bytes = '';
	while (length $bytes < $rest + 2) {
		read $self->{socket}, $bytes, $rest + 2 - length $bytes, length $bytes or die "redis: closed\n";
	}
	return substr $bytes, 0, $rest;
}

1;
