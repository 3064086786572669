# The routes of all areas as their programs print them (--routes): what tests of every route go by, so
# that a new route is tested without anybody writing its name down.
package Gatehouse::Routes;
use strict;
use warnings;
use JSON::PP;
use Gatehouse::Server;

my @all;

# Each a row with ->area, ->method, ->path, ->who and so on, and ->input, its fields.
sub all {
	my ($class) = @_;
	return @all if @all;
	my $root = Gatehouse::Server::root();
	chomp(my $areas = `make -s -C '$root' print-AREAS`);
	for my $area (split ' ', $areas) {
		my $program = Gatehouse::Server->bin($area);
		my $json = `'$program' --routes`;
		die "$program --routes failed\n" if $? || !length $json;
		push @all, map { bless $_, $class } @{ decode_json($json) };
	}
	return @all;
}

sub area { return $_[0]{area} }
sub method { return $_[0]{method} }
sub path { return $_[0]{path} }
sub name { return "$_[0]{method} $_[0]{path}" }
sub who { return @{ $_[0]{who} } }
sub status { return $_[0]{status} }
sub is_stream { return $_[0]{stream} }
sub is_page { return $_[0]{page} }
sub is_idempotent { return $_[0]{idempotent} }
sub input { return @{ $_[0]{input} } }
# Fields of one place: path, query, body.
sub fields { my ($self, $in) = @_; return grep { $_->{in} eq $in } $self->input }

# Whether someone with these roles may call it, by its row alone. Nobody has none.
sub admits {
	my ($self, @roles) = @_;
	my %who = map { $_ => 1 } $self->who;
	return 1 if $who{anyone} || $who{user};
	return scalar grep { $who{$_} || $_ eq 'admin' } @roles;
}

1;
