# Daemon: a push daemon and a Redis of its own in a temporary folder, for tests.
#
# The test plays everyone else: nginx (it connects to the daemon's socket with X-Stream-* fields), the
# relay (it numbers events and puts them on the tape), and PostgreSQL (it keeps what was numbered, so
# that an emptied Redis can be filled again). Nothing here waits for time: everything waits for a
# condition, with a deadline that only a failure reaches.
package Daemon;
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp ();
use IO::Socket::UNIX;
use JSON::PP ();
use POSIX ();
use Socket qw(SOCK_STREAM);
use Test::More ();
use Time::HiRes qw(time);

use Daemon::Redis;
use Daemon::Stream;

our $DEADLINE = 20;
my $root = abs_path(dirname(__FILE__) . '/../..');
my $json = JSON::PP->new->canonical;

# Daemon->new(NAME => VALUE…): the daemon's environment besides what every test has. UNDER is a command
# that starts it.
sub new {
	my ($class, %env) = @_;
	my $self = bless {
		dir => File::Temp->newdir('gh-push-XXXXXX', TMPDIR => 1),
		epoch => 1, events => [], seq => 0, env => \%env, owner => $$,
	}, $class;
	$self->{listener} = IO::Socket::UNIX->new(
		Type => SOCK_STREAM, Local => "$self->{dir}/sse.sock", Listen => 4096,
	) or die "sse.sock: $!";
	$self->start_redis;
	$self->start;
	return $self;
}

sub run_child {
	my ($self, $log, $stdin, @command) = @_;
	my $pid = fork // die "fork: $!";
	return $pid if $pid;
	open STDERR, '>>', "$self->{dir}/$log.log" or POSIX::_exit(126);
	open STDOUT, '>&', \*STDERR or POSIX::_exit(126);
	POSIX::dup2(fileno($stdin), 0) if $stdin;
	exec { $command[0] } @command or POSIX::_exit(127);
}

sub start_redis {
	my ($self) = @_;
	my $socket = "$self->{dir}/redis.sock";
	$self->{redis_pid} = $self->run_child('redis', undef, 'redis-server', '--port', '0',
		'--unixsocket', $socket, '--save', '', '--appendonly', 'no', '--dir', "$self->{dir}");
	wait_for('Redis answers', sub {
		$self->{redis} = eval { Daemon::Redis->new($socket) };
		$self->{redis} && eval { $self->{redis}->call('PING') };
	});
}

sub stop_redis {
	my ($self) = @_;
	my $pid = delete $self->{redis_pid} or return;
	delete $self->{redis};
	kill KILL => $pid;
	waitpid $pid, 0;
}

