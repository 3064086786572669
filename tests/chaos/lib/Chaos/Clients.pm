# What the storm's clients do: announce, listen, poll and answer. Each is the body of a Chaos::Actor.
package Chaos::Clients;
use strict;
use warnings;
use Gatehouse::Stream;
use Gatehouse::World;
use Time::HiRes qw(time sleep);

# What a stream says of itself; everything else is an event.
my %OWN = map { $_ => 1 } qw(CONNECTION_ESTABLISHED TOKEN_EXPIRED SESSION_REVOKED OVERLOADED DRAINING
	PAUSED RESUMED reset);

# Announces `count` visitors at a pace, each with a key of its own: notes made ID, or wrong STATUS.
sub guard {
	my (%of) = @_;
	return sub {
		my $actor = shift;
		my $began = time;
		for my $i (1 .. $of{count}) {
			my $wait = $began + $i / $of{rate} - time;
			sleep $wait if $wait > 0;
			my $flat = $of{flats}[rand @{ $of{flats} }];
			my $answer = $actor->insist(POST => '/v1/visitors',
				{ flat_id => $flat, visitor_name => $actor->name . " $i", purpose => 'delivery' },
				'Idempotency-Key' => Gatehouse::World::uuid()) or last;
			if ($answer->status == 201) {
				$actor->note('made', $answer->json->{id}, $answer->{tries},
					$answer->header('Idempotent-Replay') ? 'replayed' : 'first');
			} else {
				$actor->note('wrong', $answer->summary, $answer->body);
			}
		}
	};
}

# Keeps a stream open: notes from POSITION once, id POSITION per event, reset, and open per connection.
sub listener {
	my (%of) = @_;
	return sub {
		my $actor = shift;
		my ($last, $retry) = (undef, 1000);
		while (!$actor->ending) {
			my $stream = eval {
				Gatehouse::Stream->open($actor->{server}, $of{path} // '/api/sse/events',
					Authorization => "Bearer $actor->{token}",
					defined $last ? ('Last-Event-ID' => $last) : ());
			};
			if ($stream) {
				listen_on($actor, $stream, \$last);
				$retry = $stream->retry // $retry;
			}
			rest($actor, $retry / 1000);
		}
	};
}

sub listen_on {
	my ($actor, $stream, $last) = @_;
	$actor->note('wrong', 'stream', $stream->status, $stream->type)
		if $stream->status != 200 || $stream->type ne 'text/event-stream';
	$actor->note('open', $stream->status);
	my $seen = 0;
	while (1) {
		for my $message (@{ $stream->{all} }[$seen .. $#{ $stream->{all} }]) {
			$seen++;
			hear($actor, $message->{type}, $message->{sse_id}, !defined $$last);
			$actor->note('wrong', 'id', $message->{text})
				if !$OWN{ $message->{type} } && $message->{sse_id} ne $message->{id};
		}
		$$last = $stream->{last_id} // $$last;
		last if $actor->ending || $stream->{closed};
		$stream->read_some(0.5);
		$stream->parse;
	}
	$stream->close;
	return;
}

sub hear {
	my ($actor, $type, $id, $first) = @_;
	return $actor->note('id', $id, $type) if !$OWN{$type};
	$actor->note('from', $id) if $first && $type eq 'CONNECTION_ESTABLISHED';
	$actor->note('own', $type);
	$actor->note('reset', $id) if $type eq 'reset';
	return;
}

sub rest {
	my ($actor, $seconds) = @_;
	my $until = time + $seconds;
	sleep 0.1 while !$actor->ending && time < $until;
	return;
}

# Polls, notes from and ids as a listener does, and gives each event to `act`.
sub poller {
	my (%of) = @_;
	return sub {
		my $actor = shift;
		my $last;
		while (!$actor->ending) {
			my $path = '/api/events/poll?wait=2' . (defined $last ? "&since=$last" : '');
			my $answer = $actor->insist(GET => $path) or last;
			if ($answer->status != 200) {
				$actor->note('wrong', $answer->summary, $answer->body);
				rest($actor, 0.5);
				next;
			}
			$actor->note('from', $answer->json->{last}) if !defined $last;
			$last = $answer->json->{last};
			for my $event (@{ $answer->json->{events} }) {
				hear($actor, $event->{type}, $event->{id}, 0);
				$of{act}->($actor, $event) if $of{act};
			}
		}
	};
}

# Answers some of the visitors that ask: notes answered ID DECISION.
sub answer_some {
	my ($actor, $event) = @_;
	return if $event->{type} ne 'visitor_request' || rand > 0.7;
	my $decision = rand() < 0.7 ? 'accept' : 'deny';
	move($actor, 'answered', "/v1/visitors/$event->{data}{visitor_id}/respond", { decision => $decision },
		$event->{data}{visitor_id});
	return;
}

# Lets some of those in that were accepted: notes entered ID.
sub check_some_in {
	my ($actor, $event) = @_;
	return if $event->{type} ne 'request_approved' || rand > 0.5;
	move($actor, 'entered', '/v1/visits/checkin', { visitor_id => $event->{data}{visitor_id} },
		$event->{data}{visitor_id}, 'Idempotency-Key' => Gatehouse::World::uuid());
	return;
}

sub move {
	my ($actor, $word, $path, $body, $id, %headers) = @_;
	my $answer = $actor->insist(POST => $path, $body, %headers) or return;
	# Without a key, a repeated move may find that the first one was made though its answer was lost.
	my $repeated = $answer->status == 409 && $answer->{tries} > 1 && !%headers;
	if ($answer->status < 300 || $repeated) {
		$actor->note($word, $id, $answer->{tries});
	} else {
		$actor->note('wrong', $answer->summary, $answer->body);
	}
	return;
}

1;
