// times: the society's clock. Every time is shown in the society's time zone, whatever the zone of
// the phone; and "now" is the server's, since countdowns on a tablet with a wrong clock would lie.

const wanted = globalThis.navigator?.language ?? '';
const language = wanted.startsWith('en') ? wanted : 'en-GB';
let zone;
let skew = 0;
let formats = {};

export function setZone(name) {
	try {
		new Intl.DateTimeFormat(language, { timeZone: name });
		zone = name;
	} catch {
		zone = undefined;
	}
	formats = {};
}

// Learns the difference to the server from an answer's Date header (whole seconds, so half of one
// is added). Small differences are noise and left alone.
export function learnNow(dateHeader) {
	const server = Date.parse(dateHeader ?? '');
	if (Number.isNaN(server))
		return;
	const difference = server + 500 - Date.now();
	skew = Math.abs(difference) > 2000 ? difference : 0;
}

export const now = () => Date.now() + skew;

function format(name, options) {
	formats[name] ??= new Intl.DateTimeFormat(language, { timeZone: zone, ...options });
	return formats[name];
}

const CLOCK = { hour: 'numeric', minute: '2-digit' };
const PARTS = {
	hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
	second: 'numeric',
};
const DAY = { weekday: 'short', day: 'numeric', month: 'short' };
export const clock = (at) => format('clock', CLOCK).format(new Date(at));
const dayMonth = (at) => format('day', DAY).format(new Date(at));

// YYYY-MM-DD of an instant in the society's zone.
export function day(at = now()) {
	const ms = new Date(at).getTime();
	return new Date(ms + offset(ms)).toISOString().slice(0, 10);
}

export function addDays(date, n) {
	const d = new Date(`${date}T12:00:00Z`);
	d.setUTCDate(d.getUTCDate() + n);
	return d.toISOString().slice(0, 10);
}

// 'today', 'tomorrow', 'yesterday' or null.
export function nearDay(at) {
	const apart = (Date.parse(day(at)) - Date.parse(day())) / 86400000;
	return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[apart] ?? null;
}

// The day in words ("Sat 22 Nov"), by `words` where near ({today, tomorrow, yesterday}).
export function dayText(at, words) {
	return words[nearDay(at)] ?? dayMonth(at);
}

// The instant of a wall-clock time in the society's zone, as RFC 3339 in UTC. The zone's offset at
// the guessed instant is taken off, twice, which settles except inside the hour a clock skips.
export function instant(date, time) {
	const wall = Date.parse(`${date}T${time.length === 5 ? `${time}:00` : time}Z`);
	let at = wall;
	for (let i = 0; i < 2; i++)
		at = wall - offset(at);
	return new Date(at).toISOString();
}

// How far the zone's clocks are ahead of UTC at an instant, in milliseconds.
function offset(at) {
	const parts = format('parts', PARTS).formatToParts(new Date(at));
	const v = Object.fromEntries(parts.map((p) => [p.type, Number(p.value)]));
	const wall = Date.UTC(v.year, v.month - 1, v.day, v.hour, v.minute, v.second);
	return wall - Math.floor(at / 1000) * 1000;
}

// "4:07" of the milliseconds left; never negative.
export function countdown(ms) {
	const s = Math.max(0, Math.ceil(ms / 1000));
	const h = Math.floor(s / 3600);
	const m = Math.floor(s / 60) % 60;
	const two = (n) => String(n).padStart(2, '0');
	return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}
