# A valid request for any route, from its input table: what the tests of every route call it with. Ids
# come from a world: its own, or somebody else's. A route whose input cannot be guessed from its fields
# has a line in %SPECIAL; an id of an unknown kind stops the test and says where to name it.
package Gatehouse::Example;
use strict;
use warnings;
use JSON::PP;
use MIME::Base64 qw(decode_base64);
use POSIX qw(strftime);
use Gatehouse::Gate;
use Gatehouse::World;

# What an id is of where the path alone does not say.
my %ROUTE = ('GET /v1/visitors/:id/qr.svg' => 'invited');
# What an id in a path is of, by the segment before it; in a query or a body by its name.
my %PATH = (
	visitors => 'visitor', sessions => 'session', users => 'user', guards => 'guard', devices => 'tablet', society => 'society',
	societies => 'society', complexes => 'complex', blocks => 'block', flats => 'flat', 'resident-requests' => 'resident_request',
	i => 'invitation', endpoint => 'word', ':method' => 'word',
);
my %NAME = (
	flat_id => 'flat', society_id => 'society', complex_id => 'complex', block_id => 'block', organization_id => 'organization',
	visitor_id => 'visitor', visit_id => 'visit', guard_id => 'guard', device_ids => 'tablet', scopeId => 'society', id => 'user',
);

# How to make or find one of a kind in a world. Those that a DELETE takes are made anew each time.
my %OWN = (
	visitor => sub { announce($_[0])->{id} },
	visit => sub { visit_of($_[0], visitor_in($_[0], 'checked_in')->{id}) },
	session => sub { my ($w, $who) = @_; claims($w->sign_in($who || 'resident101'))->{sid} },
	user => sub { $_[0]->user_id('family101') },
	society => sub { made_in($_[0], 'society') },
	complex => sub { made_in($_[0], 'complex') },
	block => sub { made_in($_[0], 'block') },
	flat => sub { made_in($_[0], 'flat') },
	guard => sub { made_in($_[0], 'guard') },
	tablet => sub { made_in($_[0], 'tablet') },
	resident_request => sub { made_in($_[0], 'resident_request') },
	organization => sub { $_[0]->organization_id },
	invitation => sub { my ($token) = invite($_[0])->{invite_url} =~ m{/i/(.+)}; $token },
	# Somebody with a link, where the route is about the link.
	invited => sub { invite($_[0])->{id} },
);
my %WORD = (method => 'GET', endpoint => '%2Fhealth');
# In use, where a request only looks or builds in it.
my %STANDING = (
	society => sub { $_[0]->society_id }, complex => sub { $_[0]->complex_id }, block => sub { $_[0]->block_id },
	flat => sub { $_[0]->flat('101') }, tablet => sub { $_[0]->tablet_id }, guard => sub { $_[0]->guard_id },
);
my %MAKE = (
	society => q{insert into societies (id, organization_id, name, city) values (:'new', :'organization', :'new', 'Testville');
		insert into role_assignments (id, user_id, role, scope_type, scope_id) values (gen_random_uuid(), :'manager', 'manager', 'society', :'new')},
	complex => q{insert into complexes (id, society_id, name) values (:'new', :'society', :'new')},
	block => q{insert into blocks (id, complex_id, society_id, name) values (:'new', :'complex', :'society', :'new')},
	flat => q{insert into flats (id, block_id, society_id, flat_number) values (:'new', :'block', :'society', left(:'new', 20))},
	guard => q{with u as (insert into users (id, first_name) values (gen_random_uuid(), 'Extra') returning id)
		insert into guards (id, user_id, society_id, name, pin_hash) select :'new', id, :'society', 'Extra', 'none' from u},
	tablet => q{insert into guard_devices (id, society_id, name, platform, token_hash) values (:'new', :'society', 'Extra', 'web', :'new')},
	resident_request => q{with u as (insert into users (id, first_name) values (gen_random_uuid(), 'Extra') returning id)
		insert into resident_requests (id, user_id, name, flat_id, society_id, relation) select :'new', id, 'Extra', :'flat', :'society', 'tenant' from u},
);
sub made_in {
	my ($world, $kind) = @_;
	my $new = Gatehouse::World::uuid();
	$world->{server}->sql($MAKE{$kind}, new => $new, organization => $world->organization_id, society => $world->society_id,
		complex => $world->complex_id, block => $world->block_id, flat => $world->flat('104'), manager => $world->user_id('manager'));
	return $new;
}

sub claims {
	my ($client) = @_;
	my $part = (split /\./, $client->token)[1];
	$part =~ tr{-_}{+/};
	return decode_json(decode_base64($part));
}

# The kind of id that a field holds; undef when it holds none.
sub kind_of {
	my ($route, $field) = @_;
	my $name = $field->{name};
	if ($field->{in} eq 'path') {
		return $ROUTE{ $route->name } if $ROUTE{ $route->name };
		my ($before) = $route->path =~ m{([^/]+)/:\Q$name\E(?:/|$)};
		return $PATH{$before} || die $route->name . ": what is :$name an id of? Name it in %PATH (and %OWN) of tests/lib/Gatehouse/Example.pm\n";
	}
	return undef unless $field->{type} =~ /^uuids?$/;
	return $NAME{$name} || die $route->name . ": what is $name an id of? Name it in %NAME (and %OWN) of tests/lib/Gatehouse/Example.pm\n";
}

my %known;
# An id of a kind in a world. Fresh ones are for requests that use them up.
sub id {
	my ($world, $kind, $who, $fresh) = @_;
	die "there is no way to make a $kind: add it to %OWN of tests/lib/Gatehouse/Example.pm\n" unless $OWN{$kind};
	return $STANDING{$kind}->($world) if !$fresh && $STANDING{$kind};
	return $OWN{$kind}->($world, $who) if $fresh || $kind eq 'session';
	return $known{ $world->mark }{$kind} ||= $OWN{$kind}->($world, $who);
}

