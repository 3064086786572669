# shellcheck shell=sh disable=SC2034 # what is set here is read by run
# What must be so before anything starts: the machine, the programs, the folder, the configuration.
# Sourced by run after lib.sh and services.sh.

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
PORT=${PORT:-8080}

is_running() {
	[ -s "$VAR/address" ] || return 1
	for service in $(service_names); do
		pid_of "$service" >/dev/null || return 1
	done
	pid_of nginx >/dev/null
}

is_port() {
	case $1 in
	*[!0-9]* | '' | ??????*) return 1 ;;
	esac
	[ "$1" -ge 1 ] && [ "$1" -le 65535 ]
}

check_environment() {
	is_port "$PORT" || die "PORT=$PORT is not a port: give a number from 1 to 65535"
	if [ "$PORT" -lt 1024 ] && [ "$(id -u)" != 0 ]; then
		die "only root may listen on port $PORT: run as root, or choose a port from 1024 on"
	fi
	# sockaddr_un has room for 107 bytes; the longest name in run/ is this one.
	longest=$RUN/visitors-login.sock
	[ "$(printf %s "$longest" | wc -c)" -le 107 ] ||
		die "$longest is longer than a Unix socket's path may be (107 bytes): set GATEHOUSE_VAR to a shorter folder"
	case $ROOT$VAR in
	*[\"\$\\\;\{\}\'%#]* | *'
'*) die "the folders must not have any of \" ' \$ \\ ; { } % # in their names: $ROOT, $VAR" ;;
	esac
	[ -r /etc/debian_version ] || warn "This is not Debian 12; trying anyway."
	# Sockets of thousands of streams: as many as this session may have.
	# shellcheck disable=SC3045 # dash has it
	ulimit -n "$(ulimit -Hn)" 2>/dev/null || :
}

# The programs, and what the pages take from npm; neither when it is there and new enough.
build() {
	umask 022
	if [ -n "${GATEHOUSE_BIN:-}" ]; then
		BIN=$(absolute "$GATEHOUSE_BIN")
	else
		BIN=$ROOT/build/$FLAVOUR/bin
		mkdir -p "$ROOT/build/$FLAVOUR"
		log=$ROOT/build/$FLAVOUR/make.log
		if ! flock "$ROOT/build/lock" make -C "$ROOT" -j"$(nproc)" FLAVOUR="$FLAVOUR" all >"$log" 2>&1; then
			tail -n 40 "$log" >&2
			die "the build failed (all of it in $log)"
		fi
	fi
	export BIN
	PROGRAMS=${PROGRAMS:-$(make -s -C "$ROOT" print-PROGRAMS)}
	export PROGRAMS
	vendor
}
vendor() {
	[ -f "$ROOT/www/package-lock.json" ] || return 0
	stamp=$ROOT/www/node_modules/.installed
	! cmp -s "$ROOT/www/package-lock.json" "$stamp" || return 0
	say "Fetching what the pages use (npm ci)"
	log=$ROOT/build/npm.log
	if ! (cd "$ROOT/www" && npm ci --no-audit --no-fund --loglevel=error) >"$log" 2>&1; then
		cat "$log" >&2
		die "npm ci failed in $ROOT/www"
	fi
	cp "$ROOT/www/package-lock.json" "$stamp"
}

# The folder of this instance and its lock. As root, what services write belongs to www-data.
prepare_var() {
	service_user
	mkdir -p "$VAR" || die "$VAR cannot be made: set GATEHOUSE_VAR to a folder that you may write"
	[ -w "$VAR" ] || die "$VAR belongs to $(stat -c %U "$VAR"): run as that user, or set GATEHOUSE_VAR"
	exec 9>"$VAR/lock"
	flock -w 120 9 || die "another scripts/run has been starting this for two minutes: $VAR"
	if [ -e "$VAR/layout" ] && [ "$(cat "$VAR/layout")" != "$LAYOUT" ]; then
		die "$VAR was made by another version of Gatehouse: move it away, or set GATEHOUSE_VAR"
	fi
	printf '%s\n' "$LAYOUT" >"$VAR/layout"
	for folder in run log pg redis nginx; do
		if [ ! -d "$VAR/$folder" ]; then
			mkdir -m 700 "$VAR/$folder"
			[ "$(id -u)" != 0 ] || chown "$SERVICE_USER:" "$VAR/$folder"
		fi
		owner=$(stat -c %U "$VAR/$folder")
		[ "$owner" = "$SERVICE_USER" ] ||
			die "$VAR/$folder belongs to $owner, and this would run as $SERVICE_USER: run as whoever ran it before, set GATEHOUSE_VAR to another folder, or remove this one"
	done
}

# Settings: the environment, then gatehouse.env with the secrets, then defaults that fit a checkout.
load_configuration() {
	if [ ! -e "$ENVFILE" ]; then
		(umask 077 && printf '# Made by scripts/run; systemd EnvironmentFile syntax.\n' >"$ENVFILE")
	fi
	[ -r "$ENVFILE" ] || die "$ENVFILE cannot be read: run as $(stat -c %U "$ENVFILE")"
	load_env "$ENVFILE"
	needs_secret JWT_SECRET
	needs_secret AUDIT_KEY
	OWN_DATABASE=
	OWN_REDIS=
	DATABASE_URL=${DATABASE_URL:-${POSTGRES_URI:-}}
	if [ -z "$DATABASE_URL" ]; then
		OWN_DATABASE=1
		DATABASE_URL="postgresql:///gatehouse?host=$(printf %s "$RUN" | sed 's/ /%20/g')"
		# Someone's own database settings must not lead elsewhere.
		unset PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGSERVICE PGOPTIONS PGSSLMODE 2>/dev/null || :
	fi
	REDIS_URL=${REDIS_URL:-${REDIS_URI:-}}
	if [ -z "$REDIS_URL" ]; then
		OWN_REDIS=1
		REDIS_URL="unix://$RUN/redis.sock"
	fi
	GATEHOUSE_RUN=$RUN
	export DATABASE_URL REDIS_URL GATEHOUSE_RUN PORT VAR ROOT FLAVOUR
	scheme=http
	[ -z "$tls" ] || scheme=https
	case $scheme:$PORT in
	http:80 | https:443) suffix= ;;
	*) suffix=:$PORT ;;
	esac
	ADDRESS=$scheme://localhost$suffix
	LOCAL=$scheme://127.0.0.1:$PORT
	export OWN_DATABASE TLS="$tls"
	# Reports of the sanitizers go to the log of the program that they are about.
	export ASAN_OPTIONS="${ASAN_OPTIONS:-exitcode=99:detect_stack_use_after_return=1:strict_string_checks=1}"
	export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
}

