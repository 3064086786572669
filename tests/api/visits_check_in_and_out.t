# Checking in by visitor or by code, checking out by visit or by visitor: who, when, where.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Gate;

my ($w, $other) = (world(), world());
my $guard = $w->as('guard');
sub in { my ($client, %body) = @_; return $client->post('/v1/visits/checkin', \%body) }
sub out { my ($client, %body) = @_; return $client->post('/v1/visits/checkout', \%body) }

subtest 'in and out' => sub {
	my $v = visitor_in($w, 'accepted', visitor_name => 'Asha Rao');
	my $in = in($guard, visitor_id => $v->{id}, gate => 'North', notes => 'two bags');
	is($in->status, 201, 'in');
	my $visit = $in->json;
	is_deeply([grep { !exists $visit->{$_} } qw(id visitor_id visitor_name flat_id flat_number gate guard_id checked_in_at checked_out_at notes)], [], 'a visit as API.md has it');
	is_deeply([@$visit{qw(visitor_id visitor_name flat_number gate guard_id notes checked_out_at)}],
		[$v->{id}, 'Asha Rao', '101', 'North', $w->guard_id, 'two bags', undef], 'who, where, by whom');
	is($guard->get("/v1/visitors/$v->{id}")->json->{status}, 'checked_in', 'the visitor is inside');
	my $out = out($guard, visit_id => $visit->{id});
	is($out->status, 200, 'out');
	ok($out->json->{checked_out_at} ge $visit->{checked_in_at}, 'later');
	is($guard->get("/v1/visitors/$v->{id}")->json->{status}, 'checked_out', 'the visitor is gone');
	my $again = out($guard, visit_id => $visit->{id});
	problem_is($again, 409, 'conflict', 'once');
	like($again->detail, qr/\Q@{[$out->json->{checked_out_at}]}\E/, 'and is told when that was');
	is(sql_value(q{select tableoid::regclass from visits where id = :'id'}, id => $visit->{id}) =~ /^visits_\d{6}$/ ? 1 : 0, 1, 'the visit is in the partition of its month');
};

subtest 'by code' => sub {
	my $guest = invite($w, visitor_name => 'Guest');
	problem_is(in($other->as('guard'), invite_code => $guest->{invite_code}), 404, 'not_found', 'no code of another society');
	my $in = in($guard, invite_code => $guest->{invite_code});
	is($in->status, 201, 'the guest\'s code opens');
	is($in->json->{visitor_id}, $guest->{id}, 'for that guest');
	problem_is(in($guard, invite_code => $guest->{invite_code}), 404, 'not_found', 'once');
	problem_is(in($guard, invite_code => 'abcdef'), 404, 'not_found', 'no such code');
	my $gone = invite($w);
	move($w, 'cancel', $gone->{id});
	problem_is(in($guard, invite_code => $gone->{invite_code}), 404, 'not_found', 'one that was taken back');
	my $lapsed = invite($w);
	sql(q{update timers set due_at = now() + interval '1 day' where subject = :'id';
		update visitors set expires_at = now() - interval '1 second' where id = :'id'}, id => $lapsed->{id});
	problem_is(in($guard, invite_code => $lapsed->{invite_code}), 409, 'conflict', 'one that has lapsed');
	my ($here, $there) = (invite($w), invite($other));
	sql(q{update visitors set invite_code = :'code' where id = :'id'}, code => $here->{invite_code}, id => $there->{id});
	problem_is(in($w->as('admin'), invite_code => $here->{invite_code}), 409, 'conflict', 'one of two gates, for who guards both');
	is(in($w->as('admin'), visitor_id => $there->{id})->status, 201, 'who then says which');
};

subtest 'what is refused' => sub {
	my $v = visitor_in($w, 'accepted');
	problem_is(in($guard), 422, 'validation_failed', 'in: nobody');
	problem_is(in($guard, visitor_id => $v->{id}, invite_code => '123456'), 422, 'validation_failed', 'in: both ways');
	problem_is(in($guard, visitor_id => 'Asha'), 422, 'validation_failed', 'in: a malformed id');
	problem_is(in($guard, visitor_id => $v->{id}, gate => 'x' x 61), 422, 'validation_failed', 'in: a gate with a very long name');
	problem_is(in($guard, visitor_id => uuid()), 404, 'not_found', 'in: no such visitor');
	my $theirs = visitor_in($other, 'accepted');
	problem_is(in($guard, visitor_id => $theirs->{id}), 404, 'not_found', 'in: of another society');
	problem_is(in($guard, visitor_id => visitor_in($w, 'pending')->{id}), 409, 'conflict', 'in: whom nobody has let in');
	problem_is(in($w->as($_), visitor_id => $v->{id}), 403, 'forbidden', "in: by a $_") for qw(resident101 manager stranger);
	problem_is(out($guard), 422, 'validation_failed', 'out: nobody');
	my $inside = visitor_in($w, 'checked_in');
	problem_is(out($guard, visitor_id => $inside->{id}, visit_id => visit_of($w, $inside->{id})), 422, 'validation_failed', 'out: both ways');
	problem_is(out($guard, visit_id => uuid()), 404, 'not_found', 'out: no such visit');
	problem_is(out($guard, visitor_id => uuid()), 404, 'not_found', 'out: no such visitor');
	problem_is(out($guard, visitor_id => $v->{id}), 409, 'conflict', 'out: who is not in');
	my $there = visitor_in($other, 'checked_in');
	problem_is(out($guard, visit_id => visit_of($other, $there->{id})), 404, 'not_found', 'out: of another society');
	problem_is(out($w->as($_), visitor_id => $inside->{id}), 403, 'forbidden', "out: by a $_") for qw(resident101 manager);
	is(out($guard, visitor_id => $inside->{id})->status, 200, 'out: by visitor');
};

subtest 'the flat hears of it' => sub {
	my $stream = $w->as('resident101')->stream;
	$stream->wait_for('CONNECTION_ESTABLISHED');
	my $v = visitor_in($w, 'accepted');
	in($guard, visitor_id => $v->{id});
	is($stream->wait_for('visitor_checked_in')->{data}{visitor_id}, $v->{id}, 'coming');
	out($guard, visitor_id => $v->{id});
	is($stream->wait_for('visitor_checked_out')->{data}{visitor_id}, $v->{id}, 'and going');
};

done_testing;
