# shellcheck shell=sh disable=SC2154 # state, session and start are set by process_look
# Starting and stopping what an instance consists of. Sourced by run, stop and test after lib.sh.
#
# Each service is a session of its own led by scripts/keep, whose pid is in run/NAME.keep. A session
# keeps its number as long as anything of it lives, so what a killed keep leaves behind is found by
# it. A number that was given to a stranger since is told by its working directory: ours stand in var.

# The sessions of an instance in the order they start.
service_names() { (cd "$RUN" 2>/dev/null && for file in *.keep; do printf '%s\n' "${file%.keep}"; done) | grep -v '^\*$'; }

# start NAME STOP-SIGNAL SOCKET|- COMMAND…; nothing happens if it already runs.
start() {
	service=$1 stop_signal=$2 socket=$3
	shift 3
	! pid_of "$service" >/dev/null || return 0
	set -- "$ROOT/scripts/keep" -n "$service" -s "$stop_signal" "$@"
	[ "$socket" = - ] || set -- spawn-fcgi -n -b 1024 -M 0600 -s "$socket" -- "$@"
	trim_log "$LOG/$service.log"
	(
		cd "$VAR" || exit
		# No core of any of them holds a secret or a neighbour's phone number.
		# shellcheck disable=SC3045 # dash has it
		ulimit -c 0
		# shellcheck disable=SC2086 # a prefix of several words, or none
		exec setsid $AS_SERVICE "$@" </dev/null >>"$LOG/$service.log" 2>&1 9>&-
	) &
	process_look $! && printf '%s %s\n' $! "$start" >"$RUN/$service.keep"
}

# A log past 20 MB makes room once, at start.
trim_log() {
	[ -f "$1" ] || return 0
	[ "$(stat -c %s "$1")" -lt 20000000 ] || mv -f "$1" "$1.1"
}

