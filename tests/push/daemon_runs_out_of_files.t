# When no more files may be open, those who have a stream keep it, and those who wait get one as soon as
# another ends.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Daemon;

my $d = Daemon->new(UNDER => 'prlimit --nofile=48:48', STREAM_MAX => 1000);
$d->event('READING', 'flat:1');
$d->settled;
my @streams = map { $d->stream } 1 .. 60;
ok(Daemon::wait_for('accept is refused', sub { $d->log_text('daemon') =~ /Too many open files/ }), 'it says that there are no more files');
like($d->log_text('daemon'), qr/only 48 files may be open, STREAM_MAX is 1000/, 'and said before that there would not be enough');
is($_->next->{message}{type}, 'CONNECTION_ESTABLISHED') for @streams[0 .. 19];
my $seq = $d->event('READING', 'flat:1');
is($streams[0]->next->{id}, "1-$seq", 'those who are in are served');
my $last = pop @streams;
undef @streams;
is($last->next->{message}{type}, 'CONNECTION_ESTABLISHED', 'and the last gets in when others leave');
is(join('/', $d->end('TERM')), '0/0', 'the daemon ends well');
unlike($d->log_text('daemon'), qr/Sanitizer|runtime error/, 'its log holds no fault');
done_testing;
