# Every route × every role × whose: generated from --routes, so that a new route is covered when it is
# there. Without a token 401; without the role 403; what belongs to someone else 404, and never a change
# to it; malformed ids 404 in a path and 422 elsewhere. An id of a new kind stops this with the place to
# name it (tests/lib/Gatehouse/Example.pm).
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gatehouse;
use Gatehouse::Example;
use Gatehouse::Routes;
use Gatehouse::Tables;

my $server = server();
my ($theirs, $ours) = (world($server), world($server));
# Who calls, and the roles they have.
my %ROLES = (stranger => [], resident101 => ['resident'], guard => ['guard'], manager => ['manager'], operator => ['operator'],
	technician => ['technician'], customer => ['customer'], admin => ['admin']);
my @ACTORS = sort keys %ROLES;
# Lists that are a directory, the same for everyone who is signed in.
my %DIRECTORY = map { ("GET /v1/$_" => 1) } qw(cities societies complexes blocks flats);
# Where a valid call by someone admitted is refused all the same, and how.
my %MEANT = ('POST /v1/societies manager' => [404]); # a society's manager; an organization's adds them
# Ids that anyone may name, since nothing is theirs yet: a manager a user, who is to have a role; a user
# the flat to be known in.
my %ANYBODYS = ('POST /v1/resident-requests flat_id' => 1, map { ("$_ /api/users/:id/roles id" => 1) } qw(GET POST DELETE));

my @routes = Gatehouse::Routes->all;
# An id of each kind that is theirs.
my %their;
for my $route (@routes) {
	for my $field (grep { $_->{in} ne 'query' || $_->{type} =~ /^uuids?$/ } $route->input) {
		my $kind = Gatehouse::Example::kind_of($route, $field) or next;
		$their{$kind} ||= $kind eq 'word' ? 'word' : Gatehouse::Example::id($theirs, $kind, 'resident101');
	}
}
my $mark = $theirs->mark;
my $their_ids = join '|', $mark, values %{ $theirs->{flats} }, grep { $_ !~ /^word/ } values %their;

# Signing out and the like ends sessions: such calls have one of their own.
sub caller_of {
	my ($route, $who) = @_;
	return $ours->as($who) if $route->area ne 'auth' || $route->method eq 'GET';
	delete $ours->{clients}{$who};
	return $ours->sign_in($who);
}
sub call {
	my ($route, $client, $path, $body) = @_;
	if ($route->is_stream) {
		my $stream = $client->stream($path);
		$stream->close;
		return Gatehouse::Answer->new($route->name, $stream->status, {}, $stream->body);
	}
	return $client->request($route->method, $path, $body);
}
sub path_with {
	my ($route, $path, $field, $id) = @_;
	my @names = $route->path =~ m{:(\w+)}g;
	my $pattern = $route->path =~ s{:(\w+)}{$1 eq $field->{name} ? '[^/]+' : '([^/]+)'}ger;
	my @others = $path =~ m{^$pattern$};
	return $route->path =~ s{:(\w+)}{$1 eq $field->{name} ? $id : shift @others}ger;
}
# Path and body of an example with another id in a field's place.
sub in_place {
	my ($route, $field, $id, $path, $body) = @_;
	return (path_with($route, $path, $field, $id), $body) if $field->{in} eq 'path';
	return ($path, { %{ $body || {} }, $field->{name} => $field->{type} eq 'uuids' ? [$id] : $id }) if $field->{in} eq 'body';
	return ($path . "?$field->{name}=" . ($id =~ s/([^\w-])/sprintf '%%%02x', ord $1/ger), $body);
}
sub is_status { my ($answer, $status) = @_; return $answer->status == $status ? () : ($answer->summary . ' ' . substr $answer->body, 0, 200) }

my $before = holdings($theirs);

