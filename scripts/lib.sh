# shellcheck shell=sh disable=SC2034 # what is set here is read by those that source it
# What every script shares: where things are, how to speak, as whom to run. Sourced, never run; it
# starts nothing and writes nothing by itself.

ROOT=$(cd "$(dirname "$0")/.." && pwd -P)
FLAVOUR=${FLAVOUR:-release}

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
	printf 'gatehouse: %s\n' "$*" >&2
	exit 1
}

# An absolute path of what may not exist yet.
absolute() {
	case $1 in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s/%s\n' "$PWD" "${1#./}" ;;
	esac
}

VAR=$(absolute "${GATEHOUSE_VAR:-$ROOT/var}")
VAR=${VAR%/}
RUN=$VAR/run
LOG=$VAR/log
ENVFILE=$VAR/gatehouse.env
PG_MAJOR=15
PG_BIN=/usr/lib/postgresql/$PG_MAJOR/bin
# Kept in var/layout; raised when a new version could not use an old var.
LAYOUT=1

# The names of the services in the order they start; `stop` goes the other way.
areas() { make -s -C "$ROOT" print-AREAS; }

# KEY=value lines, as systemd reads them: no expansion, one pair of quotes taken off. What the
# environment already has wins.
load_env() {
	[ -r "$1" ] || return 0
	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		'' | '#'* | ';'*) continue ;;
		*=*) ;;
		*) die "$1: not NAME=value: $line" ;;
		esac
		name=${line%%=*}
		value=${line#*=}
		case $name in
		*[!A-Za-z0-9_]* | [0-9]* | '') die "$1: not a variable's name: $name" ;;
		esac
		case $value in
		\"*\") value=${value#\"} value=${value%\"} ;;
		\'*\') value=${value#\'} value=${value%\'} ;;
		esac
		eval "given=\${$name+yes}"
		# shellcheck disable=SC2154 # set by the eval above
		[ -n "$given" ] || export "$name=$value"
	done <"$1"
}

# What /proc/PID/stat says: sets state, session and start; false when there is no such process.
process_look() {
	{ IFS= read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	# After the name, which may hold anything, come fields without spaces.
	# shellcheck disable=SC2086 # split into them
	set -- ${stat##*) }
	state=$1 session=$4
	start=${20}
}

# A .keep file holds "PID START": a number that was given to another process since is not ours.
pid_of() {
	{ read -r pid born <"$RUN/$1.keep"; } 2>/dev/null || return 1
	process_look "$pid" && [ "$start" = "$born" ] && [ "$state" != Z ] || return 1
	printf '%s\n' "$pid"
}

# As root everything runs as www-data; `as_service` is then the prefix that says so. A checkout
# that www-data cannot reach (under /root) is read by a capability; what is written is its own.
service_user() {
	AS_SERVICE=
	SERVICE_USER=$(id -un)
	[ "$(id -u)" = 0 ] || return 0
	SERVICE_USER=www-data
	AS_SERVICE="setpriv --reuid=www-data --regid=www-data --init-groups"
	caps=
	$AS_SERVICE -- test -r "$ROOT/scripts/keep" -a -x "$ROOT" 2>/dev/null &&
		$AS_SERVICE -- test -x "$(dirname "$VAR")" 2>/dev/null || caps=dac_read_search
	[ "${PORT:-8080}" -ge 1024 ] 2>/dev/null || caps=$caps,net_bind_service
	for cap in $(printf '%s' "$caps" | tr , ' '); do
		inh=${inh:+$inh,}+$cap
	done
	[ -z "${inh:-}" ] || AS_SERVICE="$AS_SERVICE --inh-caps=$inh --ambient-caps=$inh"
	AS_SERVICE="$AS_SERVICE --"
}
as_service() {
	# shellcheck disable=SC2086 # a prefix of several words, or none
	$AS_SERVICE "$@"
}

# Waits until a command succeeds: wait_for SECONDS COMMAND…; looks 20 times a second.
wait_for() {
	tries=$(($1 * 20))
	shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.05
	done
}
