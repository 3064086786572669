# The floor beside Gatehouse: floor.c with as many processes, on a database of its own in the same
# PostgreSQL, behind an nginx of its own with no more in it than it needs.
package Bench::Floor;
use strict;
use warnings;
use IO::Socket::UNIX;
use Socket qw(SOMAXCONN);

sub start {
	my ($class, $server, $program, $processes) = @_;
	my $self = bless { server => $server, folder => $server->var . '/floor', port => $server->free_port }, $class;
	mkdir $self->{folder} or die "$self->{folder}: $!\n";
	$self->make_database;
	$self->start_program($program, $processes);
	$self->start_nginx;
	return $self;
}

sub make_database {
	my $self = shift;
	$self->{server}->sql('create database floor');
	my $psql = "psql -XAtq -v ON_ERROR_STOP=1 -h '" . $self->{server}->var . "/run' -U gatehouse -d floor";
	$self->{ids} = [split ' ', `$psql -c "
		create table things (id uuid primary key default gen_random_uuid(), name text not null, phone text,
			purpose text, status text not null default 'pending', created_at timestamptz not null default now())" -c "
		create table written (like things including all)" -c "
		insert into things (name, phone, purpose)
		select 'Asha ' || n, '+919812345678', 'delivery' from generate_series(1, 10000) as n" -c "
		analyze things" -c "
		select id from things limit 300"`];
	die "the floor's database cannot be made\n" if $? || @{ $self->{ids} } != 300;
	return;
}

sub start_program {
	my ($self, $program, $processes) = @_;
	my $socket = IO::Socket::UNIX->new(Local => "$self->{folder}/floor.sock", Listen => SOMAXCONN)
		or die "floor.sock: $!\n";
	chmod 0777, "$self->{folder}/floor.sock";
	$self->{program} = fork // die "fork: $!\n";
	return if $self->{program};
	open STDIN, '<&', $socket or die "fd 0: $!\n";
	open STDERR, '>>', "$self->{folder}/floor.log" or die "floor.log: $!\n";
	exec $program, 'host=' . $self->{server}->var . '/run user=gatehouse dbname=floor', $processes
		or POSIX::_exit(127);
}

sub start_nginx {
	my $self = shift;
	my $at = $self->{folder};
	open my $out, '>', "$at/nginx.conf" or die "$at/nginx.conf: $!\n";
	print $out <<"CONF";
worker_processes 2;
pid "$at/nginx.pid";
error_log "$at/error.log";
events { worker_connections 1024; }
http {
	access_log "$at/access.log" combined buffer=16k flush=100ms;
	client_body_temp_path "$at/body";
	fastcgi_temp_path "$at/fastcgi";
	proxy_temp_path "$at/proxy";
	uwsgi_temp_path "$at/uwsgi";
	scgi_temp_path "$at/scgi";
	keepalive_requests 10000;
	server {
		listen 127.0.0.1:$self->{port} backlog=4096;
		location = /nginx { return 200 '{}'; }
		location / {
			fastcgi_pass_request_headers off;
			fastcgi_param REQUEST_METHOD \$request_method;
			fastcgi_param DOCUMENT_URI \$uri;
			fastcgi_param CONTENT_TYPE \$content_type;
			fastcgi_param CONTENT_LENGTH \$content_length;
			fastcgi_pass "unix:$at/floor.sock";
		}
	}
}
CONF
	close $out;
	$self->{nginx} = fork // die "fork: $!\n";
	return if $self->{nginx};
	exec 'nginx', '-e', "$at/error.log", '-p', $at, '-c', "$at/nginx.conf", '-g', 'daemon off;'
		or POSIX::_exit(127);
}

sub url { return "http://127.0.0.1:$_[0]{port}" }
sub ids { return @{ $_[0]{ids} } }
sub groups { my $self = shift; return (nginx => [$self->{nginx}], program => [$self->{program}]) }

sub stop {
	my $self = shift;
	for (grep { defined } delete @$self{qw(nginx program)}) {
		kill TERM => $_;
		waitpid $_, 0;
	}
	return;
}
sub DESTROY { my $self = shift; local ($?, $!); $self->stop; return }

1;
