# An answer of the API, for looking at.
package Gatehouse::Answer;
use strict;
use warnings;
use JSON::PP;

my $json = JSON::PP->new->utf8->allow_nonref;

sub new {
	my ($class, $request, $status, $headers, $body) = @_;
	return bless { request => $request, status => $status, headers => $headers, body => $body }, $class;
}

sub status { return $_[0]{status} }
sub body { return $_[0]{body} // '' }
sub headers { return $_[0]{headers} }
# One header; several of the same name are joined as HTTP allows.
sub header {
	my ($self, $name) = @_;
	my $value = $self->{headers}{lc $name};
	return ref $value ? join(', ', @$value) : $value;
}
sub type { my $type = $_[0]->header('Content-Type') // ''; $type =~ s/;.*//; return $type }
sub summary {
	my $self = shift;
	return "$self->{request} -> $self->{status} (request " . ($self->header('X-Request-Id') // 'without an id') . ')';
}

# The decoded body; dies with the body in the message when it is no JSON.
sub json {
	my $self = shift;
	return $self->{json} if exists $self->{json};
	$self->{json} = eval { $json->decode($self->{body}) };
	die $self->summary . ": no JSON: $self->{body}\n" if $@;
	return $self->{json};
}
sub data { return $_[0]->json->{data} }
sub next { return $_[0]->json->{next} }

# Of a problem: its code, its detail, and the names of the fields it is about.
sub problem { return $_[0]->type eq 'application/problem+json' ? $_[0]->json : undef }
sub code { my $p = $_[0]->problem; return $p ? $p->{code} : undef }
sub detail { my $p = $_[0]->problem; return $p ? $p->{detail} : undef }
sub fields { my $p = $_[0]->problem; return $p ? map { $_->{field} } @{ $p->{errors} || [] } : () }

# What is wrong with this as the problem (status, code) in the form that API.md promises.
sub problem_faults {
	my ($self, $status, $code) = @_;
	my @wrong;
	push @wrong, "status is $self->{status}, not $status" if $self->{status} != $status;
	my $problem = $self->problem
		or return (@wrong, 'type is ' . ($self->type || 'missing') . ', not application/problem+json');
	for my $member (qw(type title status code instance)) {
		push @wrong, "there is no member $member" unless defined $problem->{$member};
	}
	push @wrong, 'code is ' . ($problem->{code} // 'missing') . ", not $code" if ($problem->{code} // '') ne $code;
	push @wrong, "its status is $problem->{status}" if ($problem->{status} // 0) != $self->{status};
	push @wrong, 'its instance is not the request id'
		if ($problem->{instance} // '') ne ($self->header('X-Request-Id') // '-');
	push @wrong, 'there is no Retry-After'
		if $status =~ /^(?:423|429|503)$/ && !defined $self->header('Retry-After');
	push @wrong, 'there is no Allow' if $status == 405 && !defined $self->header('Allow');
	push @wrong, 'there are no errors' if $code eq 'validation_failed' && !@{ $problem->{errors} || [] };
	return @wrong;
}

1;
