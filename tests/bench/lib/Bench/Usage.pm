# CPU and memory of groups of processes, from /proc. A group is a list of pids; what descends from them
# belongs to it.
package Bench::Usage;
use strict;
use warnings;
use POSIX ();

my $TICKS = POSIX::sysconf(POSIX::_SC_CLK_TCK());

# pid => [parent, ticks of CPU] of everything that runs.
sub processes {
	my %all;
	for my $file (glob '/proc/[0-9]*/stat') {
		open my $in, '<', $file or next;
		my ($pid, $rest) = (<$in> // '') =~ /^(\d+) \(.*\) \S (.*)$/s or next;
		my @fields = split ' ', $rest;
		$all{$pid} = [$fields[0], $fields[10] + $fields[11]];
	}
	return \%all;
}

sub members {
	my ($all, @roots) = @_;
	my (%in, @new);
	@new = grep { $all->{$_} } @roots;
	while (@new) {
		@in{@new} = ();
		@new = grep { !exists $in{$_} && exists $in{ $all->{$_}[0] } } keys %$all;
	}
	return keys %in;
}

# name => seconds of CPU so far, for name => [pids].
sub seconds {
	my (%groups) = @_;
	my $all = processes();
	return map {
		my $sum = 0;
		$sum += $all->{$_}[1] for members($all, @{ $groups{$_} });
		$_ => $sum / $TICKS;
	} keys %groups;
}

# MiB, each shared page counted by its share.
sub memory {
	my (@roots) = @_;
	my $kib = 0;
	for my $pid (members(processes(), @roots)) {
		open my $in, '<', "/proc/$pid/smaps_rollup" or next;
		while (<$in>) { $kib += $1 if /^Pss:\s+(\d+)/ }
	}
	return $kib / 1024;
}

1;
