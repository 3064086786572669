# A refresh token is good once: its successor is the same for two tabs of one browser that race within
# ten seconds, and anybody else who brings it again ends the session.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my $w = world();
sub fresh {
	my ($agent) = @_;
	my $c = client();
	$c->headers('User-Agent' => $agent || 'a browser');
	return $c->login($w->email('resident101'), $w->password('resident101'));
}
sub refresh { my ($c, $token, %headers) = @_; return $c->post('/api/auth/refresh', { refreshToken => $token }, Authorization => undef, %headers) }

subtest 'each use gives a new pair' => sub {
	my $c = fresh();
	my $first = refresh($c, $c->refresh_token);
	is($first->status, 200, 'the first use');
	is_deeply([sort keys %{ $first->json }], [sort qw(accessToken refreshToken tokenType expiresIn)], 'answers with a pair');
	isnt($first->json->{refreshToken}, $c->refresh_token, 'which is new');
	my $session = $c->get('/api/auth/sessions')->data;
	$c->token($first->json->{accessToken});
	is($c->get('/v1/profile/me')->status, 200, 'and works');
	my $second = refresh($c, $first->json->{refreshToken});
	is($second->status, 200, 'so does the next');
	is(scalar @{ $c->get('/api/auth/sessions')->data }, scalar @$session, 'it is the same session throughout');
	is(sql_value(q{select count(*) from refresh_tokens where hash = :'t'}, t => $c->refresh_token), 0, 'tokens are not stored as they are');
};

subtest 'two tabs that race get the same pair' => sub {
	my $c = fresh();
	my $token = $c->refresh_token;
	my @both = map { $_->json } at_once(map { [$c, POST => '/api/auth/refresh', { refreshToken => $token },
		Authorization => 'none', 'User-Agent' => 'a browser'] } 1 .. 4);
	is(scalar(grep { $_->{refreshToken} } @both), 4, 'all are answered');
	my %pairs = map { ("$_->{refreshToken} $_->{accessToken}" => 1) } @both;
	is(scalar keys %pairs, 1, 'with one and the same pair') or diag explain \@both;
	is(refresh($c, $both[0]{refreshToken})->status, 200, 'which works');
};

subtest 'another client that brings it again' => sub {
	my $c = fresh('a browser');
	my $next = refresh($c, $c->refresh_token)->json;
	my $thief = refresh($c, $c->refresh_token, 'User-Agent' => 'a thief');
	problem_is($thief, 401, 'token_reused', 'is refused');
	$c->token($next->{accessToken});
	problem_is($c->get('/v1/profile/me'), 401, 'token_revoked', 'and the session is over');
	problem_is(refresh($c, $next->{refreshToken}), 401, 'token_revoked', 'for its rightful owner too');
	my ($event) = sql(<<~'SQL', u => $w->user_id('resident101'));
		select data ->> 'reason' from audit_logs
		where actor = :'u' and action = 'auth.revoke' order by ord desc limit 1
		SQL
	is($event->[0], 'refresh token used twice', 'the audit says why');
};

subtest 'after the ten seconds the same client counts as another' => sub {
	my $c = fresh();
	my $next = refresh($c, $c->refresh_token)->json;
	sql(q{update refresh_tokens set used_at = used_at - interval '11 seconds' where used_at is not null and session_id in
		(select id from sessions where user_id = :'u')}, u => $w->user_id('resident101'));
	problem_is(refresh($c, $c->refresh_token), 401, 'token_reused', 'its old token is refused');
	problem_is(refresh($c, $next->{refreshToken}), 401, 'token_revoked', 'the session is over');
};

subtest 'what else is refused' => sub {
	my $c = fresh();
	problem_is(refresh($c, 'x' x 43), 401, 'unauthenticated', 'an unknown token');
	problem_is($c->post('/api/auth/refresh', {}, Authorization => undef), 401, 'unauthenticated', 'none at all');
	problem_is($c->post('/api/auth/refresh', undef, Authorization => undef), 401, 'unauthenticated', 'not even a body');
	problem_is(refresh($c, $c->token), 422, 'validation_failed', 'an access token in its place') if length $c->token > 200;
	problem_is(refresh($c, 17), 422, 'validation_failed', 'a number');
	sql(q{update refresh_tokens set expires_at = now() - interval '1 second' where session_id in
		(select id from sessions where user_id = :'u')}, u => $w->user_id('resident101'));
	problem_is(refresh($c, $c->refresh_token), 401, 'token_expired', 'one that has expired');
	$c = fresh();
	is($c->post('/api/auth/refresh', { refresh_token => $c->refresh_token }, Authorization => undef)->status, 200,
		'the name may be written in snake case');
	$c = fresh();
	is($c->post('/api/auth/logout')->status, 204, 'after signing out');
	problem_is(refresh($c, $c->refresh_token), 401, 'token_revoked', 'the refresh token is worth nothing');
};

done_testing;
