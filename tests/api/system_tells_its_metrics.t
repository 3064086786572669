# /metrics for Prometheus and for S2, one route by itself, and who may look.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;

my $w = world();
my $c = client();

my $text = $c->get('/metrics');
is($text->status, 200, 'from here they can be seen');
like($text->header('Content-Type'), qr{^text/plain; version=0\.0\.4}, 'as Prometheus reads them');
like($text->body, qr/^gatehouse_http_requests_total\{program="[\w-]+",method="POST",route="\/api\/auth\/login",status="200"\} \d+$/m, 'requests by route and status');
like($text->body, qr/^# TYPE gatehouse_http_request_duration_seconds histogram$/m, 'times');
like($text->body, qr/^gatehouse_dependency_state\{dependency="postgres"\} 3$/m, 'and what it stands on');
unlike($text->body, qr/[0-9a-f]{8}-[0-9a-f]{4}-/, 'no id of anybody');

my $summary = $c->get('/metrics', Accept => 'application/json');
is($summary->type, 'application/json', 'S2 asks for JSON');
is_deeply([sort keys %{ $summary->json }], [qw(cache requests responseTime)], 'and gets its document');

subtest 'one route' => sub {
	my $count = sub { return $c->get('/metrics/endpoint/GET/%2Fv1%2Fprofile%2Fme')->json };
	my $before = $count->();
	is_deeply([sort keys %$before], [sort qw(method endpoint count avg p95 p99)], 'has its figures');
	$w->as('resident101')->get('/v1/profile/me');
	ok($count->()->{count} > $before->{count}, 'which grow');
	problem_is($c->get('/metrics/endpoint/GET/%2Fnowhere'), 404, 'not_found', 'one that is none');
	problem_is($c->get('/metrics/endpoint/GET'), 404, 'not_found', 'nor half a path');
};

done_testing;
