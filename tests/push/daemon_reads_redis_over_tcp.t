# A Redis on another host: over TCP, with a password and a database; a wrong password is told and tried
# again, not given up.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Daemon;
use Gatehouse::Server;

my $port = Gatehouse::Server::free_port();
my $d = Daemon->new(REDIS_URL => "redis://:right%21\@127.0.0.1:$port/0");
my $redis = $d->{redis};
like(Daemon::wait_for('nobody is there', sub { $d->log_text('daemon') =~ /(Connection refused)/ && $1 }), qr/refused/,
	'it says that nothing answers');
$redis->call('CONFIG', 'SET', 'bind', '127.0.0.1');
$redis->call('CONFIG', 'SET', 'requirepass', 'another');
$redis->call('CONFIG', 'SET', 'port', $port);
ok(Daemon::wait_for('the password is refused', sub { $d->log_text('daemon') =~ /refused the password/ }),
	'it says that the password is not taken');
ok(!$d->stats->{settled}, 'and knows nothing yet');
my $s = $d->stream;
is($s->next->{message}{type}, 'CONNECTION_ESTABLISHED', 'streams are taken all the same');

$redis->call('CONFIG', 'SET', 'requirepass', 'right!');
$d->event('READING', 'flat:1');
$d->settled;
my $seq = $d->event('READING', 'flat:1', { value => 21 });
my $got = Daemon::wait_for('the event comes', sub { my $m = $s->next; $m->{id} eq "1-$seq" && $m });
is($got->{message}{data}{value}, 21, 'with the right one it delivers');
$d->finish;
done_testing;
