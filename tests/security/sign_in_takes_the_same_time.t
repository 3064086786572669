# How long a refusal takes does not tell whether an account is there. Known and unknown accounts are asked
# for in turns, in random order, so that a busy machine disturbs both alike; a rank test (Mann and Whitney)
# looks only at which is larger. It must not find the two apart, and it must find apart what is.
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use List::Util qw(shuffle sum);
use Time::HiRes qw(time);

my $w = world();
my $c = client();
my @people = qw(resident101 family101 resident102 resident103 stranger operator technician customer);
my $PAIRS = 60;

sub median { my @s = sort { $a <=> $b } @_; return ($s[$#s / 2] + $s[@s / 2]) / 2 }

# The probability that one of @$x is larger than one of @$y, and how many standard errors it is from 1/2.
sub ranks {
	my ($x, $y) = @_;
	my ($n, $m) = (scalar @$x, scalar @$y);
	my $u = sum map { my $a = $_; map { $a > $_ ? 1 : $a == $_ ? 0.5 : 0 } @$y } @$x;
	return ($u / ($n * $m), ($u - $n * $m / 2) / sqrt($n * $m * ($n + $m + 1) / 12));
}
# Times, in milliseconds, of two calls made in turns: (\@first, \@second).
sub in_turns {
	my ($first, $second, $pairs) = @_;
	my @times = ([], []);
	for my $i (1 .. $pairs) {
		for my $which (shuffle 0, 1) {
			forget();
			my $began = time;
			($first, $second)[$which]->($i);
			push @{ $times[$which] }, (time - $began) * 1000;
		}
	}
	return @times;
}
# Two calls that nobody can tell apart. What disturbs a machine may favour one side once; not three times.
sub are_alike {
	my ($first, $second, $claim) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($p, $z, $ratio);
	for my $try (1 .. 3) {
		my ($x, $y) = in_turns($first, $second, $PAIRS);
		($p, $z) = ranks($x, $y);
		$ratio = median(@$x) / median(@$y);
		last if abs $z < 3 && $ratio > 0.8 && $ratio < 1.25;
		diag sprintf 'try %d: larger in %.0f %% (%.1f errors), medians %.1f and %.1f ms', $try, 100 * $p, $z, median(@$x), median(@$y);
	}
	ok(abs $z < 3, sprintf '%s: one takes longer in %.0f %% of comparisons (%.1f standard errors)', $claim, 100 * $p, $z);
	ok($ratio > 0.8 && $ratio < 1.25, sprintf '… and their medians differ by %.0f %%', 100 * abs $ratio - 1);
}

sub refused {
	my ($answer) = @_;
	die $answer->summary . "\n" unless $answer->status == 401;
	return;
}
# The failures of these are forgotten now and then, or the rest would be told of a lock.
my @names = ((map { $w->user_id($_) } @people), 'pin ' . $w->guard_id, map { 'pin ' . $w->tablet_id . " $_" } $w->guard_id, 'nobody');
my $asked = 0;
sub forget {
	sql(q{delete from login_failures where key in (select encode(sha256(convert_to(name, 'UTF8')), 'hex') from unnest(string_to_array(:'names', ',')) as name)},
		names => join ',', @names) if $asked++ % 4 == 0;
}
sub login { return refused($c->post('/api/auth/login', { email => $_[0], password => 'not the password' })) }

$c->get('/health');
sql(q{update users set disabled_at = now() where id = :'id'}, id => $w->user_id('customer'));

# A rank test that finds nothing is worth something only if it finds what is there.
subtest 'the measure sees a difference of a tenth' => sub {
	my ($x, $y) = ([map { 10 + rand 2 } 1 .. $PAIRS], [map { 11 + rand 2 } 1 .. $PAIRS]);
	my ($p, $z) = ranks($x, $y);
	cmp_ok(abs $z, '>', 3, sprintf '%.1f standard errors', abs $z);
	my ($slow, $quick) = in_turns(sub { $c->post('/api/auth/login', { email => $w->email('stranger'), password => 'no' }) }, sub { $c->post('/api/auth/login', { password => 'no' }) }, 20);
	($p, $z) = ranks($slow, $quick);
	cmp_ok($z, '>', 3, sprintf 'hashing a password shows through the network: %.1f standard errors', $z);
};

are_alike(sub { login($w->email($people[$_[0] % 7])) }, sub { login(sprintf 'nobody%d.%s@example.test', $_[0], $w->mark) }, 'an account that is there, and one that is not');
are_alike(sub { login($w->email('customer')) }, sub { login(sprintf 'nobody%d.%s@example.test', $_[0], $w->mark) }, 'one that was closed, and one that never was');
my $pin = sub { refused($c->post('/v1/auth/guard', { device_token => $w->tablet_token, guard_id => $_[0], pin => '000000' })) };
are_alike(sub { $pin->($w->guard_id) }, sub { $pin->(uuid()) }, 'a guard of the tablet, and nobody');

done_testing;
