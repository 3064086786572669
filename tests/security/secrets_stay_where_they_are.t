# A secret is where it has to be and nowhere else: not in a row of any table, not on a command line, not in
# a core, not in a file that others can read, not in what an error says. (Logs: secrets_reach_no_log.t.)
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Attack;
use Gatehouse::Gate;
use Gatehouse::Program;

my $server = instance();
my $var = $server->var;
my $w = world();
my $me = $w->as('resident101');
my $refreshed = client()->post('/api/auth/refresh', { refreshToken => $me->refresh_token })->json;
$me->token($refreshed->{accessToken});
my $browser = client();
$browser->post('/api/auth/login', { email => $w->email('resident102'), password => $w->password('x'), cookie => JSON::PP::true() });
my %account = (email => uuid() . '@example.test', password => 'a passphrase of mine 77');
my $made = client()->post('/api/auth/register', \%account, 'Idempotency-Key' => 'register-' . uuid())->json;
my $guard = $w->as('manager')->post('/v1/guards', { name => 'Kept', pin => '90817263' }, 'Idempotency-Key' => 'guard-' . uuid())->json;
my $tablet = $w->as('manager')->post('/v1/guards/register-device', { name => 'Kept', platform => 'web' }, 'Idempotency-Key' => 'tablet-' . uuid())->json;
client()->get('/v1/profile/me', Authorization => 'Bearer ' . $me->token . 'x');
client()->post('/api/auth/login', { email => $account{email}, password => 'another passphrase 88' });
my %secret = ('an access token' => $me->token, 'a refresh token' => $refreshed->{refreshToken}, 'the one before' => $me->refresh_token, 'a cookie' => $browser->cookies->{gh_access}{value},
	'a CSRF token' => $browser->cookies->{gh_csrf}{value}, 'a password' => $account{password}, 'a wrong one' => 'another passphrase 88', 'an account\'s token' => $made->{accessToken},
	'its refresh token' => $made->{refreshToken}, 'a PIN' => '90817263', 'a tablet\'s token' => $tablet->{device_token}, 'the secret that signs' => secret_of($server));

subtest 'in no row' => sub {
	my @tables = map { $_->[0] } sql(q{select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1});
	cmp_ok(scalar @tables, '>', 20, scalar(@tables) . ' tables');
	# A wildcard in a secret would find more, never less.
	for my $what (sort keys %secret) {
		my @found = map { $_->[0] } sql(join(' union all ', map { "select '$_' from $_ t where strpos(t::text, :'secret') > 0" } @tables), secret => $secret{$what});
		is_deeply(\@found, [], $what);
	}
	is_deeply([map { $_->[0] } sql(q{select distinct left(hash, 4) from user_passwords})], ['$s1$'], 'passwords are scrypt hashes');
	is_deeply([map { $_->[0] } sql(q{select distinct left(pin_hash, 4) from guards where pin_hash like '$%'})], ['$s1$'], 'PINs as well');
};

subtest 'in no answer but the first' => sub {
	my $manager = $w->as('manager');
	my @answers = ($manager->get('/v1/guards'), $manager->get("/v1/guards/$guard->{id}"), $manager->get('/v1/guards/devices'), $me->get('/v1/profile/me'), $me->get('/api/users/profile'), $me->get('/api/auth/sessions'),
		$w->as('admin')->get('/api/users/users?limit=100'), $w->as('guard')->get('/v1/visitors'), client()->get('/health'), client()->get('/api/status'), client()->post('/v1/auth/tablet', { device_token => $tablet->{device_token} }),
		$w->as('admin')->get('/metrics'));
	for my $answer (@answers) {
		is_deeply([grep { index($answer->body, $secret{$_}) >= 0 } sort keys %secret], [], $answer->summary =~ s/ ->.*//r);
		unlike($answer->body, qr/\$s1\$|"(?:pin|password|token)_?hash"/i, '… nor a hash');
	}
};

# A process may have ended since.
sub content_of {
	open my $in, '<', $_[0] or return '';
	local $/;
	return <$in> // '';
}

subtest 'in no core and on no command line' => sub {
	my @ours = grep { (readlink("$_/cwd") // '') =~ m{^\Q$var\E(?:/|$)} } glob '/proc/[0-9]*';
	cmp_ok(scalar @ours, '>', 15, scalar(@ours) . ' processes');
	my (@cores, @told);
	for my $process (@ours) {
		my ($limits, $line) = map { content_of("$process/$_") } qw(limits cmdline);
		$line =~ tr/\0/ /;
		push @cores, $line if $limits =~ /^Max core file size\s++(?!0\s+0\s)/m;
		push @told, $line if grep { index($line, $secret{$_}) >= 0 } keys %secret;
	}
	is_deeply(\@cores, [], 'none leaves a core');
	is_deeply(\@told, [], 'none is called with a secret');
};

subtest 'in no file of others' => sub {
	my $mode = sub { my @s = stat $_[0]; return @s ? sprintf '%04o', $s[2] & 07777 : 'missing' };
	is($mode->("$var/gatehouse.env"), '0600', 'the secrets are the owner\'s');
	is($mode->("$var/$_"), '0700', "$_/ too") for qw(run log pg redis nginx);
	is_deeply([grep { $mode->($_) !~ /00$/ } glob "$var/run/*.sock"], [], 'no socket is open to others');
	my $config = `psql -XAtq -h '$var/run' -U gatehouse -d gatehouse -c 'show listen_addresses'`;
	is($config, "\n", 'PostgreSQL listens on no address');
	like(`redis-cli -s '$var/run/redis.sock' config get port`, qr/^port\n0\n/, 'nor does Redis');
	my @open = split /\n/, `ss -Hltnp 2>/dev/null`;
	my %pids = map { (m{/proc/(\d+)} ? ($1 => 1) : ()) } grep { (readlink("$_/cwd") // '') =~ m{^\Q$var\E(?:/|$)} } glob '/proc/[0-9]*';
	my %ports = map { my ($port) = /:(\d+)\s/; ($port => 1) } grep { my $line = $_; grep { $pids{$_} } $line =~ /pid=(\d+)/g } @open;
	is_deeply([grep { $_ ne $server->port } sort keys %ports], [], 'one port is open');
};

subtest 'an error tells nobody what broke' => sub {
	my $id = announce($w)->{id};
	my $lost = Gatehouse::Program->new($server, 'visitors')->as_role('gh_system');
	for my $call ([GET => "/v1/visitors/$id"], [GET => '/v1/visitors'], [POST => "/v1/visitors/$id/cancel"]) {
		my $answer = $lost->request($me, @$call);
		cmp_ok($answer->status, '>=', 400, "@$call, by a program that may not");
		unlike($answer->body, qr/permission|denied|relation|visitors\b(?!")|gh_|SQL|select|function/, '… says nothing of why');
	}
	my $gone = Gatehouse::Program->new($server, 'visitors')->as_role('gh_nobody')->request($me, GET => '/v1/visitors');
	is($gone->status, 503, 'by one that is not let in');
	unlike($gone->body, qr/gh_|role|FATAL|socket|\/run/, '… neither');
	like($gone->header('Retry-After') // '', qr/^\d+$/, '… but when to come back');
};

done_testing;
