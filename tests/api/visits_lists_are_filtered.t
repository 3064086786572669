# GET /v1/visits: who came and who is inside, each for whom it concerns.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my ($w, $other) = (world(), world());
sub visit { my ($world, $status, %more) = @_; return visit_of($world, visitor_in($world, $status, %more)->{id}) }
my %id = (
	inside => visit($w, 'checked_in'), gone => visit($w, 'checked_out'), there => visit($other, 'checked_in'));
my $announced = $w->as('guard')->post('/v1/visitors', { flat_id => $w->flat('102'), visitor_name => 'Bo' })->json->{id};
move($w, 'respond', $announced, 'resident102');
$id{next_door} = move($w, 'checkin', $announced)->json->{id};
my %name = reverse %id;
sub sees { my ($who, $query) = @_; return join ' ', sort map { $name{ $_->{id} } // 'someone else' } @{ $w->as($who)->get('/v1/visits' . ($query // ''))->data } }

is(sees($_), 'gone inside next_door', "$_: the society") for qw(guard manager);
is(sees('resident101'), 'gone inside', 'a resident: the flat');
is(sees('resident102'), 'next_door', 'the neighbour: theirs');
problem_is($w->as($_)->get('/v1/visits'), 403, 'forbidden', "$_: not at all") for qw(stranger operator customer);
is(sees('guard', '?inside=true'), 'inside next_door', 'who is inside');
is(sees('guard', '?inside=false'), 'gone', 'who is not any more');
is(sees('guard', '?flat_id=' . $w->flat('102')), 'next_door', 'by flat');
is(sees('guard', '?flat_id=' . $other->flat('101')), '', 'a flat of others shows nothing');
is(sees('guard', '?society_id=' . $w->society_id), 'gone inside next_door', 'by society');
is(sees('guard', '?society_id=' . $other->society_id), '', 'another shows nothing');
is(sees('resident101', '?flat_id=' . $w->flat('102')), '', 'nor the neighbours\'');
sql("update societies set time_zone = 'Pacific/Kiritimati' where id = :'s'; update visits set checked_in_at = '2025-03-09T10:00:00Z' where id = :'a';
	update visits set checked_in_at = '2025-03-10T10:00:00Z' where id = :'b'", s => $w->society_id, a => $id{gone}, b => $id{inside});
is(sees('guard', '?from=2025-03-10&to=2025-03-10'), 'gone', 'by day, where the society is');
is(sees('guard', '?from=2025-03-10&to=2025-03-11'), 'gone inside', 'by days');
is(sees('guard', '?from=2025-03-10T10:00:00Z&to=2025-03-11'), 'inside', 'by time');
my $page = $w->as('guard')->get('/v1/visits?limit=2');
is(scalar @{ $page->data }, 2, 'a page of two');
is(scalar @{ $w->as('guard')->get('/v1/visits?limit=2&cursor=' . $page->next)->data }, 1, 'and the rest');
problem_is($w->as('guard')->get("/v1/visits?$_"), 422, 'validation_failed', $_) for qw(inside=perhaps flat_id=1 from=x limit=1000 gate=North);
unlike($w->as('guard')->get('/v1/visits')->body, qr/id_number|"phone"|invite_code/, 'no more of the visitor than API.md says');

done_testing;
