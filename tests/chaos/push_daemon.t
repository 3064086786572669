# Whatever happens to Redis, the daemon and the clients, in any order: every client gets each of its
# events once, in order, and nobody is reset, as long as the relay can fill the tape again.
#
# GATEHOUSE_SEED repeats a run; GATEHOUSE_ROUNDS makes it longer.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Daemon;

my $seed = $ENV{GATEHOUSE_SEED} || int rand 1_000_000;
my $rounds = $ENV{GATEHOUSE_ROUNDS} || 300;
diag("GATEHOUSE_SEED=$seed");
srand $seed;

my $d = Daemon->new(STREAM_QUEUE => 4096, STREAM_KEEPALIVE => 2);
my @clients = map { { n => $_, got => [], due => [], broken => 0 } } 1 .. 30;
my $relayed = 0; # the relay's: up to here the tape was filled
my %done;

sub open_client {
	my ($c) = @_;
	$c->{cursor} = $c->{stream}->last_id if $c->{stream} && $c->{stream}->last_id;
	$c->{stream} = $d->stream(topics => "own:$c->{n},group:" . $c->{n} % 3 . ",all",
		cursor => $c->{cursor} // $d->position(0));
	$c->{established} = 0;
}

# Reads up to n messages, fewer when the stream breaks; resets are counted as what they are here: wrong.
sub read_client {
	my ($c, $n) = @_;
	while ($n) {
		my $block = eval { $c->{stream}->next };
		if (!$block) {
			die $@ if $@ && $@ =~ /in time/;
			$c->{broken}++;
			open_client($c);
			next;
		}
		my $type = $block->{message}{type};
		push @{ $c->{wrong} }, $type unless $type =~ /^(CONNECTION_ESTABLISHED|DRAINING|PAUSED|RESUMED|EVENT)$/;
		next if $type ne 'EVENT';
		push @{ $c->{got} }, $block->{message}{id};
		$n--;
	}
}

sub happen {
	my ($what) = @_;
	my ($topic, @who) = $what == 0 ? ('all', @clients)
		: $what < 4 ? ('group:' . ($what - 1), grep { $_->{n} % 3 == $what - 1 } @clients)
		: do { my $c = $clients[rand @clients]; ("own:$c->{n}", $c) };
	my $seq = $d->commit('EVENT', [$topic, 'nobody', $what % 2 ? $topic : 'all:none'],
		{ padding => 'x' x rand 2000 });
	push @{ $_->{due} }, "1-$seq" for @who;
}

# As the relay does it: from the tape's end, or all over again when the tape is empty.
sub relay {
	my $last = $d->{redis}->call('XREVRANGE', 'gh:tape', '+', '-', 'COUNT', 1);
	my ($from) = @$last ? $last->[0][0] =~ /^(\d+)/ : 0;
	$d->relay($from + 1, to => $from + 1 + int rand($d->{seq} - $from), quietly => rand() < 0.2,
		at_once => rand() < 0.3) if $d->{seq} > $from;
}

my @actions = (
	[40, events => sub { happen(int rand 10) for 1 .. 1 + rand 30 }],
	[40, relay => \&relay],
	[15, tick => sub { $d->tick }],
	[20, read => sub { my $c = $clients[rand @clients]; read_client($c, int rand(1 + unread($c))) }],
	[20, leave => sub { my $c = $clients[rand @clients]; $c->{stream}->close; open_client($c) }],
	[4, flush => sub { $d->{redis}->call('FLUSHALL') }],
	[3, restart => sub { $d->stop_redis; $d->start_redis }],
	[3, 'cut off' => sub { $d->{redis}->call('CLIENT', 'KILL', 'TYPE', 'pubsub') }],
	[3, 'kill' => sub { $d->end('KILL'); $d->start }],
	[2, drain => sub { $d->end('TERM'); $d->start }],
);

# What the tape holds for a client and it has not read; more would be waited for in vain.
sub unread {
	my ($c) = @_;
	my $last = $d->{redis}->call('XREVRANGE', 'gh:tape', '+', '-', 'COUNT', 1);
	my ($end) = @$last ? $last->[0][0] =~ /^(\d+)/ : 0;
	my $due = grep { (split /-/)[1] <= $end } @{ $c->{due} };
	return $due > @{ $c->{got} } ? $due - @{ $c->{got} } : 0;
}

open_client($_) for @clients;
my $weight = 0;
$weight += $_->[0] for @actions;
for my $round (1 .. $rounds) {
	my $pick = rand $weight;
	for my $a (@actions) {
		next if ($pick -= $a->[0]) > 0;
		$done{ $a->[1] }++;
		$a->[2]->();
		last;
	}
}
relay() while do { # all of it, at last
	my $last = $d->{redis}->call('XREVRANGE', 'gh:tape', '+', '-', 'COUNT', 1);
	!@$last || $last->[0][0] !~ /^$d->{seq}-/;
};
read_client($_, @{ $_->{due} } - @{ $_->{got} }) for @clients;
diag(join ', ', map { "$_ $done{$_}" } sort keys %done);

my @wrong = grep { "@{ $_->{got} }" ne "@{ $_->{due} }" } @clients;
is(scalar @wrong, 0, 'everyone got everything, in order, once');
diag("client $wrong[0]{n}:\n@{ $wrong[0]{got} }\ninstead of\n@{ $wrong[0]{due} }") if @wrong;
is(join(' ', map { @{ $_->{wrong} || [] } } @clients), '', 'and nothing else');
cmp_ok((my @broken = grep { $_->{broken} } @clients), '>', 0, 'though streams broke');

my ($code) = $d->end('TERM');
is($code, 0, 'the daemon ends well');
unlike($d->log_text('daemon'), qr/Sanitizer|runtime error|"level":"error"/, 'its log holds no fault');
done_testing;
