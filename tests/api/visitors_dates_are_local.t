# A date alone means that day where the society is, `to` inclusive; times may come with any offset.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my $w = world();
my $guard = $w->as('guard');
my %at = (
	before => '2025-03-09T09:59:59.999Z', first => '2025-03-09T10:00:00Z', noon => '2025-03-09T22:00:00Z',
	last => '2025-03-10T09:59:59.999Z', after => '2025-03-10T10:00:00Z',
);
my %id = map { ($_ => announce($w)->{id}) } keys %at;
# Kiritimati is 14 hours ahead of UTC: its 10 March is UTC's from 10:00 on the 9th.
sql("update societies set time_zone = 'Pacific/Kiritimati' where id = :'s'; "
	. join('; ', map { "update visitors set created_at = '$at{$_}' where id = '$id{$_}'" } keys %at), s => $w->society_id);
my %name = reverse %id;
sub seen { my ($query) = @_; return join ' ', sort map { $name{ $_->{id} } } @{ $guard->get("/v1/visitors?$query")->data } }

is(seen('from=2025-03-10&to=2025-03-10'), 'first last noon', 'a day is the society\'s, to its last millisecond');
is(seen('from=2025-03-10'), 'after first last noon', 'from a day on');
is(seen('to=2025-03-10'), 'before first last noon', 'to a day, inclusive');
is(seen('to=2025-03-09'), 'before', 'to the day before');
is(seen('from=2025-03-10T00:00:00%2B14:00&to=2025-03-10T23:59:59.999%2B14:00'), 'first last noon', 'the same in times with an offset');
is(seen('from=2025-03-09T22:00:00Z&to=2025-03-09T22:00:00Z'), 'noon', 'an instant is inclusive too');
is(seen('from=2025-03-11&to=2025-03-10'), '', 'the wrong way around there is nothing');
is(seen('from=0001-01-01&to=9999-12-31'), 'after before first last noon', 'the ends of the calendar are taken');
is(seen('from=1970-01-01T00:00:00Z&to=9999-12-31T23:59:59.999Z'), 'after before first last noon', 'in times as well');

subtest 'summer time' => sub {
	sql("update societies set time_zone = 'Europe/Berlin' where id = :'s'; "
		. join('; ', map { "update visitors set created_at = '$_->[1]' where id = '$id{$_->[0]}'" }
			[before => '2025-03-29T22:59:59Z'], [first => '2025-03-29T23:00:00Z'], [noon => '2025-03-30T10:00:00Z'],
			[last => '2025-03-30T21:59:59Z'], [after => '2025-03-30T22:00:00Z']), s => $w->society_id);
	is(seen('from=2025-03-30&to=2025-03-30'), 'first last noon', 'a day of 23 hours has 23 hours');
};

for my $bad (qw(2025-02-29 2025-13-01 2025-3-1 10-03-2025 2025-03-10T25:00:00Z 2025-03-10T10:00 2025-03-10%2010:00:00Z now 0000-01-01
	0000-01-01T00:00:00Z 1741600000 2025-03-10T10:00:00%2B24:00)) {
	my $answer = $guard->get("/v1/visitors?from=$bad");
	problem_is($answer, 422, 'validation_failed', "$bad is neither day nor time");
}

done_testing;
