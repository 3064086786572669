# Tokens, passwords and guests' links are in no log, whatever goes wrong on the way.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $server = server();
tolerate(qw(5xx error restart));
my $world = world($server);
my $person = $world->as('resident101');
my $token = $person->token;
my $nobody = client($server);

my $stream = $nobody->stream("/api/sse/events?token=$token");
is($stream->status, 200, 'a stream takes its token from the query');
ok($stream->wait_for('CONNECTION_ESTABLISHED'), 'and is open');
$stream->close;
$nobody->get("/v1/visitors?token=$token");
$nobody->get("/v1/nowhere?token=$token&x=1");
$nobody->get("/i/$token");
$nobody->get("/health?token=$token&token=$token", 'X-Long' => 'x' x 9000);
$nobody->get('/api/auth/sessions', Authorization => "Bearer ${token}x");
$nobody->post('/api/auth/login', { email => 'someone@example.test', password => 'a secret passphrase' });
$nobody->raw("GET /api/sse/events?token=$token HTTP/1.1\r\nHost: a b\r\n\r\n");

# What nginx says when those behind it are away.
for my $service (qw(sse-daemon auth visitors)) {
	kill 'STOP', $server->keep_pid($service);
	kill 'KILL', $server->program_pid($service);
}
rename $server->var . '/run/auth.sock', $server->var . '/run/away';
my $away = $nobody->stream("/api/sse/events?token=$token");
is($away->status, 200, 'a stream is answered with 200 even when auth is away');
is($away->type, 'text/event-stream', 'as an event stream');
$away->wait_closed;
like($away->retry, qr/^\d{4}$/, 'that says when to come back');
problem_is($nobody->get("/api/auth/sessions?token=$token"), 503, 'unavailable', 'other calls are told 503');
problem_is($nobody->get("/api/events/poll?token=$token"), 503, 'unavailable', 'a poll too');
rename $server->var . '/run/away', $server->var . '/run/auth.sock';
kill 'CONT', $server->keep_pid($_) for qw(sse-daemon auth visitors);

$server->stop;
my ($payload) = $token =~ /^[^.]+\.([^.]+)/;
for my $secret ($payload, $person->refresh_token, $world->tablet_token, 'a secret passphrase', $world->password) {
	my @found = grep { index($server->log_text($_), $secret) >= 0 } map { m{([^/]+)\.log$} } $server->logs;
	is("@found", '', 'not in a log: ' . substr($secret, 0, 6) . '…');
}
my $lines = () = $server->log_text('access') =~ /"path":"\/api\/sse\/events"/g;
cmp_ok($lines, '>=', 2, 'while the requests themselves are logged');
like($server->log_text('access'), qr{"path":"/i/-"}, 'a guest\'s link without its secret part');

done_testing;
