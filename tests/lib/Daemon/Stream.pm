# Daemon::Stream: the client's end of a stream or a poll.
#
# It reads text/event-stream as the HTML standard says a browser does: the last event id moves with
# every dispatch, also one without data.
package Daemon::Stream;
use strict;
use warnings;
use JSON::PP ();
use Time::HiRes qw(time);

my $json = JSON::PP->new;

sub new {
	my ($class, $socket) = @_;
	$socket->blocking(0);
	return bless { socket => $socket, bytes => '', last_id => '' }, $class;
}

# More bytes; 0 at the end. Dies when none come in time.
sub more {
	my ($self) = @_;
	my $until = time + $Daemon::DEADLINE;
	while (1) {
		my $n = sysread $self->{socket}, $self->{bytes}, 65536, length $self->{bytes};
		return $n if defined $n;
		return 0 if $!{ECONNRESET};
		die "read: $!\n" unless $!{EAGAIN} || $!{EINTR};
		my $ready = '';
		vec($ready, fileno $self->{socket}, 1) = 1;
		my $wait = $until - time;
		select $ready, undef, undef, $wait > 0 ? $wait : 0 or die "nothing came in time\n";
	}
}

# Everything up to and with the mark; undef at the end.
sub upto {
	my ($self, $mark) = @_;
	my $at;
	while (($at = index $self->{bytes}, $mark) < 0) {
		$self->more or return;
	}
	return substr $self->{bytes}, 0, $at + length $mark, '';
}

# The head of the answer: {status => 200, 'content-type' => …}.
sub head {
	my ($self) = @_;
	return $self->{head} if $self->{head};
	my $text = $self->upto("\r\n\r\n") // die "closed before the head\n";
	my ($first, @lines) = split /\r\n/, $text;
	my ($status) = $first =~ m{^HTTP/1\.1 (\d+) } or die "no HTTP: $first\n";
	$self->{head} = { status => $status, map { /^(.*?): (.*)/ ? (lc $1, $2) : () } @lines };
	return $self->{head};
}

# The next block of the stream: {id, event, retry, data, comment, message}; undef at the end.
sub block {
	my ($self) = @_;
	$self->head;
	my $text = $self->upto("\n\n") // return;
	my %block;
	for my $line (split /\n/, $text) {
		my ($name, $value) = $line =~ /^([^:]*):? ?(.*)$/;
		$name = 'comment' if $name eq '';
		$block{$name} = defined $block{$name} ? "$block{$name}\n$value" : $value;
	}
	$self->{last_id} = $block{id} if defined $block{id};
	$block{message} = $json->decode($block{data}) if defined $block{data};
	return \%block;
}

# The next message, past keep-alives; undef at the end.
sub next {
	my ($self) = @_;
	while (my $block = $self->block) {
		return $block if $block->{message};
	}
	return;
}

# The next n messages' ids, or as many as come before the end; that updates pause is no event.
sub ids {
	my ($self, $n) = @_;
	my @ids;
	while (@ids < $n and my $block = $self->next) {
		push @ids, $block->{message}{id} unless $block->{message}{type} =~ /^(?:PAUSED|RESUMED)$/;
	}
	return @ids;
}

# All messages up to the end.
sub rest {
	my ($self) = @_;
	my @blocks;
	while (my $block = $self->next) {
		push @blocks, $block;
	}
	return @blocks;
}

sub last_id { return $_[0]{last_id} }

# The body of a whole answer, as JSON.
sub answer {
	my ($self) = @_;
	my $head = $self->head;
	my $length = $head->{'content-length'} // die "no Content-Length\n";
	while (length $self->{bytes} < $length) {
		$self->more or die "closed within the body\n";
	}
	return $json->decode(substr $self->{bytes}, 0, $length, '');
}

sub close {
	my ($self) = @_;
	close $self->{socket};
}

1;
