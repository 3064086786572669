# An HTTP client of the API: JSON both ways, a bearer token or cookies, each request with an id of its
# own. Answers are Gatehouse::Answer.
package Gatehouse::Client;
use strict;
use warnings;
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Gatehouse::Answer;
use Gatehouse::Stream;

my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my @server_faults;

# HTTP::Tiny writes head and body apart: the body would wait 40 ms for the head to be acknowledged.
{
	no warnings 'redefine';
	my $connect = \&HTTP::Tiny::Handle::connect;
	*HTTP::Tiny::Handle::connect = sub {
		my $handle = $connect->(@_);
		setsockopt $handle->{fh}, IPPROTO_TCP, TCP_NODELAY, 1;
		return $handle;
	};
}

sub json_of { return $json->encode($_[0]) }
# Requests of this process that were answered with 5xx, for the claim at the end of a test.
sub server_faults { return @server_faults }

sub new {
	my ($class, %with) = @_;
	my $self = bless { cookies => {}, headers => {}, %with }, $class;
	$self->{http} = HTTP::Tiny->new(
		timeout => 60, max_redirect => 0, keep_alive => 1, agent => 'gatehouse-tests',
		default_headers => {});
	return $self;
}

sub server { return $_[0]{server} }
sub token { my $self = shift; $self->{token} = shift if @_; return $self->{token} }
sub refresh_token { my $self = shift; $self->{refresh} = shift if @_; return $self->{refresh} }
sub user { return $_[0]{user} }
# Headers for every later request; undef takes one away.
sub headers { my ($self, %more) = @_; $self->{headers}{$_} = $more{$_} for keys %more; return $self }
# What login set: name => { value, attributes }.
sub cookies { return $_[0]{cookies} }
sub forget { my $self = shift; $self->{cookies} = {}; delete $self->{token}; return $self }

sub get { my ($self, $path, %o) = @_; return $self->request(GET => $path, undef, %o) }
sub head { my ($self, $path, %o) = @_; return $self->request(HEAD => $path, undef, %o) }
sub delete { my ($self, $path, %o) = @_; return $self->request(DELETE => $path, undef, %o) }
sub post { my ($self, $path, $body, %o) = @_; return $self->request(POST => $path, $body, %o) }
sub put { my ($self, $path, $body, %o) = @_; return $self->request(PUT => $path, $body, %o) }
sub patch { my ($self, $path, $body, %o) = @_; return $self->request(PATCH => $path, $body, %o) }

# Options are headers ('Idempotency-Key' => …). A body that is no reference is sent as it is.
sub request {
	my ($self, $method, $path, $body, %headers) = @_;
	my %send = (%{ $self->{headers} }, %headers);
	$send{Authorization} = "Bearer $self->{token}"
		if defined $self->{token} && !exists $send{Authorization};
	my $cookie = join '; ', map { "$_=$self->{cookies}{$_}{value}" } sort keys %{ $self->{cookies} };
	$send{Cookie} = $cookie if length $cookie && !exists $send{Cookie};
	delete $send{$_} for grep { !defined $send{$_} } keys %send;
	my %options = (headers => \%send);
	if (defined $body) {
		$options{content} = ref $body ? $json->encode($body) : $body;
		utf8::encode($options{content}) if utf8::is_utf8($options{content});
		$send{'Content-Type'} //= 'application/json';
	} elsif ($method =~ /^(?:POST|PUT|PATCH)$/) {
		$options{content} = '';
	}
	my $got = $self->{http}->request($method, $self->{server}->url . $path, \%options);
	my $answer = Gatehouse::Answer->new("$method $path", @$got{qw(status headers content)});
	$self->keep_cookies($got->{headers}{'set-cookie'});
	push @server_faults, $answer->summary if $answer->status >= 500;
	return $answer;
}

sub keep_cookies {
	my ($self, $set) = @_;
	for my $line (ref $set ? @$set : $set // ()) {
		my ($pair, @attributes) = split /;\s*/, $line;
		my ($name, $value) = split /=/, $pair, 2;
		if ($value eq '' || grep { /^max-age=0$/i } @attributes) {
			delete $self->{cookies}{$name};
		} else {
			$self->{cookies}{$name} = { value => $value, attributes => \@attributes };
		}
	}
}

# Signs in; dies when that fails, since no claim of a test can hold then.
sub login {
	my ($self, $who, $password) = @_;
	my $name = $who =~ /@/ ? 'email' : 'phone';
	my $answer = $self->post('/api/auth/login', { $name => $who, password => $password });
	die "cannot sign in as $who: " . $answer->summary . ' ' . $answer->body . "\n" unless $answer->status == 200;
	@$self{qw(token refresh user)} = @{ $answer->json }{qw(accessToken refreshToken user)};
	return $self;
}
sub guard_login {
	my ($self, $device_token, $pin, %more) = @_;
	my $answer = $self->post('/v1/auth/guard', { device_token => $device_token, pin => $pin, %more });
	die "the guard cannot sign in: " . $answer->summary . ' ' . $answer->body . "\n" unless $answer->status == 200;
	@$self{qw(token refresh user)} = @{ $answer->json }{qw(access_token refresh_token user)};
	return $self;
}

# A live stream as this person: $client->stream, ->stream('/api/sse/events?topics=…').
sub stream {
	my ($self, $path, %headers) = @_;
	$headers{Authorization} //= "Bearer $self->{token}" if defined $self->{token};
	delete $headers{$_} for grep { !defined $headers{$_} } keys %headers;
	return Gatehouse::Stream->open($self->{server}, $path // '/api/sse/events', %headers);
}

# Bytes as they are to the port, and all that comes back until it is closed: what no proper client would
# send.
sub raw_text {
	my ($self, $bytes) = @_;
	my $socket = $self->socket;
	my $got = '';
	eval {
		local $SIG{ALRM} = sub { die "no answer\n" };
		alarm 30;
		$socket->print($bytes);
		1 while $socket->sysread($got, 65536, length $got);
		alarm 0;
	};
	alarm 0;
	return $got;
}
# The same as one answer.
sub raw {
	my ($self, $bytes) = @_;
	my $got = $self->raw_text($bytes);
	my ($head, $body) = split /\r\n\r\n/, $got, 2;
	my ($status_line, @lines) = split /\r\n/, $head // '';
	my %headers;
	for (@lines) {
		my ($name, $value) = /^([^:]+):\s*(.*)$/ or next;
		$headers{lc $name} = exists $headers{lc $name} ? [map { ref ? @$_ : $_ } $headers{lc $name}, $value] : $value;
	}
	return Gatehouse::Answer->new('raw', ($status_line // '') =~ m{^HTTP/\S+ (\d+)} ? $1 : 0, \%headers, $body // '');
}
sub socket {
	my $self = shift;
	return IO::Socket::INET->new(PeerHost => '127.0.0.1', PeerPort => $self->{server}->port, Proto => 'tcp')
		|| die "cannot connect: $!\n";
}

1;
