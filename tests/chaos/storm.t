# Visitors are announced, answered and let in while every process is killed and restarted in turn: no
# acknowledged change is lost or made twice, and each event reaches each client once and in order.
#
#	CHAOS_COUNT announcements (5000), CHAOS_RATE a second (80), CHAOS_SEED to repeat a choice
use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use Gatehouse;
use Chaos::Actor;
use Chaos::Clients;
use Chaos::Monkey;
use Time::HiRes qw(time sleep);

my $count = $ENV{CHAOS_COUNT} || 5000;
# Slow enough for a small storm to see a round of kills.
my $rate = $ENV{CHAOS_RATE} || ($count < 1200 ? $count / 15 : 80);
my $seed = $ENV{CHAOS_SEED} || time % 1_000_000;
my $GUARDS = 6;
diag("CHAOS_SEED=$seed CHAOS_COUNT=$count");
srand $seed;
tolerate('5xx', 'alert', 'restart', 'error');

my $server = server(ACCESS_TOKEN_TTL => 86400, VISITOR_TIMEOUT => 86400);
my $world = world($server);
# Kept with the logs when a claim fails.
mkdir my $folder = $server->var . '/log/clients';

sub actor {
	my ($name, $who, $run) = @_;
	return Chaos::Actor->start(name => $name, server => $server, token => $world->as($who)->token,
		folder => $folder, seed => $seed + length($name) * 7919 + ord(substr $name, -1), run => $run);
}
my $society = 'society:' . $world->society_id;
my %flat = map { $_ => 'flat:' . $world->flat($_) } qw(101 102 103);
$world->as($_) for qw(guard manager resident101 resident102 resident103);

# Everyone who listens, and to what.
my %topics = (
	'gate' => [$society], 'narrowed' => [$society], 'manager' => [$society],
	'home-101' => [$flat{101}], 'home-102' => [$flat{102}],
	'poll-101' => [$flat{101}], 'poll-102' => [$flat{102}], 'poll-gate' => [$society],
);
my %listener = (
	'gate' => actor('gate', guard => Chaos::Clients::listener()),
	'narrowed' => actor('narrowed', guard => Chaos::Clients::listener(path => "/api/sse/events?topics=$society")),
	'manager' => actor('manager', manager => Chaos::Clients::listener()),
	'home-101' => actor('home-101', resident101 => Chaos::Clients::listener()),
	'home-102' => actor('home-102', resident102 => Chaos::Clients::listener()),
	'poll-101' => actor('poll-101', resident101 =>
		Chaos::Clients::poller(act => \&Chaos::Clients::answer_some)),
	'poll-102' => actor('poll-102', resident102 =>
		Chaos::Clients::poller(act => \&Chaos::Clients::answer_some)),
	'poll-gate' => actor('poll-gate', guard =>
		Chaos::Clients::poller(act => \&Chaos::Clients::check_some_in)),
);
my @listeners = map { $listener{$_} } sort keys %listener;
ok(wait_until { !grep { !$_->has('from') } @listeners }, 'everyone listens') or BAIL_OUT('nobody listens');

# The storm.
my $monkey = Chaos::Monkey->new(server => $server);
my $began = time;
my @guards = map {
	actor("guard-$_", guard => Chaos::Clients::guard(
		count => int($count / $GUARDS) + ($_ <= $count % $GUARDS), rate => $rate / $GUARDS,
		flats => [map { $world->flat($_) } qw(101 102 103)]))
} 1 .. $GUARDS;
while (grep { $_->alive } @guards) {
	sleep 0.1 + rand 0.4;
	$monkey->strike;
}
my $took = time - $began;
diag($monkey->summary);

# The calm after it.
my $calm = time;
my $health = wait_until { health() eq 'healthy' } 30;
ok($health, 'the house is healthy again') or diag($server->{last_health});
diag(sprintf 'stormed %.1f s, healthy %.1f s after it', $took, time - $calm);
ok(wait_until { $server->sql_value('select count(*) from events where seq is null') == 0 }, 'every event is numbered');

