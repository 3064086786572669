# Whoever makes an answer (a program, a page, nginx refusing by itself, the push daemon), it carries what
# helmet 8 sets by default, as strictly or more, and nothing that says what runs here.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Attack;

my $c = client();
my $w = world();
my $me = $w->as('resident101');

# helmet 8's defaults. Where ours is stricter, what it must be; else its value.
my %HELMET = (
	'Cross-Origin-Opener-Policy' => qr/^same-origin$/, 'Cross-Origin-Resource-Policy' => qr/^same-origin$/, 'Origin-Agent-Cluster' => qr/^\?1$/,
	'Referrer-Policy' => qr/^no-referrer$/, 'Strict-Transport-Security' => qr/^max-age=31536000; includeSubDomains$/,
	'X-Content-Type-Options' => qr/^nosniff$/, 'X-DNS-Prefetch-Control' => qr/^off$/, 'X-Download-Options' => qr/^noopen$/,
	'X-Frame-Options' => qr/^(?:SAMEORIGIN|DENY)$/, 'X-Permitted-Cross-Domain-Policies' => qr/^none$/, 'X-XSS-Protection' => qr/^0$/,
);
# Its content policy by directive; what is not named falls back to default-src.
my %POLICY = (
	'default-src' => q('self'), 'base-uri' => q('self'), 'font-src' => q('self' https: data:), 'form-action' => q('self'), 'frame-ancestors' => q('self'),
	'img-src' => q('self' data:), 'object-src' => q('none'), 'script-src' => q('self'), 'script-src-attr' => q('none'), 'style-src' => q('self' https: 'unsafe-inline'),
);
my @FALL_BACK = qw(font-src img-src object-src script-src style-src);