subtest 'without the right to it' => sub {
	my %example = map { ($_->name => [Gatehouse::Example::request($_, $ours, 'resident101')]) } @routes;
	my %client = map { ($_ => $ours->as($_)) } @ACTORS;
	my $is = holdings($ours);
	for my $route (@routes) {
		my @refused = grep { !$route->admits(@{ $ROLES{$_} }) } @ACTORS;
		my @wrong = map { is_status(call($route, $client{$_}, @{ $example{ $route->name } }), 403) } @refused;
		push @wrong, is_status(call($route, client($server), @{ $example{ $route->name } }), 401) unless grep { $_ eq 'anyone' } $route->who;
		is_deeply(\@wrong, [], $route->name . ': 401 without a token; 403 for ' . (join(' ', @refused) || 'no role'));
	}
	is_deeply([changed($is, holdings($ours))], [], 'nothing has changed');
};

for my $route (@routes) {
	subtest $route->name => sub {
		my $open = grep { $_ eq 'anyone' } $route->who;
		my @admitted = grep { $route->admits(@{ $ROLES{$_} }) } @ACTORS;
		my %example = map { ($_ => [Gatehouse::Example::request($route, $ours, $_)]) } @admitted;
		my (@not_reached, @leaks);
		for my $who (@admitted) {
			my $answer = call($route, caller_of($route, $who), @{ $example{$who} });
			my $meant = $MEANT{ $route->name . " $who" };
			push @not_reached, "$who: " . $answer->summary . ' ' . substr $answer->body, 0, 300
				unless $meant ? grep { $_ == $answer->status } @$meant : $answer->status == $route->status || $answer->status == 409;
			push @leaks, "$who: " . $answer->body if $who ne 'admin' && !$DIRECTORY{ $route->name } && $answer->body =~ /$their_ids/;
		}
		is_deeply(\@not_reached, [], "served: @admitted");

		my (@trespass, @malformed);
		for my $field (grep { $_->{in} ne 'query' || $_->{type} =~ /^uuids?$/ } $route->input) {
			my ($name, $in) = @$field{qw(name in)};
			my $kind = Gatehouse::Example::kind_of($route, $field) or next;
			next if $kind eq 'word';
			for my $who ($open && $in eq 'path' || $ANYBODYS{ $route->name . " $name" } ? () : grep { $_ ne 'admin' } @admitted) {
				my $answer = call($route, caller_of($route, $who), in_place($route, $field, $their{$kind}, @{ $example{$who} }));
				my @meant = $in eq 'path' ? 404 : $in eq 'query' && $route->method eq 'GET' ? 200 : $open ? (401, 404, 422, 423) : (404, 422);
				push @trespass, "$who, $in $name: " . $answer->summary . ' ' . substr $answer->body, 0, 200 unless grep { $_ == $answer->status } @meant;
				push @leaks, "$who, $in $name: " . $answer->body if !$DIRECTORY{ $route->name } && $answer->status < 300 && $answer->body =~ /$their_ids/;
			}
			next unless $field->{type} =~ /^uuids?$/ && @admitted;
			my $who = $admitted[-1];
			for my $bad ($in eq 'path' ? ('7', 'x' x 40, uuid() . '0', '%00', '%ff') : ('7', "{@{[uuid()]}}", "' or 1=1 --")) {
				my $answer = call($route, caller_of($route, $who), in_place($route, $field, $bad, @{ $example{$who} }));
				my $fits = $in eq 'path' ? $answer->status == 404 || $answer->status == 400 && $bad =~ /%/
					: $answer->status == 422 && grep { $_ eq $name } $answer->fields;
				push @malformed, "$in $name = $bad: " . $answer->summary . ' ' . substr $answer->body, 0, 200 unless $fits;
			}
		}
		is_deeply(\@trespass, [], 'what is theirs is not found');
		is_deeply(\@leaks, [], 'nor shown');
		is_deeply(\@malformed, [], 'malformed ids: 404 in the path, 422 elsewhere');
		is_deeply([changed($before, holdings($theirs))], [], 'nothing of theirs has changed');
	};
}

done_testing;
