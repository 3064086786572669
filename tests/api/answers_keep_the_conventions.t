# What every answer keeps to: validators and 304, HEAD, 405 with Allow, 415, 413, request ids, the
# members of a problem.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;
use Gatehouse::Routes;

my $w = world();
my $guard = $w->as('guard');
my $v = announce($w);

subtest 'reading again' => sub {
	for my $path ("/v1/visitors/$v->{id}", '/v1/visitors', '/v1/profile/me', '/api/auth/sessions') {
		my $first = $guard->get($path);
		my $tag = $first->header('ETag');
		like($tag, qr{^W/"[\w-]+"$}, "$path has a weak validator");
		is($first->header('Cache-Control'), 'private, no-cache', '… is one\'s own, asked for again each time');
		my $again = $guard->get($path, 'If-None-Match' => $tag);
		is($again->status, 304, '… and not sent again');
		is($again->body, '', '… at all');
		is($again->header('ETag'), $tag, '… with the same validator');
		is($again->header('Cache-Control'), 'private, no-cache', '… and the same cache rule');
		is($guard->get($path, 'If-None-Match' => qq("other", $tag))->status, 304, '… one of several will do');
		is($guard->get($path, 'If-None-Match' => $tag =~ s{^W/}{}r)->status, 304, '… the comparison is weak');
		is($guard->get($path, 'If-None-Match' => '*')->status, 304, '… so will any');
		is($guard->get($path, 'If-None-Match' => 'W/"other"')->status, 200, '… another will not');
	}
	my $path = "/v1/visitors/$v->{id}";
	my $tag = $guard->get($path)->header('ETag');
	move($w, 'respond', $v->{id});
	my $changed = $guard->get($path, 'If-None-Match' => $tag);
	is($changed->status, 200, 'what has changed is sent');
	isnt($changed->header('ETag'), $tag, 'with a new validator');
	isnt($w->as('resident101')->get('/v1/profile/me')->header('ETag'), $w->as('resident102')->get('/v1/profile/me')->header('ETag'), 'people have their own');
};

subtest 'everything else is not stored' => sub {
	is($_->header('Cache-Control'), 'no-store', $_->summary =~ s/ \(.*//r =~ s/[0-9a-f-]{36}/…/gr)
		for $guard->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'X' }), $guard->get('/v1/visitors/' . uuid()),
			client()->get('/v1/visitors'), $guard->get('/v1/guards'), $guard->post('/v1/visitors', '{'), $guard->put('/v1/visitors', {});
};

subtest 'HEAD is GET without the body' => sub {
	for my $path ("/v1/visitors/$v->{id}", '/v1/visitors?limit=1', '/health', '/v1/cities') {
		my ($get, $head) = ($guard->get($path), $guard->head($path));
		is($head->status, 200, $path);
		is($head->body, '', '… has no body');
		for my $name (qw(Content-Type Cache-Control), $path eq '/health' ? () : qw(ETag Content-Length)) {
			is($head->header($name), $get->header($name), "… and the same $name");
		}
	}
	is(client()->head('/v1/visitors')->status, 401, 'refusals as well');
	is($guard->head('/v1/visitors/' . uuid())->status, 404, 'of every kind');
	is($guard->head("/v1/visitors/$v->{id}/respond")->status, 405, 'where nothing can be got');
};

