# Two thousand streams: each gets its own events and the common ones, in order, once, through a crash of
# the daemon in the middle; an idle one costs at most 1 KiB.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Daemon;

my $n = 2000;
my $d = Daemon->new;
$d->settled(0) if eval { $d->{redis}->call('SET', 'gh:epoch', 1) };

sub memory {
	open my $status, '<', "/proc/$d->{pid}/smaps_rollup" or return;
	my ($kb) = join('', <$status>) =~ /^Private_Dirty:\s+(\d+) kB/m;
	return $kb * 1024;
}
sub open_streams {
	my @streams = map { $d->stream(topics => "flat:$_,society:" . $_ % 10 . ",user:$_,all") } @_;
	$_->next for @streams;
	return @streams;
}

my @streams = open_streams(1 .. 50); # what the first ones take is not theirs alone
my $before = memory();
push @streams, open_streams(51 .. $n);
my $each = (memory() - $before) / ($n - 50);
is($d->stats->{connections}, $n, "$n streams are open");
note sprintf '%.0f bytes each', $each;
SKIP: {
	skip 'sanitizers take memory of their own', 1 if ($ENV{FLAVOUR} || '') eq 'asan';
	cmp_ok($each, '<=', 1024, 'an idle stream takes at most 1 KiB');
}

# Common events, those of a tenth, and each one's own, mixed.
my %mine;
sub round {
	my ($rounds) = @_;
	for my $round (1 .. $rounds) {
		my $all = $d->commit('READING', 'all');
		push @{ $mine{$_} }, $all for 1 .. $n;
		my $tenth = $round % 10;
		my $seq = $d->commit('READING', ["society:$tenth", 'all:none']);
		for my $i (1 .. $n) {
			push @{ $mine{$i} }, $seq if $i % 10 == $tenth;
		}
		for my $i (map { 1 + ($round * 37 + $_ * 101) % $n } 1 .. 20) {
			my $own = $d->commit('READING', ["flat:$i", "user:$i"]);
			push @{ $mine{$i} }, $own;
		}
	}
}
round(20);
$d->relay(1);
my @got = map { [] } 0 .. $n;
push @{ $got[$_] }, $streams[$_ - 1]->ids(10) for 1 .. $n;

# Half of them have read on, the others not, when the daemon dies.
push @{ $got[$_] }, $streams[$_ - 1]->ids(5) for grep { $_ % 2 } 1 .. $n;
$d->end('KILL');
$d->start;
my $from = $d->{seq} + 1;
round(5);
for my $i (1 .. $n) {
	# What was read off the socket counts, up to the last whole message.
	my @rest = map { $_->{id} } eval { $streams[$i - 1]->rest };
	push @{ $got[$i] }, @rest;
	my $at = $streams[$i - 1]->last_id;
	$streams[$i - 1] = $d->stream(cursor => $at,
		topics => "flat:$i,society:" . $i % 10 . ",user:$i,all");
}
$d->relay($from);
for my $i (1 .. $n) {
	$streams[$i - 1]->next;
	push @{ $got[$i] }, $streams[$i - 1]->ids(@{ $mine{$i} } - @{ $got[$i] });
}
my @wrong = grep { "@{ $got[$_] }" ne join ' ', map { "1-$_" } @{ $mine{$_} } } 1 .. $n;
is(scalar @wrong, 0, 'every stream got exactly its events, in order, once');
diag("stream $wrong[0]: @{ $got[$wrong[0]] } instead of @{ $mine{$wrong[0]} }") if @wrong;
my $last = $d->event('READING', 'all');
is(scalar(grep { ($_->ids(1))[0] eq "1-$last" } @streams), $n, '… and nothing besides');

$d->finish;
done_testing;