my $count = 0;
my %TYPE = (
	text => sub { my ($f) = @_; my $text = 'T' . ++$count; return substr $text . 'x' x ($f->{min} || 0), 0, $f->{max} || 80 },
	secret => sub { 'secret-' . ++$count },
	int => sub { $_[0]{min} || 1 },
	number => sub { $_[0]{min} || 1 },
	bool => sub { $_[0]{in} eq 'query' ? 'true' : JSON::PP::true() },
	time => sub { strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + 3600 + ++$count)) },
	moment => sub { '2025-01-01' },
	date => sub { strftime('%Y-%m-%d', gmtime) },
	email => sub { 'example' . ++$count . '.' . Gatehouse::World::uuid() . '@example.test' },
	phone => sub { '+9195' . int(10_000_000 + rand 89_999_999) },
	choice => sub { $_[0]{choices}[0] },
	cursor => sub { 'MDE5ZGE0YTUtMWZiMi03MWQxLTg2YjEtNTg3ZTM3YzU5YTRl' },
	zone => sub { 'Asia/Kolkata' },
);
# Secrets that must be right, by name.
my %SECRET = (
	password => sub { $_[0]->password('resident101') }, currentPassword => sub { $_[0]->password('resident101') },
	newPassword => sub { $_[0]->password('resident101') }, pin => sub { $_[0]->pin }, device_token => sub { $_[0]->tablet_token },
	refreshToken => sub { $_[0]->sign_in('resident101')->refresh_token }, token => sub { my ($w, $who) = @_; $w->sign_in($who)->refresh_token },
);

sub value {
	my ($route, $field, $world, $who, $fresh) = @_;
	my $kind = kind_of($route, $field);
	return $WORD{ $field->{name} } if ($kind || '') eq 'word';
	if ($kind) {
		my $id = id($world, $kind, $who, $fresh);
		return $field->{type} eq 'uuids' ? [$id] : $id;
	}
	return $SECRET{ $field->{name} }->($world, $who) if $field->{type} eq 'secret' && $SECRET{ $field->{name} };
	my $make = $TYPE{ $field->{type} } or die $route->name . ": $field->{name}: an example of type $field->{type} is missing in %TYPE of tests/lib/Gatehouse/Example.pm\n";
	return $make->($field);
}

# Bodies that hold together: what is left out, what is put in.
my %SPECIAL = (
	'POST /api/auth/login' => sub { my ($b, $w, $who) = @_; %$b = (email => $w->email('resident101'), password => $w->password('x')) },
	'POST /api/auth/refresh' => sub { my ($b, $w) = @_; $b->{refreshToken} = $w->sign_in('resident101')->refresh_token },
	'PUT /api/users/profile' => sub { delete $_[0]{id} },
	'POST /v1/auth/guard' => sub { my ($b, $w) = @_; $b->{guard_id} = $w->guard_id },
	'POST /v1/visits/checkin' => sub { my ($b, $w) = @_; %$b = (visitor_id => visitor_in($w, 'accepted')->{id}) },
	'POST /v1/visits/checkout' => sub { my ($b, $w) = @_; %$b = (visit_id => $b->{visit_id}) },
	'POST /v1/resident-requests' => sub { my ($b, $w) = @_; $b->{flat_id} = made_in($w, 'flat') },
	# On the tablet stays one guard, who can sign in without a name.
	'POST /v1/guards' => sub { @{ $_[0] }{qw(pin device_ids)} = ('135790', []) },
	'PUT /v1/guards/:id' => sub { $_[0]{device_ids} = [] },
	'POST /api/users/:id/roles' => sub { my ($b, $w, $who) = @_; @$b{qw(role scopeType scopeId)} = ('resident', 'flat', made_in($w, 'flat')) },
	'DELETE /api/users/:id/roles' => sub { my ($b, $w) = @_; @$b{qw(role scopeType scopeId)} = ('resident', 'flat', made_in($w, 'flat'));
		$w->{server}->sql(q{insert into role_assignments (id, user_id, role, scope_type, scope_id) values (gen_random_uuid(), :'u', 'resident', 'flat', :'f')},
			u => $w->user_id('family101'), f => $b->{scopeId}) },
);
# Parents of what stands already, which is not moved.
my %PARENT = map { ($_ => 1) } 'PUT /v1/complexes/:id', 'PUT /v1/blocks/:id', 'PUT /v1/flats/:id';

# ($path, $body) of a valid request as someone of a world; body is undef where the route has none.
# All ids are the world's own; whatever the request would use up is made for it.
sub request {
	my ($route, $world, $who) = @_;
	my $uses_up = $route->method ne 'GET';
	my $path = $route->path;
	for my $field ($route->fields('path')) {
		my $id = value($route, $field, $world, $who, $uses_up);
		$path =~ s/:\Q$field->{name}\E(?=\/|$)/$id/;
	}
	my %body;
	for my $field ($route->fields('body')) {
		my $is_id = $field->{type} =~ /^uuids?$/;
		next if !$field->{required} && !$is_id || $PARENT{ $route->name };
		$body{ $field->{name} } = value($route, $field, $world, $who);
	}
	for my $field ($PARENT{ $route->name } ? $route->fields('body') : ()) {
		$body{ $field->{name} } = value($route, $field, $world, $who) if $field->{required};
	}
	$SPECIAL{ $route->name }->(\%body, $world, $who) if $SPECIAL{ $route->name };
	return ($path, scalar($route->fields('body')) ? \%body : undef);
}

1;
