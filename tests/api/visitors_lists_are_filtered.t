# GET /v1/visitors: by flat, society, status, time and part of a text; everyone sees their own.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my ($w, $other) = (world(), world());
my %made = (
	asha => announce($w, visitor_name => 'Asha Rao', phone => '+919800000001', vehicle_no => 'KA-01-AB'),
	bob => announce($w, visitor_name => 'Bob 100%', flat_id => $w->flat('102')),
	carl => visitor_in($w, 'accepted', visitor_name => 'Carl_Low'),
	dora => visitor_in($w, 'denied', visitor_name => "D\x{f3}ra \\ Back"),
	eve => invite($w, visitor_name => 'Eve'),
	there => announce($other, visitor_name => 'Asha elsewhere'),
);
my %name = map { ($made{$_}{id} => $_) } keys %made;
sub sees { my ($who, $query) = @_; return join ' ', sort map { $name{ $_->{id} } // 'someone else' } @{ $w->as($who)->get('/v1/visitors' . ($query // ''))->data } }

subtest 'everyone sees their own' => sub {
	is(sees('guard'), 'asha bob carl dora eve', 'the guard: the society');
	is(sees('manager'), 'asha bob carl dora eve', 'so does its manager');
	is(sees('resident101'), 'asha carl dora eve', 'a resident: the flat');
	is(sees('family101'), 'asha carl dora eve', 'all who live there');
	is(sees('resident102'), 'bob', 'the neighbour: theirs');
	is(sees('resident103'), '', 'a third: nothing');
	problem_is($w->as($_)->get('/v1/visitors'), 403, 'forbidden', "$_: not at all") for qw(operator technician customer stranger);
	my ($first) = @{ $w->as('guard')->get('/v1/visitors')->data };
	is_deeply($first, $w->as('guard')->get("/v1/visitors/$first->{id}")->json, 'entries are visitors as they are alone');
};

subtest 'filters' => sub {
	is(sees('guard', '?flat_id=' . $w->flat('102')), 'bob', 'by flat');
	is(sees('guard', '?flat_id=' . $w->flat('104')), '', 'an empty one');
	is(sees('guard', '?flat_id=' . $other->flat('101')), '', 'one of others shows nothing');
	is(sees('guard', '?society_id=' . $w->society_id), 'asha bob carl dora eve', 'by society');
	is(sees('guard', '?society_id=' . $other->society_id), '', 'another shows nothing');
	is(sees('resident101', '?flat_id=' . $w->flat('102')), '', 'the neighbours\' flat shows nothing');
	is(sees('guard', '?status=pending'), 'asha bob', 'by status');
	is(sees('guard', '?status=accepted'), 'carl eve', 'another');
	is(sees('guard', '?status=checked_in'), '', 'one nobody is in');
	is(sees('guard', '?status=pending&flat_id=' . $w->flat('101')), 'asha', 'two at once');
	is(sees('guard', '?status=&q='), 'asha bob carl dora eve', 'an empty one is none');
};

subtest 'search' => sub {
	is(sees('guard', '?q=asha'), 'asha', 'by part of a name, in any case');
	is(sees('guard', '?q=0001'), 'asha', 'by part of a number');
	is(sees('guard', '?q=ka-01'), 'asha', 'by number plate');
	is(sees('guard', '?q=102'), 'bob', 'by flat');
	is(sees('guard', '?q=100%25'), 'bob', 'a % is a %');
	is(sees('guard', '?q=%25'), 'bob', 'alone too');
	is(sees('guard', '?q=_'), 'carl', 'a _ is a _');
	is(sees('guard', '?q=%5C'), 'dora', 'a \\ is a \\');
	is(sees('guard', '?q=D%C3%B3ra'), 'dora', 'letters of any language');
	is(sees('guard', '?q=a+r'), 'asha', 'a + is a space');
	is(sees('guard', "?q=%27%3B+drop+table+visitors%3B--"), '', 'and a quote is a quote');
	is(sees('resident102', '?q=asha'), '', 'only among one\'s own');
};

subtest 'malformed' => sub {
	for my $query (qw(status=lost flat_id=101 from=yesterday to=2026-02-30 limit=0 limit=101 limit=ten cursor=%00 cursor=abc colour=red
		status=pending&status=denied q=%FF), 'q=' . 'x' x 81) {
		my $answer = $w->as('guard')->get("/v1/visitors?$query");
		problem_is($answer, 422, 'validation_failed', length $query > 40 ? 'q= of 81 characters' : $query);
	}
	is(scalar(my @fields = $w->as('guard')->get('/v1/visitors?status=x&limit=x&from=x&flat_id=x')->fields), 4, 'all bad ones are named at once');
};

done_testing;
