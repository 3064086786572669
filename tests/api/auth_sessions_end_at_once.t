# Every way to end a session, each at once: its access token, its refresh token, its live stream.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $w = world();
sub signed_in { return $w->sign_in($_[0] || 'resident101') }
sub is_over {
	my ($c, $claim) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	problem_is($c->get('/v1/profile/me'), 401, 'token_revoked', $claim);
	problem_is(client()->post('/api/auth/refresh', { refreshToken => $c->refresh_token }), 401, 'token_revoked',
		'… with its refresh token');
}
sub goes_on { my ($c, $claim) = @_; is($c->get('/v1/profile/me')->status, 200, $claim) }
sub session_id { my ($c) = @_; return (map { $_->{id} } grep { $_->{current} } @{ $c->get('/api/auth/sessions')->data })[0] }

subtest 'logout' => sub {
	my ($one, $other) = (signed_in(), signed_in());
	my $stream = $one->stream;
	ok($stream->wait_for('CONNECTION_ESTABLISHED'), 'with a live stream open');
	is($one->post('/api/auth/logout')->status, 204, 'is answered with nothing');
	ok($stream->wait_for('SESSION_REVOKED', 5), 'the stream is told');
	ok($stream->wait_closed(5), 'and closed');
	is_over($one, 'the session is over');
	goes_on($other, 'the other one is not');
	problem_is($one->post('/api/auth/logout'), 401, 'token_revoked', 'a second time');
};

subtest 'logout-all' => sub {
	my @mine = map { signed_in('resident102') } 1 .. 3;
	my $neighbour = signed_in('resident103');
	is($mine[0]->post('/api/auth/logout-all')->status, 204, 'is answered with nothing');
	is_over($_, 'one session') for @mine;
	goes_on($neighbour, 'somebody else stays');
	my $count = sql_value(q{select count(*) from audit_logs where action = 'auth.revoke' and actor = :'u'
		and data ->> 'reason' = 'logged out everywhere'}, u => $w->user_id('resident102'));
	is($count, 3, 'each end is in the audit');
};

subtest 'revoke' => sub {
	my ($here, $there) = (signed_in(), signed_in());
	is($here->post('/api/auth/revoke', { token => $there->token })->status, 204, 'an access token of another session');
	is_over($there, 'ends that session');
	$there = signed_in();
	is($here->post('/api/auth/revoke', { token => $there->refresh_token })->status, 204, 'a refresh token');
	is_over($there, 'does too');
	goes_on($here, 'this one goes on');
	is($here->post('/api/auth/revoke', { token => $here->token })->status, 204, 'one\'s own');
	is_over($here, 'is over then');

	my ($me, $neighbour) = (signed_in(), signed_in('resident103'));
	problem_is($me->post('/api/auth/revoke', { token => $neighbour->token }), 404, 'not_found', 'somebody else\'s access token');
	problem_is($me->post('/api/auth/revoke', { token => $neighbour->refresh_token }), 404, 'not_found', 'somebody else\'s refresh token');
	goes_on($neighbour, 'is none of our business');
	problem_is($me->post('/api/auth/revoke', { token => 'no such token' }), 404, 'not_found', 'no token at all');
	problem_is($me->post('/api/auth/revoke', {}), 422, 'validation_failed', 'nothing');
};

subtest 'sessions' => sub {
	my $p = world();
	my $here = $p->client->headers('User-Agent' => 'The kitchen tablet')->login($p->email('resident101'), $p->password('x'));
	my $there = $p->client->headers('User-Agent' => 'A phone')->login($p->email('resident101'), $p->password('x'));
	my $list = $here->get('/api/auth/sessions');
	is(scalar @{ $list->data }, 2, 'all of one\'s sessions are listed');
	my ($mine, $other) = sort { !!$b->{current} <=> !!$a->{current} } @{ $list->data };
	is_deeply([sort keys %$mine], [sort qw(id ip userAgent createdAt lastUsedAt current)], 'as API.md has them');
	is($mine->{userAgent}, 'The kitchen tablet', 'with the program');
	is($mine->{ip}, '127.0.0.1', 'and the address');
	is($other->{userAgent}, 'A phone', 'the other one too');
	ok(!$other->{current}, 'which is not this one');
	is($here->delete("/api/auth/sessions/$other->{id}")->status, 204, 'it can be ended from here');
	is_over($there, 'it is over');
	is(scalar @{ $here->get('/api/auth/sessions')->data }, 1, 'and gone from the list');
	problem_is($here->delete("/api/auth/sessions/$other->{id}"), 404, 'not_found', 'a second time');
	problem_is($here->delete('/api/auth/sessions/' . session_id(signed_in('resident103'))), 404, 'not_found', 'somebody else\'s');
	problem_is($here->delete('/api/auth/sessions/7'), 404, 'not_found', 'a malformed id');
	$p->sign_in('resident101') for 1 .. 3;
	my $page = $here->get('/api/auth/sessions?limit=2');
	is(scalar @{ $page->data }, 2, 'the list has pages');
	is(scalar @{ $here->get('/api/auth/sessions?limit=2&cursor=' . $page->next)->data }, 2, 'and goes on');
};

subtest 'password' => sub {
	my $p = world();
	my ($here, $there) = ($p->sign_in('resident102'), $p->sign_in('resident102'));
	my %change = (currentPassword => $p->password('x'), newPassword => 'battery staple 9');
	my $wrong = $here->post('/api/auth/password', { %change, currentPassword => 'not it' });
	problem_is($wrong, 401, 'invalid_credentials', 'a wrong current password');
	problem_is($here->post('/api/auth/password', { %change, newPassword => 'password1' }), 422, 'validation_failed', 'a common new one');
	goes_on($there, 'neither changes anything');
	is($here->post('/api/auth/password', \%change)->status, 204, 'the right one');
	goes_on($here, 'this session goes on');
	is_over($there, 'the others are over');
	my %login = (email => $p->email('resident102'));
	problem_is($p->client->post('/api/auth/login', { %login, password => $p->password('x') }), 401, 'invalid_credentials', 'the old password');
	is($p->client->post('/api/auth/login', { %login, password => 'battery staple 9' })->status, 200, 'the new one');
};

subtest 'a disabled user is out' => sub {
	my $c = signed_in('family101');
	sql(q{update users set disabled_at = now() where id = :'id'}, id => $w->user_id('family101'));
	is_over($c, 'with every session');
};

subtest 'roles are those of today' => sub {
	my $c = signed_in('resident103');
	is($c->get('/v1/visitors')->status, 200, 'a resident sees visitors');
	sql(q{delete from role_assignments where user_id = :'id'}, id => $w->user_id('resident103'));
	problem_is($c->get('/v1/visitors'), 403, 'forbidden', 'and no more with the same token once the role is gone');
};

done_testing;
