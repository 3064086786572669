# The Link to the next page is a URI whatever the client wrote in its query, and leads there.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $w = world();
my $guard = $w->as('guard');
for my $name ('a>b "c"', 'a>b "d"', 'other') {
	is($guard->post('/v1/visitors', { flat_id => $w->flat('101'), visitor_name => $name })->status, 201, "a visitor $name");
}
my $token = $guard->token;
my $answer = client()->raw("GET /v1/visitors?limit=1&q=a>b%20\"\xc3\xa9 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $token\r\nConnection: close\r\n\r\n");
is($answer->status, 200, 'nginx lets such a query pass');
$answer = client()->raw("GET /v1/visitors?limit=1&q=a>b HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $token\r\nConnection: close\r\n\r\n");
is($answer->status, 200, 'a query with > in it');
my ($link) = ($answer->header('Link') // '') =~ /^<([^<>]+)>; rel="next"$/;
ok(defined $link, 'its Link is one URI') or diag $answer->header('Link');
like($link, qr/^[\x21-\x7e]+$/, 'of what may stand in one');
my $next = $guard->get($link);
is($next->status, 200, 'it leads on');
is(scalar @{ $next->data }, 1, 'to the second of the two');
isnt($next->data->[0]{visitor_name}, 'other', 'that were asked for');
done_testing;
