# scripts/run and scripts/stop: what they say, what they leave, and what a kill -9 does to an instance.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use IO::Socket::INET;

tolerate(qw(restart alert 5xx error));
my $root = Gatehouse::Server::root();

# Processes that stand in a folder.
sub standing_in {
	my ($folder) = @_;
	return grep { (readlink("/proc/$_/cwd") // '') =~ m{^\Q$folder\E(?:/|$)} } map { m{(\d+)$} } glob '/proc/[0-9]*';
}
sub login_ttl {
	my ($server) = @_;
	my $got = client($server)->post('/api/auth/login', { email => 'resident101@example.com', password => 'resident123' });
	return $got->json->{expiresIn};
}

my $server = server(ACCESS_TOKEN_TTL => 77);

subtest 'run and run again' => sub {
	is(login_ttl($server), 77, 'a variable of the environment reaches the programs');
	my $pid = $server->program_pid('auth');
	ok($server->command({}, 'run', '--detach'), 'a second run while it runs');
	like($server->{output}, qr/already running/, 'says so');
	like($server->{output}, qr{http://localhost:@{[ $server->port ]}\b}, 'with the address');
	like($server->{output}, qr/\Q@{[ $server->demo->{tablet}{device_token} ]}\E/, 'and the tablet\'s token');
	is($server->program_pid('auth'), $pid, 'and leaves it alone');
	is((stat $server->var . "/$_")[2] & 0777, 0600, "$_ is nobody else's") for qw(gatehouse.env demo.json);
	is((stat $server->var . '/run')[2] & 0777, 0700, 'nor are the sockets');
};

subtest 'what is killed comes back' => sub {
	for my $service (qw(auth visitors users nginx redis postgres worker-relay sse-daemon)) {
		my $pid = $server->program_pid($service);
		kill 'KILL', $pid;
		my $back = wait_until { my $now = $server->program_pid($service); $now && $now != $pid } 20;
		ok($back, $service);
	}
	my $healthy = wait_until { client($server)->get('/health')->body =~ /"status":\s*"healthy"/ } 30;
	ok($healthy, 'and all is healthy again');
	is(login_ttl($server), 77, 'and of use');
};

subtest 'stop leaves nothing, whatever was killed before' => sub {
	kill 'KILL', $server->keep_pid('nginx'), $server->keep_pid('auth'), $server->program_pid('visitors'),
		$server->keep_pid('postgres');
	ok($server->command({}, 'stop'), 'stopped');
	is_deeply([standing_in($server->var)], [], 'no process is left');
	is_deeply([glob $server->var . '/run/*'], [], 'nor a socket or pid file');
	ok($server->command({}, 'stop'), 'stopping again is no error');
	like($server->{output}, qr/Nothing was running/, 'and says so');
};

subtest 'what is there is used again' => sub {
	open my $env, '>>', $server->var . '/gatehouse.env' or die $!;
	print $env qq(# a comment\nACCESS_TOKEN_TTL="55"\n);
	close $env;
	my $token = $server->demo->{tablet}{device_token};
	my %settings = Gatehouse::Server::test_settings();
	ok($server->command(\%settings, 'run', '--detach'), 'started again') or diag $server->{output};
	unlike($server->{output}, qr/Making|Applying|Filling/, 'with the database of before');
	is(login_ttl($server), 55, 'and the settings of gatehouse.env');
	delete $server->{demo};
	is($server->demo->{tablet}{device_token}, $token, 'and the same tablet');
	ok($server->command({}, 'stop'), 'stopped');
};

subtest 'refusals say what to do' => sub {
	my $taken = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => $server->port, Listen => 1, ReuseAddr => 1);
	ok(!$server->command({}, 'run', '--detach'), 'a port that is taken');
	like($server->{output}, qr/port \d+ is taken.*PORT=/, 'says to choose another');
	close $taken;
	is_deeply([standing_in($server->var)], [], 'and nothing is left running');
	for my $case (
		[{ PORT => 'http' }, qr/PORT=http is not a port/],
		[{ GATEHOUSE_VAR => '/tmp/' . 'x' x 100 }, qr/longer than a Unix socket's path.*GATEHOUSE_VAR/],
		[{ GATEHOUSE_VAR => '/tmp/a{b' }, qr/must not have/],
	) {
		my ($settings, $words) = @$case;
		local @ENV{keys %$settings} = values %$settings;
		my $said = `'$root/scripts/run' --detach 2>&1`;
		isnt($?, 0, join ' ', %$settings);
		like($said, $words, 'says what is wrong');
	}
	open my $layout, '>', $server->var . '/layout' or die $!;
	print $layout "0\n";
	close $layout;
	ok(!$server->command({}, 'run', '--detach'), 'a folder of another version');
	like($server->{output}, qr/another version.*move it away/, 'says to move it away');
};

subtest 'without the demo there is one admin' => sub {
	my $empty = server(run => ['--no-demo']);
	my ($email, $password) = $empty->{output} =~ /shown this once: (\S+)\s+(\S+)/;
	ok($password, 'whose password is shown');
	my $admin = client($empty)->login($email, $password);
	is_deeply([map { $_->{role} } @{ $admin->get('/v1/profile/me')->json->{roles} }], ['admin'], 'who can sign in');
	is($empty->sql_value('select count(*) from users'), 1, 'nobody else');
	ok($empty->command({}, 'run', '--detach'), 'another run');
	unlike($empty->{output}, qr/\Q$password\E|resident101/, 'does not show it again');
};

subtest 'over TLS' => sub {
	my $secure = server(run => ['--tls']);
	my $port = $secure->port;
	my $got = `curl -sS --cacert @{[ $secure->var ]}/tls/ca.pem -o /dev/null -w '%{http_code} %{http_version}' https://localhost:$port/health`;
	is($got, '200 2', 'the certificate holds for localhost, over HTTP/2');
	like(`curl -s http://localhost:$port/health`, qr/"code":"bad_request"/, 'plain HTTP on that port is told so');
	my $cookies = `curl -sS --cacert @{[ $secure->var ]}/tls/ca.pem -D- -o /dev/null -H 'Content-Type: application/json' -d '{"email":"resident101\@example.com","password":"resident123","cookie":true}' https://localhost:$port/api/auth/login`;
	like($cookies, qr/^set-cookie: __Host-gh_access=[^\n]*; Secure/mi, 'cookies are for https only');
};

subtest 'migrations' => sub {
	my $instance = instance();
	my $copy = tempdir(CLEANUP => 1);
	mkdir "$copy/$_" for qw(scripts sql sql/migrations);
	copy($_, "$copy/scripts") for map { "$root/scripts/$_" } qw(migrate lib.sh);
	chmod 0755, "$copy/scripts/migrate";
	copy($_, "$copy/sql") for glob "$root/sql/*.sql";
	copy($_, "$copy/sql/migrations") for glob "$root/sql/migrations/*.sql";
	my $name = "gatehouse_migrate_$$";
	my $psql = 'psql -XAtq -h ' . $instance->var . '/run -U gatehouse';
	system "$psql -d postgres -c 'create database $name'";
	my $migrate = "'$copy/scripts/migrate' -h " . $instance->var . "/run -U gatehouse -d $name 2>&1";
	my @at_once = map { open my $out, '-|', $migrate or die $!; $out } 1 .. 3;
	my @said = map { join '', <$_> } @at_once;
	is((grep { !close $_ } @at_once), 0, 'three at once') or diag @said;
	my @files = glob "$copy/sql/migrations/*.sql";
	is(() = "@said" =~ /Applying/g, scalar @files, 'apply each once');
	open my $change, '>>', $files[0] or die $!;
	print $change "-- changed\n";
	close $change;
	like(`$migrate`, qr/was changed after it was applied/, 'one that was changed since is refused');
	copy("$root/sql/migrations/" . ($files[0] =~ m{([^/]+)$})[0], $files[0]);
	unlink $files[-1];
	like(`$migrate`, qr/newer version/, 'so is a database of a newer version');
	system "$psql -d postgres -c 'drop database $name'";
};

done_testing;
