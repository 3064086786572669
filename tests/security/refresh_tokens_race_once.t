# A refresh token that many bring at the same moment: one new pair, given to all who may have it, and the
# session goes on; once ten seconds are over, or from anywhere else, it ends. Whatever races with it.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my $w = world();
my %AGENT = ('User-Agent' => 'a browser');
sub signed_in { my ($who) = @_; return $w->client->headers(%AGENT)->login($w->email($who), $w->password($who)) }
sub refresh_of { my ($token, %headers) = @_; return [client(), POST => '/api/auth/refresh', { refreshToken => $token }, %AGENT, %headers] }
sub later { sql(q{update refresh_tokens set used_at = used_at - interval '11 seconds' where session_id in (select id from sessions where user_id = :'u')}, u => $w->user_id($_[0])) }
sub pair { my $j = $_[0]->json; return "$j->{accessToken} $j->{refreshToken}" }
sub living { return sql_value(q{select count(*) from refresh_tokens t join sessions s on s.id = t.session_id
	where s.user_id = :'u' and t.used_at is null and s.revoked_at is null}, u => $w->user_id($_[0])) }

subtest 'twenty at once' => sub {
	my $c = signed_in('resident101');
	my @got = at_once(map { refresh_of($c->refresh_token) } 1 .. 20);
	is(scalar(grep { $_->status == 200 } @got), 20, 'are all answered');
	my %pairs = map { (pair($_) => 1) } grep { $_->status == 200 } @got;
	is(scalar keys %pairs, 1, 'with one and the same pair');
	is(living('resident101'), 1, 'one refresh token lives');
	$c->token($got[0]->json->{accessToken});
	is($c->get('/v1/profile/me')->status, 200, 'the session was not taken for stolen');
	my $next = client()->post('/api/auth/refresh', { refreshToken => $got[0]->json->{refreshToken} }, %AGENT);
	is($next->status, 200, 'and goes on with the new pair');
	later('resident101');
	problem_is(client()->post('/api/auth/refresh', { refreshToken => $c->refresh_token }, %AGENT), 401, 'token_reused', 'after the ten seconds the old one ends it');
	$c->token($next->json->{accessToken});
	problem_is($c->get('/v1/profile/me'), 401, 'token_revoked', 'wholly');
	is(living('resident101'), 0, 'no refresh token lives');
};

subtest 'a thief among them' => sub {
	my $c = signed_in('resident102');
	my @got = at_once(map { refresh_of($c->refresh_token, $_ % 2 ? () : ('User-Agent' => "a thief $_")) } 1 .. 12);
	my %pairs = map { (pair($_) => 1) } grep { $_->status == 200 } @got;
	is(scalar keys %pairs, 1, 'one pair is given at most');
	is_deeply([grep { !/^(?:token_reused|token_revoked)$/ } map { $_->code } grep { $_->status != 200 } @got], [], 'to the others it is told why not');
	ok(scalar(grep { ($_->code // '') eq 'token_reused' } @got), 'it is noticed');
	my ($access) = (keys %pairs)[0] =~ /^(\S+)/;
	problem_is(client()->get('/v1/profile/me', Authorization => "Bearer $access"), 401, 'token_revoked', 'and whoever got the pair has nothing of it');
	is(living('resident102'), 0, 'no refresh token lives');
};

subtest 'signing out at the same moment' => sub {
	for my $round (1 .. 5) {
		my $c = signed_in('resident103');
		my @got = at_once((map { refresh_of($c->refresh_token) } 1 .. 4), [$c, POST => '/api/auth/logout'], (map { refresh_of($c->refresh_token) } 1 .. 4));
		my ($out) = splice @got, 4, 1;
		is($out->status, 204, 'is done');
		for my $pair (grep { $_->status == 200 } @got) {
			problem_is(client()->get('/v1/profile/me', Authorization => 'Bearer ' . $pair->json->{accessToken}), 401, 'token_revoked', 'no pair survives it');
			problem_is(client()->post('/api/auth/refresh', { refreshToken => $pair->json->{refreshToken} }, %AGENT), 401, 'token_revoked', 'nor its refresh token');
			last;
		}
	}
	is(living('resident103'), 0, 'no refresh token lives');
};

subtest 'what nobody can make out of it' => sub {
	my $c = signed_in('family101');
	my $next = client()->post('/api/auth/refresh', { refreshToken => $c->refresh_token }, %AGENT)->json->{refreshToken};
	like($next, qr/^[\w-]{43}$/, 'the next token has 256 bits');
	my $again = signed_in('family101');
	my $other = client()->post('/api/auth/refresh', { refreshToken => $again->refresh_token }, %AGENT)->json->{refreshToken};
	isnt($other, $next, 'another session another');
	is(sql_value(q{select count(*) from refresh_tokens where hash in (:'a', :'b')}, a => $next, b => $c->refresh_token), 0, 'the database has neither');
	for my $twist ($next . 'A', substr($next, 0, 42), uc $next, "$next ", "$next\t", "$next\x00") {
		problem_is(client()->post('/api/auth/refresh', { refreshToken => $twist }, %AGENT), $twist =~ /\x00/ ? (400, 'malformed_json') : (401, 'unauthenticated'), 'almost the token is none');
	}
	is(client()->post('/api/auth/refresh', { refreshToken => $next }, %AGENT)->status, 200, 'and does it no harm');
};

done_testing;