# A secret that nobody gave is made once and kept.
needs_secret() {
	eval "given=\${$1:-}\${$1_FILE:-}"
	[ -z "$given" ] || return 0
	value=$(openssl rand -base64 48 | tr '+/' '-_')
	printf '%s=%s\n' "$1" "$value" >>"$ENVFILE"
	export "$1=$value"
}

# An authority of this machine alone and a certificate by it for every name and address it has.
prepare_certificate() {
	mkdir -p "$VAR/tls"
	chmod 700 "$VAR/tls"
	names="DNS:localhost,IP:127.0.0.1,DNS:$(hostname)"
	for address in $(hostname -I 2>/dev/null); do
		names="$names,IP:$address"
	done
	if [ ! -s "$VAR/tls/ca.pem" ] || ! openssl x509 -in "$VAR/tls/ca.pem" -noout -checkend 8640000 >/dev/null; then
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
			-subj "/CN=Gatehouse on $(hostname)" -addext keyUsage=critical,keyCertSign,cRLSign \
			-keyout "$VAR/tls/ca.key" -out "$VAR/tls/ca.pem" 2>/dev/null
		rm -f "$VAR/tls/names"
	fi
	if [ "$(cat "$VAR/tls/names" 2>/dev/null)" != "$names" ] ||
		! openssl x509 -in "$VAR/tls/server.pem" -noout -checkend 2592000 >/dev/null 2>&1; then
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$(hostname)" \
			-keyout "$VAR/tls/server.key" -out "$VAR/tls/server.csr" 2>/dev/null
		printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' "$names" \
			>"$VAR/tls/extensions"
		openssl x509 -req -in "$VAR/tls/server.csr" -CA "$VAR/tls/ca.pem" -CAkey "$VAR/tls/ca.key" \
			-CAcreateserial -days 397 -extfile "$VAR/tls/extensions" -out "$VAR/tls/server.pem" 2>/dev/null ||
			die "openssl could not make a certificate in $VAR/tls"
		printf '%s\n' "$names" >"$VAR/tls/names"
	fi
	[ "$(id -u)" != 0 ] || chown -R "$SERVICE_USER:" "$VAR/tls"
}

port_is_free() {
	! pid_of nginx >/dev/null || return 0
	perl -MSocket -e 'socket(my $s, PF_INET, SOCK_STREAM, 0) or exit 1;
		setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
		exit(!bind($s, sockaddr_in($ARGV[0], INADDR_ANY)) && $!{EADDRINUSE} ? 1 : 0)' -MErrno "$PORT"
}

migrate() {
	if [ -n "$OWN_DATABASE" ]; then
		"$ROOT/scripts/migrate"
	else
		"$ROOT/scripts/migrate" -d "$DATABASE_URL"
	fi
}
seed() { "$ROOT/scripts/seed" ${demo:+--demo}; }

# Without the system area there is nobody to ask: then it is enough that nginx answers.
is_healthy() {
	case " $PROGRAMS " in
	*' system '*) curl -ksf --max-time 3 "$LOCAL/health" | grep -Eq '"status": *"healthy"' ;;
	*) curl -ks --max-time 3 -o /dev/null "$LOCAL/health" ;;
	esac
}

demo_tablet() { perl -MJSON::PP -0ne 'print decode_json($_)->{tablet}{device_token}' "$VAR/demo.json"; }
demo_devices() {
	perl -MJSON::PP -0ne 'printf "  device %-17s %s\n", $_->{serialNumber}, $_->{apiKey}
		for @{ decode_json($_)->{devices} }' "$VAR/demo.json"
}
show_admin() {
	say ''
	say "  The first admin, shown this once: $(cat "$VAR/admin-password")"
	rm -f "$VAR/admin-password"
}