subtest 'methods' => sub {
	my %methods;
	push @{ $methods{ $_->path } }, $_->method for Gatehouse::Routes->all;
	for my $path (sort keys %methods) {
		(my $there = $path) =~ s/:\w+/uuid()/ge;
		my %has = map { $_ => 1 } @{ $methods{$path} };
		my $allow = join ', ', map { $_ eq 'GET' ? 'GET, HEAD' : $_ } grep { $has{$_} } qw(GET POST PUT PATCH DELETE);
		my @wrong;
		for my $method (grep { !$has{$_} } qw(GET POST PUT PATCH DELETE), 'FETCH') {
			my $answer = client()->request($method, $there);
			push @wrong, "$method: $_" for $answer->problem_faults(405, 'method_not_allowed');
			push @wrong, "$method: Allow is " . ($answer->header('Allow') // 'missing') if ($answer->header('Allow') // '') ne $allow;
		}
		is_deeply(\@wrong, [], "$path takes $allow");
	}
	problem_is($guard->get('/v1/nothing'), 404, 'not_found', 'a path that is none');
	problem_is($guard->get("/v1/visitors/$v->{id}/"), 404, 'not_found', 'a slash too many');
	problem_is($guard->get('/v1//visitors')->status == 200 ? $guard->get('/v1/visitorsx') : $guard->get('/v1//visitors'), 404, 'not_found', 'or near one');
	problem_is($guard->post("/v1/visitors/$v->{id}/explode"), 404, 'not_found', 'whatever the method');
};

subtest 'types of bodies' => sub {
	my $body = json_of({ flat_id => $w->flat('101'), visitor_name => 'X' });
	for my $type ('text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', 'application/json+x', 'text/json', '*/*') {
		problem_is($guard->post('/v1/visitors', $body, 'Content-Type' => $type), 415, 'unsupported_media_type', $type);
	}
	problem_is($guard->raw("POST /v1/visitors HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " . $guard->token
		. "\r\nContent-Length: " . length($body) . "\r\n\r\n$body"), 415, 'unsupported_media_type', 'none');
	for my $type ('application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8') {
		is($guard->post('/v1/visitors', $body, 'Content-Type' => $type)->status, 201, $type);
	}
};

subtest 'sizes' => sub {
	my $fits = sub { my ($n) = @_; my $body = json_of({ flat_id => $w->flat('101'), visitor_name => 'X' }); return $body . ' ' x ($n - length $body) };
	is($guard->post('/v1/visitors', $fits->(65536))->status, 201, 'a body of 64 KiB');
	problem_is($guard->post('/v1/visitors', $fits->(65537)), 413, 'payload_too_large', 'one byte more');
	my $body = $fits->(70000);
	problem_is($guard->raw("POST /v1/visitors HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer "
		. $guard->token . "\r\nTransfer-Encoding: chunked\r\n\r\n" . sprintf("%x\r\n%s\r\n0\r\n\r\n", length $body, $body)), 413, 'payload_too_large', 'in chunks as well');
	$body = $fits->(200);
	is($guard->raw("POST /v1/visitors HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer "
		. $guard->token . "\r\nTransfer-Encoding: chunked\r\n\r\n" . sprintf("%x\r\n%s\r\n0\r\n\r\n", length $body, $body))->status, 201, 'which are taken');
};

subtest 'request ids' => sub {
	my $id = uuid();
	is($guard->get("/v1/visitors/$v->{id}", 'X-Request-Id' => $id)->header('X-Request-Id'), $id, 'the client\'s own');
	my $refused = $guard->get('/v1/visitors/' . uuid(), 'X-Request-Id' => $id);
	is($refused->json->{instance}, $id, 'is the instance of a problem');
	for my $bad ('x', '../../etc', "$id$id", "{$id}", '') {
		my $answer = $guard->get("/v1/visitors/$v->{id}", 'X-Request-Id' => $bad);
		like($answer->header('X-Request-Id'), qr/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'one that is no UUID is replaced: ' . ($bad =~ /^\{?$id/ ? 'a UUID and more' : "'$bad'"));
	}
};

subtest 'bodies that are no objects' => sub {
	problem_is($guard->post('/v1/visitors', $_), 400, 'malformed_json', "not JSON: $_") for '{', '{"a":1,}', "{'a':1}", 'nul', '{"a":1}{"b":2}', '{"a":01}', '{"a":NaN}', '"\ud800"', "\x00", '{"a":"' . "\t" . '"}';
	for my $body ('[]', '"x"', '7', 'true', 'null') {
		my $answer = $guard->post('/v1/visitors', $body);
		problem_is($answer, 422, 'validation_failed', "JSON, but no object: $body");
		ok(scalar(grep { $_ eq 'body' } $answer->fields), '… as the field body says');
	}
	problem_is($guard->post('/v1/visitors', ''), 422, 'validation_failed', 'nothing at all: what is required is named');
	problem_is($guard->post('/v1/visitors', '{"flat_id":"x","flat_id":"y"}'), 400, 'malformed_json', 'a member twice');
};

done_testing;
