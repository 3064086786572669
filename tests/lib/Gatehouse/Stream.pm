# A client of the live stream (text/event-stream over HTTP/1.1) that keeps everything it got. Reading
# happens only inside its calls; nothing is lost between them.
package Gatehouse::Stream;
use strict;
use warnings;
use IO::Socket::INET;
use IO::Select;
use JSON::PP;
use Time::HiRes qw(time);

my $json = JSON::PP->new->utf8->allow_nonref;

# Connects, sends the request and reads the head of the answer.
sub open {
	my ($class, $server, $path, %headers) = @_;
	my $socket = IO::Socket::INET->new(PeerHost => '127.0.0.1', PeerPort => $server->port, Proto => 'tcp')
		or die "cannot connect: $!\n";
	$socket->autoflush(1);
	my $self = bless {
		socket => $socket, raw => '', text => '', all => [], taken => 0, retry => undef, comments => 0,
	}, $class;
	print $socket "GET $path HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n",
		(map { "$_: $headers{$_}\r\n" } sort keys %headers), "\r\n";
	$socket->blocking(0);
	my $end = time + 15;
	while ($self->{raw} !~ /\r\n\r\n/ && time < $end && !$self->{closed}) { $self->read_some($end - time) }
	$self->read_head or die "no answer to $path\n";
	$self->parse;
	return $self;
}

sub status { return $_[0]{status} }
sub header { return $_[0]{headers}{ lc $_[1] } }
sub type { my $type = $_[0]->header('Content-Type') // ''; $type =~ s/;.*//; return $type }
# The last retry: that was sent, in milliseconds.
sub retry { return $_[0]{retry} }
# Comment lines so far (keep-alives).
sub comments { return $_[0]{comments} }
# Everything received: { id, name, type, topics, at, data, text }.
sub all { my $self = shift; $self->drain; return @{ $self->{all} } }
# Of the events proper, not the stream's own messages.
sub events { my $self = shift; return grep { !_own($_->{type}) } $self->all }
sub ids { my $self = shift; return map { $_->{id} } $self->events }
sub body { return $_[0]{text} . $_[0]{raw} }
# The SSE id a browser would send as Last-Event-ID now.
sub last_id { my $self = shift; $self->drain; return $self->{last_id} }
sub close { my $self = shift; close $self->{socket} if $self->{socket}; $self->{closed} = 1; return }

sub _own {
	my $type = shift // '';
	return $type =~ /^(?:CONNECTION_ESTABLISHED|TOKEN_EXPIRED|SESSION_REVOKED|OVERLOADED|DRAINING|reset|heartbeat|keep_alive|KEEP_ALIVE)$/;
}

# The next message not yet taken that fits: a type, or a block called with the message. Messages
# before it are passed over. undef when the time is up or the stream ended.
sub wait_for {
	my ($self, $what, $seconds) = @_;
	my $fits = ref $what eq 'CODE' ? $what : sub { ($_[0]{type} // '') eq $what };
	my $end = time + ($seconds // 10);
	while (1) {
		while ($self->{taken} < @{ $self->{all} }) {
			my $message = $self->{all}[ $self->{taken}++ ];
			return $message if $fits->($message);
		}
		return if $self->{closed} || time >= $end;
		$self->read_some($end - time);
		$self->parse;
	}
}
# Whether the server closed it, waiting that long.
sub wait_closed {
	my ($self, $seconds) = @_;
	my $end = time + ($seconds // 10);
	while (!$self->{closed} && time < $end) {
		$self->read_some($end - time);
		$self->parse;
	}
	return $self->{closed};
}
# Takes in what has already arrived.
sub drain {
	my $self = shift;
	1 while !$self->{closed} && $self->read_some(0);
	$self->parse;
	return $self;
}

sub read_some {
	my ($self, $seconds) = @_;
	return 0 if $self->{closed};
	my $select = IO::Select->new($self->{socket});
	return 0 unless $select->can_read($seconds);
	my $n = sysread $self->{socket}, $self->{raw}, 65536, length $self->{raw};
	return $n if $n;
	$self->{closed} = 1 if defined $n || !$!{EAGAIN};
	return 0;
}

sub read_head {
	my $self = shift;
	$self->{raw} =~ s/^(.*?)\r\n\r\n//s or return 0;
	my ($line, @fields) = split /\r\n/, $1;
	($self->{status}) = $line =~ m{^HTTP/1\.1 (\d+)} or return 0;
	for (@fields) { $self->{headers}{ lc $1 } = $2 if /^([^:]+):\s*(.*)$/ }
	$self->{chunked} = ($self->{headers}{'transfer-encoding'} // '') eq 'chunked';
	return 1;
}

# Bytes to text (chunks taken apart), text to messages.
sub parse {
	my $self = shift;
	if ($self->{chunked}) {
		while ($self->{raw} =~ /^([0-9a-fA-F]+)[^\r\n]*\r\n/) {
			my ($head, $size) = (length $&, hex $1);
			if ($size == 0) {
				$self->{closed} = 1;
				last;
			}
			last if length $self->{raw} < $head + $size + 2;
			$self->{text} .= substr $self->{raw}, $head, $size;
			substr($self->{raw}, 0, $head + $size + 2) = '';
		}
	} else {
		$self->{taken_in} += length $self->{raw};
		$self->{text} .= $self->{raw};
		$self->{raw} = '';
		# An answer of known length ends there, though the connection may stay.
		my $length = $self->header('Content-Length');
		$self->{closed} = 1 if defined $length && $self->{taken_in} >= $length;
	}
	return if $self->type ne 'text/event-stream';
	while ($self->{text} =~ s/^(.*?)\n\n//s) { $self->message($1) }
	return;
}

sub message {
	my ($self, $block) = @_;
	my (%got, @data);
	for (split /\n/, $block) {
		s/\r$//;
		if (/^:/) { $self->{comments}++; next }
		my ($field, $value) = /^([^:]+)(?:: ?(.*))?$/ or next;
		$value //= '';
		if ($field eq 'data') { push @data, $value }
		elsif ($field eq 'id') { $got{sse_id} = $self->{last_id} = $value }
		elsif ($field eq 'event') { $got{name} = $value }
		elsif ($field eq 'retry') { $self->{retry} = $value }
	}
	return unless @data;
	my $text = join "\n", @data;
	my $decoded = eval { $json->decode($text) };
	my %of = ref $decoded eq 'HASH' ? %$decoded : ();
	push @{ $self->{all} }, { %of, %got, text => $text };
	return;
}

1;
