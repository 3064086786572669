# What the tables hold of somebody: a digest for each table of all rows that mention a world (its ids end
# in its mark), for tests that say "and nothing of theirs changed". A new table is looked at without being
# named here.
package Gatehouse::Tables;
use strict;
use warnings;
use Exporter qw(import);

our @EXPORT = qw(holdings digests changed);

# What time and workers change by themselves.
my $VOLATILE = "'{seq,last_seen_at,last_used_at,leased_until,fence,expires_at}'::text[]";
my $WORKERS_OWN = q{'worker_heartbeats', 'schema_migrations', 'event_counter', 'audit_seals'};

sub tables {
	my ($server) = @_;
	return @{ $server->{tables} ||= [map { $_->[0] } $server->sql(<<~SQL)] };
		select c.relname from pg_class c
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
			and c.relname not in ($WORKERS_OWN)
		order by 1
		SQL
}

# table => "count digest", of the rows that mention a world's mark; of all rows without one.
sub digests {
	my ($server, $mark) = @_;
	my $which = $mark ? "where t::text like '%$mark%'" : '';
	my $query = join ' union all ', map {
		"select '$_', count(*) || ' ' || coalesce(md5(string_agg(line, ',' order by line)), '-') from
			(select (to_jsonb(t) - $VOLATILE)::text as line from $_ t $which) x"
	} tables($server);
	return { map { ($_->[0] => $_->[1]) } $server->sql($query) };
}

sub holdings { my ($world) = @_; return digests($world->{server}, $world->mark) }

# Tables that differ, each in a line that says how.
sub changed {
	my ($before, $after) = @_;
	return map { "$_: was $before->{$_}, is $after->{$_}" } grep { $before->{$_} ne $after->{$_} } sort keys %$before;
}

1;
