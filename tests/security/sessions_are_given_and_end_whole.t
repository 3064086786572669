# A session is always one that we began (nobody fixes it beforehand), and when it ends all of it ends: in
# every program, in streams and polls that are open or just being opened.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Attack;
use Gatehouse::Gate;
use Gatehouse::Routes;
use Time::HiRes qw(time);

my $w = world();
sub session_of { my (undef, $claims) = claims_of($_[0]); return $claims->{sid} }
sub login_as { my ($c, $who, %more) = @_; return $c->post('/api/auth/login', { email => $w->email($who), password => $w->password($who), %more }) }

subtest 'nobody fixes a session' => sub {
	my $attacker = $w->as('stranger');
	my $victim = client();
	$victim->token($attacker->token);
	my $answer = login_as($victim, 'resident101');
	is($answer->status, 200, 'signing in while holding somebody\'s token');
	isnt(session_of($answer->json->{accessToken}), session_of($attacker->token), 'begins a session of one\'s own');
	is($attacker->get('/v1/profile/me')->json->{id}, $w->user_id('stranger'), 'the other\'s is still the other\'s');

	my $browser = client();
	$browser->{cookies} = { gh_access => { value => $attacker->token }, gh_csrf => { value => 'chosen' }, gh_refresh => { value => $attacker->refresh_token },
		session => { value => 'fixed' }, JSESSIONID => { value => 'fixed' } };
	is(login_as($browser, 'resident101', cookie => JSON::PP::true())->status, 200, 'with cookies that somebody planted');
	isnt($browser->cookies->{$_}{value}, $attacker->token, "$_ is replaced") for 'gh_access';
	isnt(session_of($browser->cookies->{gh_access}{value}), session_of($attacker->token), 'by a session of one\'s own');
	isnt($browser->cookies->{gh_csrf}{value}, 'chosen', 'the CSRF token too');
	is($browser->get('/v1/profile/me')->json->{id}, $w->user_id('resident101'), 'who one is says the sign-in');
	for my $name (qw(session sessionId session_id sid id user_id userId new_session accessToken)) {
		problem_is(login_as(client(), 'resident101', $name => session_of($attacker->token)), 422, 'validation_failed', "$name cannot be asked for");
	}
	my %ids = map { (session_of(login_as(client(), 'resident101')->json->{accessToken}) => 1) } 1 .. 5;
	is(scalar keys %ids, 5, 'five sign-ins are five sessions');
};

subtest 'a session that ends, ends in every program' => sub {
	my $c = $w->sign_in('resident102');
	my %seen;
	my @calls = grep { $_->method eq 'GET' && !$_->is_stream && !$_->fields('path') && $_->admits('resident') && !(grep { $_ eq 'anyone' } $_->who)
		&& !$seen{ $_->area }++ } Gatehouse::Routes->all;
	cmp_ok(scalar @calls, '>=', 4, 'a call of each area: ' . join ' ', map { $_->area } @calls);
	is($c->get($_->path)->status, 200, $_->name) for @calls;
	is($c->post('/api/auth/logout')->status, 204, 'signing out');
	problem_is($c->get($_->path), 401, 'token_revoked', $_->name) for @calls;
	is($c->stream->status, 401, 'no stream opens');
	problem_is($c->get('/api/events/poll'), 401, 'token_revoked', 'no poll');
};

subtest 'what hangs open is let go' => sub {
	my $c = $w->sign_in('resident103');
	my @streams = map { $c->stream } 1 .. 3;
	$_->wait_for('CONNECTION_ESTABLISHED') for @streams;
	my $since = $c->get('/api/events/poll')->json->{last};
	my $poll = client()->socket;
	print $poll "GET /api/events/poll?wait=30&since=$since HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " . $c->token . "\r\n\r\n";
	my $began = time;
	is($c->post('/api/auth/logout')->status, 204, 'signing out');
	is(scalar(grep { $_->wait_closed(5) } @streams), 3, 'every stream of it ends');
	my $got = '';
	1 while IO::Select->new($poll)->can_read(10) && sysread $poll, $got, 65536, length $got;
	cmp_ok(time - $began, '<', 8, 'the poll too, long before its time');
	unlike($got, qr/"type":"visitor/, 'without news');
};

subtest 'a stream that is just being opened' => sub {
	for my $round (1 .. 4) {
		my $c = $w->sign_in('family101');
		my $logout = client()->socket;
		$logout->autoflush(1);
		my $request = "POST /api/auth/logout HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\nAuthorization: Bearer " . $c->token . "\r\n\r\n";
		my @opening = map { my $s = client()->socket; $s->autoflush(1); $s } 1 .. 6;
		my $open = "GET /api/sse/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " . $c->token . "\r\n\r\n";
		print {$_} substr $open, 0, -1 for @opening;
		print $logout substr $request, 0, -1;
		syswrite $_, "\n" for @opening[0 .. 2], $logout, @opening[3 .. 5];
		my $end = time + 8;
		my $left = 6;
		for my $socket (@opening) {
			my $got = '';
			while (time < $end) {
				next unless IO::Select->new($socket)->can_read(0.5);
				sysread($socket, $got, 65536, length $got) or last;
				last if $got =~ /^HTTP\/1\.1 401.*\}/s || $got =~ /\r\n0\r\n\r\n\z/;
			}
			$left-- if $got =~ /^HTTP\/1\.1 401|SESSION_REVOKED|\r\n0\r\n\r\n\z/;
		}
		is($left, 0, "round $round: is refused or ends");
	}
};

subtest 'cookies are told to go' => sub {
	my $c = client();
	login_as($c, 'resident101', cookie => JSON::PP::true());
	my $answer = $c->post('/api/auth/logout', undef, 'X-CSRF-Token' => $c->cookies->{gh_csrf}{value});
	my @set = @{ $answer->headers->{'set-cookie'} };
	is(scalar(grep { /^gh_(?:access|refresh|csrf)=; .*Max-Age=0/ } @set), 3, 'all three');
	is(scalar(grep { /^gh_refresh=; Path=\/api\/auth\/refresh;/ } @set), 1, 'on the path they were set for');
};

done_testing;
