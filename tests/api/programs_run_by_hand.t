# A program without a listening socket serves one request as plain CGI; its options print what it is; what
# is set wrong stops it with a sentence.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use IPC::Open3;
use JSON::PP qw(decode_json);
use Symbol qw(gensym);

my $server = instance();
my $w = world();
my %env = (Gatehouse::Server::test_settings(), Gatehouse::Server::env_file($server->var . '/gatehouse.env'),
	DATABASE_URL => 'postgresql:///gatehouse?host=' . $server->var . '/run',
	REDIS_URL => 'unix://' . $server->var . '/run/redis.sock', GATEHOUSE_RUN => $server->var . '/run', PATH => $ENV{PATH});

# ($code, $stdout, $stderr) of a program of an area.
sub run_program {
	my ($area, $settings, $input, @arguments) = @_;
	my $program = $server->bin($area); # which build is in the environment
	local %ENV = (%env, %$settings);
	my $pid = open3(my $to, my $from, my $errors = gensym, $program, @arguments);
	print $to $input;
	close $to;
	local $/;
	my ($out, $err) = (scalar <$from> // '', scalar <$errors> // '');
	waitpid $pid, 0;
	return ($? >> 8, $out, $err);
}
sub request {
	my ($area, $method, $uri, $input, %more) = @_;
	my $json = $input ne '' ? { CONTENT_TYPE => 'application/json', CONTENT_LENGTH => length $input } : {};
	return run_program($area, { REQUEST_METHOD => $method, REQUEST_URI => $uri, QUERY_STRING => $uri =~ /\?(.*)/ ? $1 : '',
		REMOTE_ADDR => '192.0.2.7', %$json, %more }, $input);
}

my ($code, $out, $err) = request('premises', 'GET', '/v1/cities', '', HTTP_AUTHORIZATION => 'Bearer ' . $w->as('guard')->token);
is($code, 0, 'one request, and it ends');
like($out, qr/^Status: 200\r\n/, 'answered in the way of CGI');
like($out, qr/\r\n\r\n\{"data" ?: ?\[.*\}\z/s, 'with its body');
like($err, qr/^\{"event":"request".*"status":200.*\}$/m, 'and logged');
($code, $out) = request('auth', 'POST', '/api/auth/login', '{"email":"nobody@example.test","password":"something"}');
like($out, qr/^Status: 401\r\n.*"invalid_credentials"/s, 'a body is read from the standard input');
($code, $out) = request('auth', 'POST', '/api/auth/login', '{}', CONTENT_LENGTH => 20);
like($out, qr/^Status: 400\r\n.*"bad_request"/s, 'one that is shorter than it says is refused');
($code, $out) = request('auth', 'POST', '/api/auth/login', '{}', CONTENT_LENGTH => 20_000_000);
like($out, qr/^Status: 413\r\n.*"payload_too_large"/s, 'one that says it is too long is not even read');
($code, $out) = run_program('system', { REQUEST_METHOD => 'GET', PATH_INFO => '/api/status' }, '');
like($out, qr/^Status: 200\r\n.*"Gatehouse"/s, 'a server that only knows PATH_INFO will do');

for my $level (qw(debug warn error)) {
	($code, $out, $err) = request('system', 'GET', '/nowhere', '', LOG_LEVEL => $level);
	is($err =~ /"event":"request"/ ? 'said' : 'silent', $level eq 'debug' ? 'said' : 'silent', "LOG_LEVEL=$level");
}

($code, $out) = run_program('users', {}, '', '--settings');
is($code, 0, '--settings');
ok((grep { $_->{name} eq 'JWT_SECRET' && $_->{type} eq 'secret' } @{ decode_json($out) }), 'prints the table');
unlike($out, qr/\Q$env{JWT_SECRET}\E/, 'and no value');
($code, $out) = run_program('users', {}, '', '--version');
like($out, qr/^\S+\n\z/, '--version');
($code, $out, $err) = run_program('users', {}, '', '--nonsense');
is("$code $err", "2 users: no such option\n", 'no other option');

for (
	['JWT_SECRET', 'short', qr/JWT_SECRET must be at least 32 bytes/],
	['JWT_SECRET', '', qr/JWT_SECRET must be given/],
	['REDIS_URL', 'localhost', qr/REDIS_URL: not a Redis URL/],
	['CHILDREN', 'many', qr/CHILDREN must be a number from 1 to 64, not "many"/],
	['LOG_LEVEL', 'loud', qr/LOG_LEVEL must be one of: debug info warn error/],
) {
	my ($name, $value, $said) = @$_;
	($code, $out, $err) = run_program('users', { $name => $value }, '');
	is($code, 2, "$name=$value stops it");
	like($err, $said, '… and is named');
	next if $name eq 'JWT_SECRET';
	($code, $out, $err) = run_program('worker', { $name => $value }, '', 'relay');
	is($code, 2, '… a worker too');
}
($code, $out, $err) = run_program('worker', {}, '', 'nonsense');
like("$code $err", qr/^2 usage: worker /, 'a worker that there is none of');
for my $program (qw(users worker)) {
	($code, $out, $err) = run_program($program, {}, '', '--check');
	is("$code $err", '0 ', "$program --check prepares every statement");
	($code, $out, $err) = run_program($program, { DATABASE_URL => 'postgresql:///gatehouse?host=/nonexistent' }, '', '--check');
	like("$code $err", qr/^1 $program: no database: /, '… and says when there is no database');
}
done_testing;
