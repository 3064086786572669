# What attackers bring: tokens of any make, bytes that no proper client would send and all the answers to
# them, and the words that have broken other products.
package Gatehouse::Attack;
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256 hmac_sha384 hmac_sha512 sha256_hex);
use Exporter qw(import);
use IO::Select;
use JSON::PP;
use MIME::Base64 qw(encode_base64url decode_base64url);
use Time::HiRes qw(time);
use Gatehouse::Answer;
use Gatehouse::Server;

our @EXPORT = qw(secret_of kid_of token_of claims_of answers_to statuses_of @MARKUP @INJECTIONS);

my $json = JSON::PP->new->utf8->canonical->allow_nonref;

# Markup that runs where text is taken for HTML, in each of the places it may end up in.
our @MARKUP = ('<script>window.pwned=1</script>', '<img src=x onerror="window.pwned=1">',
	'"><svg/onload=window.pwned=1>', q{'-window.pwned=1-'}, '</title></textarea><script>window.pwned=1</script>',
	'javascript:window.pwned=1', '{{constructor.constructor("window.pwned=1")()}}', '<a href="javascript:window.pwned=1">x</a>');
# SQL that ends a literal, a pattern, a cast, an array; sleeps and errors would show.
our @INJECTIONS = (q{'}, q{' or '1'='1}, q{'; select pg_sleep(5) --}, q{" or ""="}, q{\\'; drop table visitors --},
	q{%' or true --}, q{') or pg_sleep(5) is not null --}, q{$1}, q{:actor}, q{{"a":1}::jsonb}, q{1::int}, q{$$x$$}, q{E'\\x27'},
	qq{\xef\xbc\x87 or 1=1}, q{gh_user()}, q{' union select hash from user_passwords --});

# The secret an instance signs with, as its programs see it.
sub secret_of {
	my ($server) = @_;
	my %env = Gatehouse::Server::env_file($server->var . '/gatehouse.env');
	return $ENV{JWT_SECRET} // $env{JWT_SECRET} // die "no JWT_SECRET\n";
}
sub kid_of { return substr sha256_hex('kid' . $_[0]), 0, 8 }

my %MAC = (HS256 => \&hmac_sha256, HS384 => \&hmac_sha384, HS512 => \&hmac_sha512);

# token_of($secret, $header, $claims): both are hashes, or texts that are taken as they are. `mac` names
# another hash than the header does.
sub token_of {
	my ($secret, $header, $claims, %how) = @_;
	my $text = join '.', map { encode_base64url(ref $_ ? $json->encode($_) : $_) } $header, $claims;
	my $mac = $MAC{ $how{mac} || 'HS256' }->($text, $secret);
	return "$text." . encode_base64url($mac);
}
# The header and claims of a token, decoded.
sub claims_of { return map { $json->decode(decode_base64url($_)) } (split /\./, $_[0])[0, 1] }

# All that comes back for some bytes until the other side is silent for so long or closes: the answers,
# as they follow each other on the connection. What is no answer with a head (HTTP/0.9) has status 0.
sub answers_to {
	my ($client, $bytes, $silence) = @_;
	my $socket = $client->socket;
	$socket->autoflush(1);
	$socket->print($bytes);
	my $got = '';
	while (IO::Select->new($socket)->can_read($silence // 1)) {
		sysread($socket, $got, 65536, length $got) or last;
	}
	my @answers;
	while (length $got) {
		if ($got !~ s{^(HTTP/1\.[01] (\d+)[^\r\n]*)\r\n((?:[^\r\n]+\r\n)*)\r\n}{}) {
			push @answers, Gatehouse::Answer->new('raw', 0, {}, $got);
			last;
		}
		my ($status, $head) = ($2, $3);
		my %headers;
		for (split /\r\n/, $head) {
			my ($name, $value) = /^([^:]+):\s*(.*)$/ or next;
			$headers{lc $name} = exists $headers{lc $name} ? [map { ref ? @$_ : $_ } $headers{lc $name}, $value] : $value;
		}
		next if $status == 100;
		my $length = $headers{'content-length'} // length $got;
		$length = 0 if $status =~ /^(?:204|304)$/;
		push @answers, Gatehouse::Answer->new('raw', $status, \%headers, substr $got, 0, $length, '');
	}
	return @answers;
}
sub statuses_of { return join ' ', map { $_->status } @_ }


1;