sub health {
	my $answer = client($server)->get('/health');
	$server->{last_health} = $answer->body;
	return eval { $answer->json->{status} } // '';
}
sub expected {
	my ($actor) = @_;
	my ($from) = map { /-(\d+)$/ } $actor->words('from');
	return map { $_->[0] } $server->sql(
		q(select seq from events where seq > :'from' and topics && string_to_array(:'topics', ',')
			and type not in ('control', 'canary') order by seq),
		from => $from, topics => join(',', @{ $topics{ $actor->name } }));
}
# The pollers act on what they hear, which makes more events: all are done when nobody hears more.
my $quiet = wait_until {
	!grep { my $actor = $_; ((map { /-(\d+)$/ } $actor->words('id'))[-1] // 0) < ((expected($actor))[-1] // 0) }
		@listeners;
} 60;
ok($quiet, 'everyone has caught up');
$_->end for @listeners;

# What became of it.
my @made = map { $_->words('made') } @guards;
my %made = map { $_ => 1 } @made;
my @rows = map { $_->[0] } $server->sql(q(select id from visitors where society_id = :'id'), id => $world->society_id);
is(scalar @made, $count, 'every announcement was acknowledged');
is(scalar keys %made, $count, '… each with a visitor of its own');
is(scalar @rows, $count, 'as many visitors are in the database');
is(scalar(grep { !$made{$_} } @rows), 0, '… those that were acknowledged, and no other');

my @again = map { $_->words('again') } @guards, @listeners;
my %statuses;
$statuses{$_}++ for @again;
diag(sprintf '%d announced, %d answered, %d let in; asked again: %s; replayed: %d', scalar @made,
	scalar(map { $_->words('answered') } @listeners), scalar(map { $_->words('entered') } @listeners),
	join(', ', map { "$statuses{$_} × $_" } sort keys %statuses) || 'never',
	scalar grep { $_->[2] eq 'replayed' } map { $_->rows('made') } @guards);

sub number { return $server->sql_value($_[0], society => $world->society_id) }
for my $move (
	['announced', 'visitor.announce', 'visitor_request', 'true'],
	['answered', 'visitor.respond', q(request_approved', 'request_denied), 'responded_at is not null'],
	['let in', 'visit.checkin', 'visitor_checked_in', q(status = 'checked_in')],
) {
	my ($claim, $action, $types, $condition) = @$move;
	my $changes = number("select count(*) from visitors where society_id = :'society' and $condition");
	is(number("select count(*) from audit_logs where scope_id = :'society' and action = '$action'"), $changes,
		"$changes were $claim: as many audit rows");
	is(number("select count(*) from events where type in ('$types') and topics && array['society:' || :'society']"),
		$changes, '… and events');
}
is(number("select count(*) from visits where society_id = :'society'"),
	scalar(map { $_->words('entered') } $listener{'poll-gate'}), 'a visit for each that was let in');
is(number("select count(*) from visitors where society_id = :'society' and responded_at is not null"),
	scalar(map { $_->words('answered') } @listeners), 'an answer for each that was given');
is_deeply($server->sql('select count(e.seq) - c.seq, max(e.seq) - c.seq, min(e.seq)
	from events e, event_counter c group by c.seq'), [0, 0, 1], 'the numbers of the events have no gap');

for my $actor (@listeners) {
	my @expected = expected($actor);
	my @got = map { /-(\d+)$/ } $actor->words('id');
	my $same = "@got" eq "@expected";
	ok($same, sprintf '%s got its %d events, each once and in order, over %d connections', $actor->name,
		scalar @expected, $actor->has('open') || 1)
		or diag(difference(\@expected, \@got));
	is($actor->has('reset'), 0, '… and never had to start anew');
}
is_deeply([map { my $a = $_; map { $a->name . ": @$_" } $a->rows('wrong'), $a->rows('died') } @guards, @listeners], [],
	'nobody got an answer that does not belong');

sub difference {
	my ($expected, $got) = @_;
	my (%seen, %wanted);
	$seen{$_}++ for @$got;
	@wanted{@$expected} = ();
	my @lost = grep { !$seen{$_} } @$expected;
	my @twice = grep { $seen{$_} > 1 } sort { $a <=> $b } keys %seen;
	my @foreign = grep { !exists $wanted{$_} } sort { $a <=> $b } keys %seen;
	my @back = grep { $got->[$_] <= $got->[ $_ - 1 ] } 1 .. $#$got;
	return sprintf "lost %d (%s), twice %d (%s), foreign %d (%s), out of order at %d places", map {
		ref ? (scalar @$_, join(' ', grep { defined } @$_[0 .. 9])) : $_
	} \@lost, \@twice, \@foreign, scalar @back;
}

# Who was killed lives again, and nobody died of anything else.
my @dead = grep { !$server->program_pid($_) } map { m{([^/]+)\.keep$} } glob $server->var . '/run/*.keep';
is("@dead", '', 'every service runs');
for my $area (qw(auth users premises visitors system)) {
	is(scalar Chaos::Monkey::children($server->program_pid($area)), 3, "$area has its processes");
	is($world->as('guard')->get('/api/status')->json->{areas}{$area}, 'up', '… and takes calls');
}
my @deaths = map { my $file = $_; deaths($file) } $server->logs;
is_deeply(\@deaths, [], 'nothing ended but what was killed');

sub deaths {
	my ($file) = @_;
	open my $in, '<', $file or return;
	my @lines = <$in>;
	# PostgreSQL refuses to start as long as a process of its former life is there.
	@lines = grep { !/"postgres ended with status 1;/ } @lines;
	my $other = qr/ended with status (?!137\b)|ended by itself, (?!signal 9\b)|exited on signal (?!9\b)/;
	# PostgreSQL says of each killed backend that it may have corrupted memory; glibc means it.
	my $fault = qr/"status":50[^3]|\bAborted\b|double free|(?:malloc|free|realloc)\(\): |corrupted (?:size|double-linked)/;
	return map { chomp; "$file: $_" } grep { /$other/ || /$fault/ } @lines;
}

done_testing;
