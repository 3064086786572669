# A running instance: the one the suite shares, or one that a test starts for itself with scripts/run.
package Gatehouse::Server;
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Path qw(remove_tree);
use File::Temp ();
use IO::Socket::INET;
use IPC::Open2;
use JSON::PP;

my $root = abs_path(dirname(__FILE__) . '/../../..');
sub root { return $root }

# One that runs already.
sub attach {
	my ($class, $url, $var) = @_;
	my $self = bless { url => $url, var => $var }, $class;
	$self->{from} = { map { $_ => -s $_ } $self->logs };
	return $self;
}

# A new one; what is given overrides test.env. `run` has more arguments for scripts/run.
sub start {
	my ($class, %settings) = @_;
	my @arguments = @{ delete $settings{run} || [] };
	my $var = File::Temp::tempdir('ghXXXXXX', DIR => $ENV{GATEHOUSE_TEST_TMP} || '/tmp');
	chmod 0755, $var;
	my $self = bless { var => $var, own => 1, from => {} }, $class;
	my $tries = 3;
	while (1) {
		$self->{port} = free_port();
		my $scheme = grep({ $_ eq '--tls' } @arguments) ? 'https' : 'http';
		$self->{url} = "$scheme://127.0.0.1:$self->{port}";
		last if $self->command({ test_settings(), %settings }, 'run', '--detach', @arguments);
		next if --$tries && $self->{output} =~ /is taken by something else/;
		die "an instance for this test does not start:\n$self->{output}\n";
	}
	return $self;
}

# Runs one of the scripts on this instance; its output is in {output}.
sub command {
	my ($self, $settings, $script, @arguments) = @_;
	local %ENV = %ENV;
	delete @ENV{qw(GATEHOUSE_TEST_URL DATABASE_URL REDIS_URL PUBLIC_URL)};
	@ENV{keys %$settings} = values %$settings;
	$ENV{GATEHOUSE_VAR} = $self->{var};
	$ENV{PORT} = $self->{port} if $self->{port};
	open my $from, '-|', "'$root/scripts/$script' @arguments 2>&1" or die "$script: $!\n";
	local $/;
	$self->{output} = <$from> // '';
	return close $from;
}

# Below the range that the kernel gives away to others.
sub free_port {
	for (1 .. 200) {
		my $port = 20000 + int rand 12000;
		my $socket = IO::Socket::INET->new(LocalPort => $port, Listen => 1, ReuseAddr => 1) or next;
		close $socket;
		return $port;
	}
	die "no port is free between 20000 and 32000\n";
}

sub test_settings { return env_file("$root/tests/lib/test.env") }
sub env_file {
	my ($file) = @_;
	open my $in, '<', $file or return;
	return map { /^(\w+)=(.*)$/ ? ($1 => $2) : () } <$in>;
}

sub url { return $_[0]{url} }
sub var { return $_[0]{var} }
sub port { return $_[0]{url} =~ /:(\d+)$/ ? $1 : 80 }
sub bin { return ($ENV{GATEHOUSE_BIN} || "$root/build/" . ($ENV{FLAVOUR} || 'release') . '/bin') . "/$_[1]" }

sub stop {
	my $self = shift;
	$self->command({}, 'stop') if $self->{own} && -d "$self->{var}/run";
	return;
}
# At the end of a test: the instance it started is stopped, its logs are kept if the test failed.
sub finish {
	my ($self, $failed) = @_;
	return unless $self->{own} && -d $self->{var};
	$self->stop;
	if ($failed) {
		print STDERR "# the logs are in $self->{var}/log\n";
	} else {
		remove_tree($self->{var});
	}
	return;
}

# A pid of scripts/keep, or of the program it keeps, by the name of the service.
sub keep_pid {
	my ($self, $service) = @_;
	open my $in, '<', "$self->{var}/run/$service.keep" or return;
	return (split ' ', <$in>)[0];
}
sub program_pid {
	my ($self, $service) = @_;
	my $keep = $self->keep_pid($service) or return;
	open my $in, '<', "/proc/$keep/task/$keep/children" or return;
	my @children = split ' ', <$in> // '';
	return $children[0];
}

# Rows, each an array, of statements run as the superuser; :'name' takes the values given.
sub sql {
	my ($self, $text, %values) = @_;
	my @set = map { ('-v', "$_=$values{$_}") } sort keys %values;
	my $pid = open2(my $from, my $to, 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-F', "\x1f", '-R', "\x1e",
		'-P', "null=\x02", @set, '-h', "$self->{var}/run", '-U', 'gatehouse', '-d', 'gatehouse', '-f', '-');
	binmode $_, ':encoding(UTF-8)' for $from, $to;
	print $to $text;
	close $to;
	local $/;
	my $got = <$from> // '';
	close $from;
	waitpid $pid, 0;
	die "SQL failed: $text\n" if $?;
	return unless length $got; # no rows; one empty value would be a line
	$got =~ s/\n\z//;
	# split() gives nothing for an empty text, where there is one empty value.
	my @rows = length $got ? split /\x1e/, $got, -1 : '';
	return map { [map { $_ eq "\x02" ? undef : $_ } length ? split /\x1f/, $_, -1 : ''] } @rows;
}
sub sql_value {
	my ($self, @statement) = @_;
	my ($row) = $self->sql(@statement);
	return $row ? $row->[0] : undef;
}

# What the instance's auth program makes of "password x", "pin x", "token x".
sub hashes {
	my ($self, @lines) = @_;
	local %ENV = (%ENV, env_file("$self->{var}/gatehouse.env"), PASSWORD_COST => 10);
	my $pid = open2(my $from, my $to, $self->bin('auth'), '--hash');
	print $to map { "$_\n" } @lines;
	close $to;
	chomp(my @hashes = <$from>);
	waitpid $pid, 0;
	die "auth --hash failed\n" if $? || @hashes != @lines;
	return @hashes;
}

sub demo {
	my $self = shift;
	return $self->{demo} ||= do {
		open my $in, '<', "$self->{var}/demo.json" or die "$self->{var}/demo.json: $!\n";
		local $/;
		decode_json(<$in>);
	};
}

sub logs { my $self = shift; return glob "$self->{var}/log/*.log" }
sub log_text {
	my ($self, $name) = @_;
	open my $in, '<', "$self->{var}/log/$name.log" or return '';
	local $/;
	return <$in> // '';
}

# What must not be in a log, by kind; a kind that a test causes on purpose is not looked for.
my %ALARMS = (
	sanitizer => qr/ERROR: \w+Sanitizer|runtime error: |SUMMARY: \w+Sanitizer|libFuzzer/,
	alert => qr/\[(?:alert|emerg|crit)\]|\bPANIC:|was terminated by signal/,
	error => qr/"level":"error"/,
	restart => qr/"event":"restart"/,
);
sub alarming {
	my ($self, $tolerated) = @_;
	my @found;
	for my $file ($self->logs) {
		open my $in, '<', $file or next;
		seek $in, $self->{from}{$file} || 0, 0;
		while (my $line = <$in>) {
			for my $kind (grep { !$tolerated->{$_} } sort keys %ALARMS) {
				next if $line !~ $ALARMS{$kind};
				chomp $line;
				push @found, ($file =~ m{([^/]+)\.log$})[0] . ": $line";
				last;
			}
		}
	}
	return @found;
}

1;
