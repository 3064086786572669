# An area's program run by hand, as plain CGI, on the database of an instance: as it is, or a mutant of it
# whose statements have forgotten something.
package Gatehouse::Program;
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Temp ();
use IPC::Open3;
use JSON::PP;
use Symbol qw(gensym);
use Gatehouse::Answer;
use Gatehouse::Server;

my $json = JSON::PP->new->utf8->canonical;

sub new {
	my ($class, $server, $area) = @_;
	return bless { server => $server, area => $area, program => $server->bin($area) }, $class;
}

# Statements of which these are the substitutions: a list of [pattern => replacement text]. The objects
# of the build are linked anew with the changed statements.
sub mutant {
	my ($class, $server, $area, @substitutions) = @_;
	my $self = $class->new($server, $area);
	my $root = Gatehouse::Server::root();
	my $build = dirname(dirname($self->{program}));
	my $dir = $self->{dir} = File::Temp->newdir('gh-mutant-XXXXXX', TMPDIR => 1);
	my $sql = slurp("$root/cgi/$area/$area.sql");
	for (@substitutions) {
		my ($pattern, $replacement) = @$_;
		$self->{substitutions} += $sql =~ s/$pattern/$replacement/g;
	}
	open my $to, '>', "$dir/$area.sql" or die $!;
	print $to $sql;
	close $to;
	my %make = map { ($_ => `make -s -C '$root' print-$_ FLAVOUR=@{[$ENV{FLAVOUR} || 'release']}`) } qw(LDFLAGS LDLIBS);
	s/\s+\z// for values %make;
	my $cc = $ENV{CC} || 'cc';
	my @objects = grep { !/_sql\.o$/ } glob "$build/obj/cgi/$area/*.o";
	for my $step ("'$root/scripts/embed-sql' $area '$dir/$area.sql' '$dir'",
		"$cc -std=c11 -fPIE -I'$root/cgi/lib' -c -o '$dir/sql.o' '$dir/${area}_sql.c'",
		"$cc $make{LDFLAGS} -o '$dir/$area' @objects '$dir/sql.o' '$build/libgatehouse.a' $make{LDLIBS}") {
		system("$step 2>'$dir/errors'") == 0 or die "$step:\n" . slurp("$dir/errors");
	}
	$self->{program} = "$dir/$area";
	return $self;
}
sub substitutions { return $_[0]{substitutions} || 0 }

sub slurp {
	my ($file) = @_;
	open my $in, '<', $file or die "$file: $!\n";
	local $/;
	return <$in> // '';
}

# Lets it connect as another database role than its own.
sub as_role { my ($self, $role) = @_; return bless { %$self, role => $role }, ref $self }

sub environment {
	my ($self) = @_;
	my $var = $self->{server}->var;
	return (
		Gatehouse::Server::env_file("$var/gatehouse.env"), Gatehouse::Server::test_settings(),
		PATH => $ENV{PATH}, GATEHOUSE_RUN => "$var/run", REDIS_URL => "unix://$var/run/redis.sock",
		DATABASE_URL => "postgresql:///gatehouse?host=$var/run" . ($self->{role} ? "&user=$self->{role}" : ''),
		map { $ENV{$_} ? ($_ => $ENV{$_}) : () } qw(ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS),
	);
}

# Runs it with options: (exit code, what it said).
sub run {
	my ($self, @options) = @_;
	local %ENV = $self->environment;
	my $pid = open3(my $in, my $out, undef, $self->{program}, @options);
	close $in;
	local $/;
	my $said = <$out> // '';
	waitpid $pid, 0;
	return ($? >> 8 || $? & 127, $said);
}

# One request, as someone signed in (a client) or nobody; the answer.
sub request {
	my ($self, $client, $method, $path, $body, %headers) = @_;
	my ($document, $query) = split /\?/, $path, 2;
	my $content = !defined $body ? '' : ref $body ? $json->encode($body) : $body;
	my $token = $client && $client->token;
	local %ENV = ($self->environment,
		REQUEST_METHOD => $method, DOCUMENT_URI => $document, QUERY_STRING => $query // '', REMOTE_ADDR => '127.0.0.1',
		HTTP_HOST => 'localhost', CONTENT_LENGTH => length $content, length $content ? (CONTENT_TYPE => 'application/json') : (),
		defined $token ? (HTTP_AUTHORIZATION => "Bearer $token") : (),
		map { ('HTTP_' . uc($_) =~ tr/-/_/r => $headers{$_}) } keys %headers);
	my $input = File::Temp->new;
	print $input $content;
	close $input;
	open my $in, '<', $input->filename or die $!;
	my $errors = gensym;
	my $pid = open3('<&' . fileno $in, my $out, $errors, $self->{program});
	local $/;
	my $got = <$out> // '';
	my $log = <$errors> // '';
	waitpid $pid, 0;
	die "$self->{area} as CGI: $log\n" if $? || $log =~ /Sanitizer|runtime error:/;
	$self->{log} .= $log;
	my ($head, $answer) = split /\r\n\r\n/, $got, 2;
	my %fields = map { /^([^:]+):\s*(.*)$/ ? (lc $1 => $2) : () } split /\r\n/, $head // '';
	return Gatehouse::Answer->new("$method $path", ($fields{status} // 0) + 0, \%fields, $answer // '');
}
sub log_text { return $_[0]{log} // '' }

1;