sub start {
	my ($self) = @_;
	my $flavour = $ENV{FLAVOUR} || 'release';
	local %ENV = (%ENV,
		REDIS_URL => "unix://$self->{dir}/redis.sock", JWT_SECRET => 'x' x 32,
		ASAN_OPTIONS => 'detect_leaks=1', STREAM_KEEPALIVE => 300, %{ $self->{env} });
	$self->{pid} = $self->run_child('daemon', $self->{listener}, split(' ', $self->{env}{UNDER} // ''),
		"$root/build/$flavour/bin/sse-daemon");
}

# Ends the daemon by a signal and says how it went: ($exit_code, $signal).
sub end {
	my ($self, $signal) = @_;
	my $pid = delete $self->{pid} or return;
	kill $signal => $pid;
	waitpid $pid, 0;
	return ($? >> 8, $? & 127);
}

sub log_text {
	my ($self, $name) = @_;
	open my $file, '<', "$self->{dir}/$name.log" or return '';
	local $/;
	return <$file>;
}

# For the end of every test: a clean exit, nothing wrong in the log.
sub finish {
	my ($self) = @_;
	my ($code, $signal) = $self->end('TERM');
	Test::More::is("$code/$signal", '0/0', 'the daemon ends well');
	my $log = $self->log_text('daemon');
	Test::More::unlike($log, qr/Sanitizer|runtime error|"level":"error"/, 'its log holds no fault');
	$self->stop_redis;
}

sub DESTROY {
	my ($self) = @_;
	return if $self->{owner} != $$;
	local $?;
	# Still running: the test died. What the daemon said may tell why.
	Test::More::diag($self->log_text('daemon')) if $self->{pid};
	$self->end('KILL');
	$self->stop_redis;
}

sub wait_for {
	my ($what, $condition) = @_;
	my $until = time + $DEADLINE;
	while (time < $until) {
		my $result = $condition->();
		return $result if $result;
		select undef, undef, undef, 0.005;
	}
	die "waited in vain until $what\n";
}

# The relay.

my $publish = <<'LUA';
redis.call('SET', 'gh:epoch', ARGV[1])
redis.call('XADD', 'gh:tape', ARGV[2] .. '-0', 'y', ARGV[3], 't', ARGV[4], 'e', ARGV[5])
if ARGV[6] == '1' then
	redis.call('PUBLISH', 'gh:events', ARGV[1] .. '-' .. ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. ARGV[5])
end
LUA

# Numbers an event and keeps it, without a word to Redis. Its number.
sub commit {
	my ($self, $type, $topics, $data) = @_;
	my $seq = ++$self->{seq};
	$topics = join ',', ref $topics ? @$topics : $topics;
	my $event = $json->encode({ id => "$self->{epoch}-$seq", type => $type,
		topics => [split /,/, $topics], at => now_text(), data => $data || {} });
	push @{ $self->{events} }, [$seq, $type, $topics, $event];
	return $seq;
}

# Puts kept events from a number on onto the tape; quietly: without publishing them; at_once: with
# nobody reading in between.
sub relay {
	my ($self, $from, %how) = @_;
	my $to = $how{to} || $self->{seq};
	$self->{redis}->send('MULTI') if $how{at_once};
	for my $e (grep { $_->[0] >= $from && $_->[0] <= $to } @{ $self->{events} }) {
		$self->{redis}->send('EVAL', $publish, 0, $self->{epoch}, @$e, $how{quietly} ? 0 : 1);
	}
	$self->{redis}->send('EXEC') if $how{at_once};
	$self->{redis}->finish;
}

# An event, numbered and on the tape. Its number.
sub event {
	my ($self, @event) = @_;
	my $seq = $self->commit(@event);
	$self->relay($seq);
	return $seq;
}

sub tick {
	my ($self, $seq) = @_;
	$self->{redis}->call('PUBLISH', 'gh:events', "$self->{epoch}-" . ($seq // $self->{seq}) . ' tick');
}

# The daemon knows everything up to here.
sub settled {
	my ($self, $seq) = @_;
	my $id = "$self->{epoch}-" . ($seq // $self->{seq});
	wait_for("the daemon has read $id", sub {
		my $s = $self->stats;
		$s->{settled} && $s->{last} eq $id;
	});
}

# nginx.

my $number = 0;
sub uuid { return sprintf '00000000-0000-7000-8000-%012x', ++$number }

sub position {
	my ($self, $seq) = @_;
	return "$self->{epoch}-" . ($seq // $self->{seq});
}

sub fields {
	my ($self, %given) = @_;
	my %field = (
		'X-Stream-Topics' => 'flat:1', 'X-Stream-User' => uuid(), 'X-Stream-Session' => uuid(),
		'X-Stream-Expires' => int(time + 900), 'X-Stream-As-Of' => $self->position,
		'X-Stream-Since' => 0, 'X-Stream-Named' => 0,
	);
	for my $name (keys %given) {
		my $field = $name eq 'request_id' ? 'X-Request-Id'
			: 'X-Stream-' . join '-', map { ucfirst } split /_/, $name;
		$field{$field} = $given{$name};
	}
	return %field;
}

sub request {
	my ($self, $path, %field) = @_;
	my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => "$self->{dir}/sse.sock")
		or die "connect: $!";
	my $head = join '', map { "$_: $field{$_}\r\n" } grep { defined $field{$_} } sort keys %field;
	$socket->syswrite("GET $path HTTP/1.1\r\nHost: push\r\n$head\r\n") or die "request: $!";
	return Daemon::Stream->new($socket);
}

# A stream; options are the fields' names: topics, cursor, as_of, since, named, expires, …
sub stream {
	my ($self, %option) = @_;
	return $self->request('/stream', $self->fields(%option));
}

# A poll under way; ->answer gives what it comes to.
sub poll {
	my ($self, %option) = @_;
	return $self->request('/poll', $self->fields(%option));
}

sub stats {
	my ($self) = @_;
	return $self->request('/stats')->answer;
}

sub now_text {
	my $ms = int(time * 1000);
	return POSIX::strftime('%Y-%m-%dT%H:%M:%S', gmtime(int($ms / 1000)))
		. sprintf '.%03dZ', $ms % 1000;
}

1;