# The living processes of a service, its keep first.
members() {
	{ read -r leader _ <"$RUN/$1.keep"; } 2>/dev/null || leader=none
	for entry in /proc/[0-9]*; do
		member=${entry#/proc/}
		process_look "$member" || continue
		[ "$state" != Z ] || continue
		[ "$session" = "$leader" ] || is_our_postgres "$1" "$entry" || continue
		! stands_in_var "$member" || printf '%s\n' "$member"
	done
}
# PostgreSQL's children each make a session of their own.
is_our_postgres() {
	[ "$1" = postgres ] || return 1
	{ read -r comm <"$2/comm"; } 2>/dev/null || return 1
	[ "$comm" = postgres ]
}
stands_in_var() {
	case $(readlink "/proc/$1/cwd") in
	"$VAR" | "$VAR"/* | "$VAR (deleted)" | "$VAR"/*" (deleted)") return 0 ;;
	esac
	return 1
}
no_members() { [ -z "$(members "$1")" ]; }

# Asks a service to end: its keep, or what a killed keep left behind.
ask_to_end() {
	if leader=$(pid_of "$1"); then
		kill -TERM "$leader" 2>/dev/null || :
	elif [ "$1" = postgres ]; then
		# Its own "fast" shutdown; its children are its business.
		{ read -r leader <"$VAR/pg/postmaster.pid"; } 2>/dev/null || return 0
		case " $(members postgres | tr '\n' ' ')" in
		*" $leader "*) kill -INT "$leader" 2>/dev/null || : ;;
		esac
	else
		signal_members TERM "$1"
	fi
}
signal_members() {
	for member in $(members "$2"); do
		kill -s "$1" "$member" 2>/dev/null || :
	done
}

# Ends the named services, asking all at once, and makes sure of each.
stop_services() {
	for service in "$@"; do
		ask_to_end "$service"
	done
	for service in "$@"; do
		case $service in
		postgres) patience=60 ;;
		*) patience=8 ;;
		esac
		wait_for "$patience" no_members "$service" || signal_members KILL "$service"
		wait_for 5 no_members "$service" || warn "$service does not end: $(members "$service")"
		rm -f "$RUN/$service.keep"
	done
}

# Ends what a killed keep left behind, so that its service can be started anew.
clear_orphans() {
	for orphan in $(service_names); do
		pid_of "$orphan" >/dev/null || stop_services "$orphan"
	done
}

stop_all() {
	[ -d "$RUN" ] || return 0
	front=
	for service in $(service_names); do
		case $service in
		postgres | redis) ;;
		*) front="$front $service" ;;
		esac
	done
	# shellcheck disable=SC2086 # several names
	stop_services $front
	stop_services redis postgres
	rm -f "$RUN"/*.sock "$RUN"/*.wake "$RUN"/*.shm "$RUN"/.s.PGSQL.* "$VAR/address"
}

# PostgreSQL: everything on, on a Unix socket that only its owner reaches.
start_postgres() {
	if [ ! -s "$VAR/pg/PG_VERSION" ]; then
		find "$VAR/pg" -mindepth 1 -delete
		say "Making a database in $VAR/pg"
		as_service "$PG_BIN/initdb" -D "$VAR/pg" -U gatehouse -A trust --no-locale -E UTF8 \
			--data-checksums >"$LOG/initdb.log" 2>&1 ||
			die "initdb failed; see $LOG/initdb.log"
	fi
	[ "$(cat "$VAR/pg/PG_VERSION")" = "$PG_MAJOR" ] ||
		die "$VAR/pg was made by PostgreSQL $(cat "$VAR/pg/PG_VERSION"), this is $PG_MAJOR:" \
			"move it away (or set GATEHOUSE_VAR) and run again"
	as_service tee "$VAR/pg/postgresql.conf" >/dev/null <<-CONF
		# Written by scripts/run at each start.
		listen_addresses = ''
		unix_socket_directories = '$(printf %s "$RUN" | sed "s/'/''/g")'
		unix_socket_permissions = 0700
		max_connections = 200
		shared_buffers = 64MB
		work_mem = 4MB
		maintenance_work_mem = 32MB
		effective_cache_size = 1GB
		max_wal_size = 512MB
		min_wal_size = 64MB
		fsync = on
		synchronous_commit = on
		full_page_writes = on
		jit = off
		timezone = 'UTC'
		log_timezone = 'UTC'
		lc_messages = 'C'
		log_line_prefix = '%m [%p] %u '
		log_min_error_statement = panic
		log_error_verbosity = terse
		log_checkpoints = off
		password_encryption = 'scram-sha-256'
	CONF
	start postgres INT - "$PG_BIN/postgres" -D "$VAR/pg"
	wait_for 60 "$PG_BIN/pg_isready" -q -h "$RUN" -U gatehouse -d postgres ||
		die "PostgreSQL does not come up; see $LOG/postgres.log"
	database_is_there || psql_admin postgres -c 'create database gatehouse' >/dev/null
}
psql_admin() {
	database=$1
	shift
	psql -X -q -v ON_ERROR_STOP=1 -h "$RUN" -U gatehouse -d "$database" "$@"
}
database_is_there() {
	[ "$(psql_admin postgres -Atc "select 1 from pg_database where datname = 'gatehouse'")" = 1 ]
}

# Redis: counters and the tape, nothing that must survive.
start_redis() {
	as_service mkdir -p "$VAR/redis"
	start redis TERM - redis-server --port 0 --unixsocket "$RUN/redis.sock" \
		--unixsocketperm 700 --save '' --appendonly no --maxmemory 512mb \
		--maxmemory-policy noeviction --dir "$VAR/redis" --daemonize no --databases 2 \
		--set-proc-title no --loglevel warning
	wait_for 20 test -S "$RUN/redis.sock" || die "Redis does not come up; see $LOG/redis.log"
}

# Our programs. An area has a socket, and a second one with processes of its own for routes that hash
# passwords, if it has such: a storm of sign-ins slows nobody else.
start_programs() {
	# The daemon first and the worker last: the worker's first canary finds its way.
	for program in sse-daemon $PROGRAMS worker; do
		case " $PROGRAMS " in
		*" $program "*) start_program "$program" ;;
		esac
	done
}
start_program() {
	case $1 in
	worker)
		start worker-timers TERM - "$BIN/worker" timers
		start worker-relay TERM - "$BIN/worker" relay
		;;
	sse-daemon) start sse-daemon TERM "$RUN/sse.sock" "$BIN/sse-daemon" ;;
	*)
		start "$1" TERM "$RUN/$1.sock" "$BIN/$1"
		! "$BIN/$1" --routes | grep -q '"pool": *"login"' ||
			start "$1-login" TERM "$RUN/$1-login.sock" "$BIN/$1" --pool login
		;;
	esac
}

start_nginx() {
	as_service mkdir -p "$VAR/nginx/tmp"
	"$ROOT/scripts/nginx-conf" "$VAR/nginx" || die "nginx's configuration could not be made"
	as_service nginx -e "$LOG/nginx-error.log" -p "$VAR/nginx" -c "$VAR/nginx/nginx.conf" -t -q \
		2>"$LOG/nginx-test.log" || die "nginx refuses its configuration; see $LOG/nginx-test.log"
	start nginx TERM - nginx -e "$LOG/nginx-error.log" -p "$VAR/nginx" \
		-c "$VAR/nginx/nginx.conf" -g 'daemon off;'
}
