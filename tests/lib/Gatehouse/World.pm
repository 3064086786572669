# People and places to test with: a society of one test's own, or the demo's. Both are asked the same way:
# ->as('resident101'), ->flat('101'), ->society_id, ->tablet_token.
package Gatehouse::World;
use strict;
use warnings;
use JSON::PP;
use Gatehouse::Client;

my $json = JSON::PP->new->utf8(0)->canonical;
my $PASSWORD = 'correct horse 7';
my $PIN = '482915';
my %hashes;

sub uuid {
	my $hex = join '', map { sprintf '%04x', int rand 65536 } 1 .. 8;
	$hex =~ s/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/$1-$2-4$3-a$4-$5/;
	return $hex;
}

# Who there is in a fresh society: name => [role, scope, where].
my @PEOPLE = (
	[admin => 'admin', 'site'],
	[manager => 'manager', 'society'],
	[operator => 'operator', 'organization'],
	[technician => 'technician', 'customer'],
	[customer => 'customer', 'customer'],
	[guard => 'guard', 'society'],
	[resident101 => 'resident', 'flat', '101'],
	[family101 => 'resident', 'flat', '101'],
	[resident102 => 'resident', 'flat', '102'],
	[resident103 => 'resident', 'flat', '103'],
	[stranger => undef],
);

sub fresh {
	my ($class, $server) = @_;
	my $mark = substr uuid(), 0, 8;
	my $self = bless { server => $server, mark => $mark, clients => {} }, $class;
	$self->{tablet_token} = "test-tablet-$mark-" . uuid();
	my $known = $hashes{ $server->url } ||= [$server->hashes("password $PASSWORD", "pin $PIN")];
	my ($tablet_hash) = $server->hashes("token $self->{tablet_token}");
	# Every id of this world ends in its mark, so that whatever mentions one of them is easily found.
	my $own = sub { my $id = uuid(); substr($id, -8) = $mark; return $id };
	$self->{$_} = $own->() for qw(organization_id society_id complex_id block_id customer_id guard_id tablet_id);
	$self->{flats} = { map { $_ => $own->() } qw(101 102 103 104) };
	my %scope = (society => $self->{society_id}, organization => $self->{organization_id}, customer => $self->{customer_id});
	for my $row (@PEOPLE) {
		my ($name, $role, $type, $flat) = @$row;
		$self->{people}{$name} = {
			id => $own->(), email => "$name.$mark\@example.test", name => "\u$name", role => $role,
			scope_type => $type, flat_id => $flat && $self->{flats}{$flat},
			scope_id => $type && ($type eq 'flat' ? $self->{flats}{$flat} : $scope{$type}),
		};
	}
	open my $in, '<', $server->root . '/tests/lib/world.sql' or die "world.sql: $!\n";
	local $/;
	$server->sql(<$in>,
		(map { $_ => $self->{$_} } qw(mark organization_id society_id complex_id block_id customer_id guard_id tablet_id)),
		flats => $json->encode([map { { flat_number => $_, id => $self->{flats}{$_} } } sort keys %{ $self->{flats} }]),
		people => $json->encode([map { $self->{people}{$_} } sort keys %{ $self->{people} }]),
		guard_user => $self->{people}{guard}{id}, customer_user => $self->{people}{customer}{id},
		flat101 => $self->{flats}{101}, hash => $known->[0], pin_hash => $known->[1], tablet_hash => $tablet_hash);
	return $self;
}

my %DEMO = (
	resident101 => ['resident101@example.com', 'resident123'], resident102 => ['resident102@example.com', 'resident123'],
	manager => ['manager@example.com', 'manager123'], operator => ['operator@example.com', 'operator123'],
	technician => ['tech@example.com', 'technician123'], customer1 => ['customer1@example.com', 'customer123'],
	customer2 => ['customer2@example.com', 'customer123'], admin => ['admin@example.com', 'admin123'],
);
sub demo {
	my ($class, $server) = @_;
	my $demo = $server->demo;
	return $server->{demo_world} ||= bless {
		server => $server, demo => 1, clients => {}, flats => $demo->{flats},
		society_id => '11111111-1111-1111-1111-111111111111', tablet_token => $demo->{tablet}{device_token},
	}, $class;
}

sub flat { my ($self, $number) = @_; return $self->{flats}{$number} || die "there is no flat $number\n" }
sub society_id { return $_[0]{society_id} }
sub organization_id { return $_[0]{organization_id} }
sub customer_id { return $_[0]{customer_id} }
sub block_id { return $_[0]{block_id} }
sub complex_id { return $_[0]{complex_id} }
sub guard_id { return $_[0]{guard_id} }
sub tablet_id { return $_[0]{tablet_id} }
sub tablet_token { return $_[0]{tablet_token} }
sub pin { return $_[0]{demo} ? '123456' : $PIN }
sub mark { return $_[0]{mark} }
sub email { my ($self, $who) = @_; return $self->{demo} ? $DEMO{$who}[0] : $self->{people}{$who}{email} }
sub password { my ($self, $who) = @_; return $self->{demo} ? $DEMO{$who}[1] : $PASSWORD }
sub user_id { my ($self, $who) = @_; return $self->{people}{$who}{id} || $self->as($who)->user->{id} }
sub client { my $self = shift; return Gatehouse::Client->new(server => $self->{server}) }

# Someone signed in; the same client each time. sign_in() makes a session of its own.
sub as {
	my ($self, $who) = @_;
	return $self->{clients}{$who} ||= $self->sign_in($who);
}
sub sign_in {
	my ($self, $who) = @_;
	return $self->client->guard_login($self->tablet_token, $self->pin) if $who eq 'guard';
	my $email = $self->email($who) or die "there is nobody called $who\n";
	return $self->client->login($email, $self->password($who));
}

1;