sub policy_faults {
	my ($text) = @_;
	my %ours = map { my ($name, @values) = split ' '; defined $name ? ($name => \@values) : () } split /;/, $text // '';
	my @faults;
	for my $name (sort keys %POLICY) {
		my $values = $ours{$name} // ($name eq 'script-src-attr' ? $ours{'script-src'} : undef) // ((grep { $_ eq $name } @FALL_BACK) ? $ours{'default-src'} : undef);
		my %allowed = map { ($_ => 1) } split(' ', $POLICY{$name}), q('none');
		# 'self' allows no attribute: those are inline.
		$allowed{q('self')} = 1 if $name eq 'script-src-attr';
		push @faults, $values ? map { "$name $_" } grep { !$allowed{$_} } @$values : "no $name";
	}
	push @faults, grep { /unsafe|\*|http:/ } map { @$_ } values %ours;
	return @faults;
}
sub faults {
	my ($answer) = @_;
	my @faults;
	for my $name (sort keys %HELMET) {
		my $value = $answer->headers->{ lc $name };
		push @faults, !defined $value ? "no $name" : ref $value ? "$name twice" : $value !~ $HELMET{$name} ? "$name: $value" : ();
	}
	push @faults, policy_faults($answer->header('Content-Security-Policy'));
	push @faults, 'no X-Request-Id' if ($answer->header('X-Request-Id') // '') !~ /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
	push @faults, map { "$_: " . $answer->header($_) } grep { defined $answer->header($_) } qw(X-Powered-By X-AspNet-Version Via X-Runtime X-Accel-Redirect X-Accel-Buffering X-Stream-User X-Stream-Topics Status);
	push @faults, 'Server: ' . $answer->header('Server') if ($answer->header('Server') // '') =~ /\d/;
	push @faults, 'no Cache-Control' unless $answer->header('Cache-Control') || $answer->status =~ /^(?:204|301|304)$/;
	return @faults;
}
sub carries {
	my ($answer, $status, $claim) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($answer->status, $status, $claim);
	is_deeply([faults($answer)], [], '… has every header');
}
sub raw { my ($answer) = answers_to($c, @_); return $answer || Gatehouse::Answer->new('raw', 0, {}, '') }
sub ask { my ($line, @headers) = @_; return raw(join "\r\n", "$line HTTP/1.1", 'Host: x', 'Connection: close', @headers, '', '') }
my $bearer = 'Authorization: Bearer ' . $me->token;

subtest 'programs' => sub {
	carries($c->get('/health'), 200, 'an answer');
	carries($me->get('/v1/profile/me'), 200, 'one that is somebody\'s');
	my $visitor = $me->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'Guest' });
	carries($visitor, 201, 'one of something made');
	my $path = '/v1/visitors/' . $visitor->json->{id};
	carries($me->get($path, 'If-None-Match' => $me->get($path)->header('ETag')), 304, 'one that says nothing is new');
	carries($me->head($path), 200, 'one without its body');
	carries($me->get("$path/qr.svg"), 200, 'a picture');
	carries($c->get($visitor->json->{invite_url} =~ s{^https?://[^/]+}{}r), 200, 'a guest\'s page');
	carries($c->get('/v1/profile/me'), 401, 'who is not signed in');
	carries($me->get('/v1/guards'), 403, 'who may not');
	carries($c->get('/v1/nowhere'), 404, 'what is not there');
	carries($me->delete('/v1/cities'), 405, 'what cannot be done');
	carries($me->post('/v1/visitors', '{'), 400, 'what cannot be read');
	carries($me->post('/v1/visitors', 'x', 'Content-Type' => 'text/plain'), 415, 'what is not spoken');
	carries($me->post('/v1/visitors', {}), 422, 'what is not valid');
	carries($w->sign_in('resident102')->post('/api/auth/logout'), 204, 'nothing');
};

subtest 'pages' => sub {
	carries($c->get('/'), 200, 'a page');
	carries($c->get($_), 200, $_) for '/home/', '/gate/', '/docs/', '/js/boot.js', '/css/base.css', '/icon.svg', '/manifest.webmanifest';
	carries($c->get('/', 'If-None-Match' => $c->get('/')->header('ETag')), 304, 'one that is as it was');
	carries($c->get('/js/boot.js', Range => $_), 200, "Range: $_, which is not spoken") for 'bytes=0-9', 'bytes=999999-', 'bytes=' . join ',', map { "0-$_" } 1 .. 200;
	carries($c->get('/gate'), 301, 'a folder without its slash');
	carries($c->get('/js/'), 404, 'a folder without a page');
	carries($c->get('/js/boot.js', 'If-Match' => '"x"'), 412, 'a condition that does not hold');
};

subtest 'nginx by itself' => sub {
	carries(ask('OPTIONS /v1/visitors', 'Origin: https://evil.example', 'Access-Control-Request-Method: POST'), 204, 'a preflight');
	carries(ask('GET /%00'), 400, 'a malformed address');
	carries(raw("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400, 'a malformed header');
	carries(ask('POST /'), 405, 'a method no page takes');
	carries(ask('TRACE /'), 405, 'TRACE');
	carries(ask('POST /v1/visitors', 'Content-Length: 9999999', $bearer), 413, 'too large a body');
	carries(ask('GET /' . 'x' x 9000), 414, 'too long an address');
	carries(ask('GET /', 'X: ' . 'x' x 9000), 431, 'too large a header');
	carries(raw("GET / HTTP/3.0\r\n\r\n"), 505, 'an unknown version');
	carries(ask('GET /internal/stream'), 404, 'what is internal');
	carries(ask('GET /.git/config'), 404, 'what is hidden');
};

subtest 'the push daemon' => sub {
	my $stream = $me->stream;
	carries(Gatehouse::Answer->new('stream', $stream->status, $stream->{headers}, ''), 200, 'a stream');
	$stream->close;
	carries($me->get('/api/events/poll'), 200, 'a poll');
	carries($me->get('/api/events/poll?topics=x'), 403, 'one that is refused');
	carries($w->as('admin')->get('/api/sse/stats'), 200, 'its figures');
};

subtest 'what must not be kept' => sub {
	like($me->get('/v1/profile/me')->header('Cache-Control'), qr/\bprivate\b/, 'what is somebody\'s is kept by that browser alone');
	is($_->header('Cache-Control'), 'no-store', $_->status . ' is kept by nobody') for $c->get('/v1/profile/me'), $me->post('/v1/visitors', {}), $c->get('/v1/nowhere'),
		$c->post('/api/auth/login', { email => $w->email('resident103'), password => $w->password('resident103') });
	my ($token) = $me->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'Guest' })->json->{invite_url} =~ m{/i/(.+)};
	unlike($c->get("/i/$token")->header('Cache-Control'), qr/public/, 'a guest\'s page is not for caches on the way');
};

done_testing;
