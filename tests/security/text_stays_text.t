# What people type is text to PostgreSQL, to the pages and to the logs: SQL in every field changes no
# statement, markup comes back as it was typed and is escaped where HTML is made, and no line is forged.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Attack;
use Gatehouse::Example;
use Gatehouse::Gate;
use Gatehouse::Routes;
use Time::HiRes qw(time);

my $w = world();
my $me = $w->as('resident101');
sub encoded { my ($text) = @_; utf8::encode($text) if utf8::is_utf8($text); return $text =~ s/([^A-Za-z0-9])/sprintf '%%%02x', ord $1/ger }
my @probes = map { my $p = $_; utf8::decode($p); $p } @INJECTIONS;
my %ACTOR = (resident => 'resident101', guard => 'guard', manager => 'manager', operator => 'operator', technician => 'technician', customer => 'customer', user => 'resident101', admin => 'admin', anyone => 'resident101');

subtest 'SQL in every field of every call' => sub {
	my $before = join ' ', map { $_->[0] } sql(q{select count(*) from pg_class where relnamespace = 'public'::regnamespace union all select count(*) from pg_proc where pronamespace = 'public'::regnamespace});
	my $fields = 0;
	for my $route (grep { !$_->is_stream && $_->path !~ m{^/(?:api/auth/(?:logout|password|login|register|signup|revoke)|v1/auth/guard)} } Gatehouse::Routes->all) {
		my ($who) = map { $ACTOR{$_} } grep { $ACTOR{$_} } $route->who;
		my $client = $w->as($who // 'admin');
		my @faults;
		my ($path, $body) = Gatehouse::Example::request($route, $w, $who // 'admin');
		for my $field ($route->input) {
			$fields++;
			# What is no text is refused before it is anything: three will show it.
			for my $probe ($field->{type} =~ /^(?:text|secret|cursor|zone)$/ ? @probes : @probes[0 .. 2]) {
				my ($at, $with) = ($path, $body);
				$at = $route->path =~ s{:(\w+)}{encoded($probe)}ger if $field->{in} eq 'path';
				$at = ($path =~ s/\?.*//r) . "?$field->{name}=" . encoded($probe) if $field->{in} eq 'query';
				$with = { %{ $body || {} }, $field->{name} => $probe } if $field->{in} eq 'body';
				my $began = time;
				my $answer = $client->request($route->method, $at, $with);
				push @faults, "$field->{in} $field->{name} = $probe: " . $answer->summary if $answer->status >= 500;
				push @faults, "$field->{in} $field->{name} = $probe took " . (time - $began) . ' s' if time - $began > 4.5;
				push @faults, "$field->{in} $field->{name} = $probe: " . substr $answer->body, 0, 200 if $answer->body =~ /syntax error|SQLSTATE|pg_|unterminated|relation "|\$s1\$/ && $answer->body !~ /\Q@{[substr json_of($probe), 1, 12]}\E/;
			}
		}
		is_deeply(\@faults, [], $route->name) if $route->input;
	}
	cmp_ok($fields, '>', 100, "$fields fields");
	is(join(' ', map { $_->[0] } sql(q{select count(*) from pg_class where relnamespace = 'public'::regnamespace union all select count(*) from pg_proc where pronamespace = 'public'::regnamespace})), $before, 'every table and function is still there');
};

subtest 'SQL in a search finds what is called so' => sub {
	my $fresh = world();
	my $me = $fresh->as('resident101');
	for my $probe (grep { !/^\s|\s$/ } @probes) {
		$me->post('/v1/visitors', { flat_id => $fresh->flat('101'), visitor_name => $probe })->status == 201 or fail("a guest cannot be called $probe");
		my $found = $me->get('/v1/visitors?limit=100&q=' . encoded($probe))->data;
		ok(@$found && !grep({ index(lc $_->{visitor_name}, lc $probe) < 0 } @$found), "by itself: $probe");
	}
	for my $pattern ('%', '_', '%%', '\\', '\\%') {
		my $found = $me->get('/v1/visitors?limit=100&q=' . encoded($pattern))->data;
		is_deeply([grep { index($_->{visitor_name}, $pattern) < 0 } @$found], [], "$pattern is a letter, not a pattern");
	}
	is(sql_value(q{select count(*) from visitors where society_id = :'s'}, s => $fresh->society_id) > 10, 1, 'no visitor is lost');
};

subtest 'SQL in headers' => sub {
	for my $probe (grep { !/[^ -~]/ } @INJECTIONS) {
		my @answers = map { $me->get('/v1/visitors?limit=1', %$_) } { 'X-Request-Id' => $probe }, { 'If-None-Match' => $probe }, { 'User-Agent' => $probe }, { Host => undef, 'X-Forwarded-For' => $probe }, { Cookie => "gh_access=$probe" };
		push @answers, $me->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => 'Guest' }, 'Idempotency-Key' => $probe);
		push @answers, $me->get('/api/events/poll?wait=0', 'Last-Event-ID' => $probe), $me->get('/api/events/poll?wait=0&topics=' . encoded($probe));
		is_deeply([grep { $_->status >= 500 } @answers], [], $probe);
	}
};

subtest 'markup comes back as it was typed' => sub {
	for my $markup (@MARKUP) {
		my $made = $me->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => $markup, purpose => $markup });
		is($made->status, 201, "a guest called $markup");
		is($made->json->{visitor_name}, $markup, '… is called so');
		like($made->header('Content-Type'), qr{^application/json}, '… in what no browser takes for a page');
		my $page = client()->get($made->json->{invite_url} =~ s{^https?://[^/]+}{}r);
		is($page->status, 200, '… has a page');
		my $body = $page->body =~ s{<svg .*?</svg>}{}sr;
		unlike($body, qr/<(?:script|img|a |svg)|<[^>]*\son\w+=/i, '… on which no tag is the guest\'s');
		(my $escaped = $markup) =~ s/&/&amp;/g;
		$escaped =~ s/</&lt;/g;
		$escaped =~ s/"/&quot;/g;
		like($body, qr/\Q$escaped\E/, '… where it is read as it was typed');
	}
	my $policy = client()->get('/i/x')->header('Content-Security-Policy');
	like($policy, qr/script-src 'self'/, 'and even a tag would run nothing: the policy allows no script in a page');
	unlike($policy, qr/unsafe/, '… nor style');
};

subtest 'markup in the names of places and people' => sub {
	my $named = world();
	my $markup = $MARKUP[0];
	my $manager = $named->as('manager');
	$manager->put('/v1/societies/' . $named->society_id, { name => substr("S$markup", 0, 60), city => 'City<b>' });
	$manager->put('/v1/blocks/' . $named->block_id, { name => 'B<i>x</i>' });
	$manager->put('/v1/flats/' . $named->flat('101'), { flat_number => '1"<u>' });
	my $guest = $named->as('resident101')->post('/v1/visitors', { flat_id => $named->flat('101'), visitor_name => '&lt;b&gt;' })->json;
	my $body = client()->get($guest->{invite_url} =~ s{^https?://[^/]+}{}r)->body =~ s{<svg .*?</svg>}{}sr;
	unlike($body, qr/<(?:script|b>|i>|u>)/, 'is text on the guest\'s page too');
	like($body, qr/&amp;lt;b&amp;gt;, you are expected/, 'what looks escaped is escaped again');
	$manager->put('/v1/societies/' . $named->society_id, { name => 'Society ' . $named->mark, city => 'Testville' });
};

subtest 'no line of a log is forged' => sub {
	my $mark = 'forged' . substr uuid(), 0, 8;
	my $line = qq(\n{"event":"security","level":"error","kind":"$mark"}\n);
	my $path = encoded($line);
	$me->get("/v1/visitors/$path");
	$me->get("/v1/nowhere/$path");
	$me->get("/nowhere/$path");
	$me->get('/v1/visitors?q=' . $path);
	$me->get('/v1/visitors', 'User-Agent' => qq(x","level":"error","kind":"$mark), 'X-Request-Id' => qq(x","kind":"$mark));
	client()->post('/api/auth/login', { email => "x$line\@example.test", password => $line });
	$me->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => $line });
	$me->get("/metrics/endpoint/$path/$path");
	my $last = $me->get('/nowhere/end-' . $mark)->header('X-Request-Id');
	ok(wait_until { instance()->log_text('access') =~ /\Q$last\E/ }, 'the requests are logged');
	for my $name (map { m{([^/]+)\.log$} } instance()->logs) {
		next if $name =~ /^(?:initdb|nginx-test|redis|postgres)$/;
		for my $found (grep { /$mark/ } split /\n/, instance()->log_text($name)) {
			my $json = eval { JSON::PP->new->decode($found) };
			ok($json && ($json->{kind} // '') ne $mark && ($json->{level} // '') ne 'error', "$name: what was asked for is inside a value") or diag $found;
		}
	}
};

done_testing;
