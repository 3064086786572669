# GET /v1/society/:id/expected-visitors: accepted invitations of a day, as the society counts days.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my ($w, $other) = (world(), world());
my $guard = $w->as('guard');
sub day { my ($offset) = @_; return sql_value(q{select to_char((now() at time zone 'Asia/Kolkata')::date + :'n'::int, 'YYYY-MM-DD')}, n => $offset) }
my ($today, $tomorrow, $later) = map { day($_) } 0 .. 2;
my %made = (
	now => invite($w, visitor_name => 'now'),
	tomorrow => invite($w, expected_start => "${tomorrow}T10:00:00+05:30", expected_end => "${tomorrow}T12:00:00+05:30"),
	both => invite($w, expected_start => "${tomorrow}T22:00:00+05:30", expected_end => "${later}T02:00:00+05:30"),
	later => invite($w, expected_start => "${later}T00:00:00+05:30"),
	walkin => visitor_in($w, 'accepted'),
	waiting => visitor_in($w, 'pending'),
	cancelled => invite($w),
	inside => invite($w),
);
move($w, 'cancel', $made{cancelled}{id});
$guard->post('/v1/visits/checkin', { visitor_id => $made{inside}{id} });
my %name = map { ($made{$_}{id} => $_) } keys %made;
sub expected {
	my ($query, $who) = @_;
	my $answer = $w->as($who || 'guard')->get('/v1/society/' . $w->society_id . '/expected-visitors' . ($query // ''));
	die $answer->body if $answer->status != 200;
	return join ' ', sort map { $name{ $_->{id} } } @{ $answer->data };
}

is(expected(), 'now', 'today, without a date: who is invited and not yet in');
is(expected("?date=$today"), 'now', 'the same by name');
is(expected("?date=$tomorrow"), 'both tomorrow', 'tomorrow');
is(expected("?date=$later"), 'both later', 'who comes late is of two days');
is(expected('?date=' . day(30)), '', 'nobody next month');
is(expected('?date=' . day(-1)), '', 'what is past is not expected');
is(expected(undef, $_), 'now', "a $_ may ask") for qw(manager admin);
my $page = $guard->get('/v1/society/' . $w->society_id . "/expected-visitors?date=$tomorrow&limit=1");
ok($page->next, 'it has pages');
unlike($page->body, qr/"invite_code" ?: ?"/, 'and no codes');

problem_is($guard->get('/v1/society/' . $other->society_id . '/expected-visitors'), 404, 'not_found', 'another society');
problem_is($guard->get('/v1/society/' . uuid() . '/expected-visitors'), 404, 'not_found', 'none');
problem_is($w->as('admin')->get('/v1/society/' . uuid() . '/expected-visitors'), 404, 'not_found', 'for an admin as well');
problem_is($guard->get('/v1/society/here/expected-visitors'), 404, 'not_found', 'a malformed id');
problem_is($guard->get('/v1/society/' . $w->society_id . "/expected-visitors?date=$_"), 422, 'validation_failed', "date=$_") for qw(tomorrow 2026-02-30 2026-01-01T00:00:00Z);
problem_is($w->as($_)->get('/v1/society/' . $w->society_id . '/expected-visitors'), 403, 'forbidden', "not for a $_") for qw(resident101 stranger);

done_testing;
