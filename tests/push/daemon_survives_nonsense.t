# What answers in Redis's place but is none: the connection is given up and made again, nobody is harmed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use File::Temp ();
use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM);
use Daemon;

my $folder = File::Temp->newdir('gh-fake-XXXXXX', TMPDIR => 1);
my $path = "$folder/redis.sock";
my $fake = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $path, Listen => 16) or die $!;
my $d = Daemon->new(REDIS_URL => "unix:$path");
for my $nonsense ("hello\r\n", ":1\r\n", "*1\r\n\$3\r\nabc\r\n", "-ERR no\r\n", "*-7\r\n", "\$99999999999999999999\r\n") {
	my $peer = $fake->accept;
	$peer->syswrite($nonsense);
	(my $shown = $nonsense) =~ s/\r\n/ /g;
	local $SIG{ALRM} = sub { die "it keeps a connection that says $shown\n" };
	alarm 20;
	my $closed = 0;
	while (defined(my $n = $peer->sysread(my $bytes, 4096))) {
		$closed = 1, last if !$n;
	}
	alarm 0;
	ok($closed, "who says $shown is left");
}
ok(!$d->stats->{settled}, 'nothing was learned from it');
unlink $path;
$fake->close;
symlink "$d->{dir}/redis.sock", $path or die $!;
my $s = $d->stream;
is($s->next->{message}{type}, 'CONNECTION_ESTABLISHED', 'streams were taken meanwhile');
my $seq = $d->event('READING', 'flat:1');
my $got = Daemon::wait_for('the event comes', sub { my $m = $s->next; $m->{id} eq "1-$seq" && $m });
is($got->{message}{type}, 'READING', 'and the real one is found');
$d->finish;
done_testing;
