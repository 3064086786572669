# The gate's everyday acts, for tests that need them done rather than looked at: a visitor announced or
# invited, a visitor in each status, requests at the same moment. Each dies when it does not work out.
package Gatehouse::Gate;
use strict;
use warnings;
use Exporter qw(import);
use IO::Select;
use JSON::PP;
use POSIX qw(strftime);
use Gatehouse::Answer;

our @EXPORT = qw(announce invite visitor_in visit_of move at_once from_now @STATUSES);

our @STATUSES = qw(pending accepted denied expired cancelled checked_in checked_out);
my $json = JSON::PP->new->utf8->canonical;

sub made {
	my ($answer, $status) = @_;
	die $answer->summary . ': ' . $answer->body . "\n" if $answer->status != $status;
	return $answer->json;
}

# RFC 3339, so many seconds from now.
sub from_now { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + $_[0])) }

# A guard's visitor, pending; a resident's, accepted.
sub announce {
	my ($world, %more) = @_;
	return made($world->as('guard')->post('/v1/visitors',
		{ flat_id => $world->flat('101'), visitor_name => 'Asha', %more }), 201);
}
sub invite {
	my ($world, %more) = @_;
	my $who = delete $more{as} || 'resident101';
	return made($world->as($who)->post('/v1/visitors',
		{ flat_id => $world->flat('101'), visitor_name => 'Guest', %more }), 201);
}

# A move as a call: move($world, respond => $id) and so on; the answer.
sub move {
	my ($world, $move, $id, $who, %body) = @_;
	return $world->as($who || 'resident101')->post("/v1/visitors/$id/respond",
		{ decision => 'accept', %body }) if $move eq 'respond';
	return $world->as($who || 'resident101')->post("/v1/visitors/$id/cancel") if $move eq 'cancel';
	return $world->as($who || 'guard')->post('/v1/visits/checkin', { visitor_id => $id, %body })
		if $move eq 'checkin';
	return $world->as($who || 'guard')->post('/v1/visits/checkout', { visitor_id => $id, %body })
		if $move eq 'checkout';
	die "there is no move $move\n";
}

# A guard's visitor in a status.
sub visitor_in {
	my ($world, $status, %more) = @_;
	my $id = announce($world, %more)->{id};
	made(move($world, 'respond', $id), 200) if $status =~ /^(?:accepted|checked_in|checked_out)$/;
	made(move($world, 'respond', $id, undef, decision => 'deny'), 200) if $status eq 'denied';
	made(move($world, 'cancel', $id, 'guard'), 200) if $status eq 'cancelled';
	made(move($world, 'checkin', $id), 201) if $status =~ /^checked_/;
	made(move($world, 'checkout', $id), 200) if $status eq 'checked_out';
	# Time does this; the test of the timers shows that.
	$world->{server}->sql(<<~'SQL', id => $id) if $status eq 'expired';
		with t as (delete from timers where subject = :'id')
		update visitors set status = 'expired', expires_at = now() where id = :'id'
		SQL
	return made($world->as('guard')->get("/v1/visitors/$id"), 200);
}

# The visit of a visitor who is inside or was.
sub visit_of {
	my ($world, $visitor) = @_;
	my ($row) = $world->{server}->sql(q{select id from visits where visitor_id = :'id'}, id => $visitor);
	return $row->[0];
}

# Requests that reach the server at the same moment: each is [client, method, path, body, headers…].
# All are sent but for their last byte, then these, then all are read. The answers in the same order.
sub at_once {
	my @requests = @_;
	my (@sockets, @last, @answers);
	for my $request (@requests) {
		my ($client, $method, $path, $body, %headers) = @$request;
		my $content = defined $body ? ref $body ? $json->encode($body) : $body : '';
		$headers{Authorization} //= 'Bearer ' . $client->token if defined $client->token;
		$headers{'Content-Type'} //= 'application/json' if length $content;
		my $text = "$method $path HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
			. join('', map { "$_: $headers{$_}\r\n" } sort keys %headers)
			. 'Content-Length: ' . length($content) . "\r\n\r\n$content";
		my $socket = $client->socket;
		$socket->autoflush(1);
		print $socket substr $text, 0, -1;
		push @sockets, $socket;
		push @last, substr $text, -1;
	}
	$sockets[$_]->syswrite($last[$_]) for 0 .. $#sockets;
	for my $i (0 .. $#sockets) {
		my $got = '';
		1 while IO::Select->new($sockets[$i])->can_read(30) && sysread $sockets[$i], $got, 65536, length $got;
		my ($head, $body) = split /\r\n\r\n/, $got, 2;
		my ($line, @fields) = split /\r\n/, $head // '';
		my %headers;
		for (@fields) { $headers{ lc $1 } = $2 if /^([^:]+):\s*(.*)$/ }
		push @answers, Gatehouse::Answer->new("$requests[$i][1] $requests[$i][2]",
			($line // '') =~ m{^HTTP/\S+ (\d+)} ? $1 : 0, \%headers, $body // '');
	}
	return @answers;
}

1;
