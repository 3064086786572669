// live: one source of events per browser, shared by its tabs. HTTP/1.1 gives a browser six
// connections to a site, so the tab that holds a Web Lock leads: it has the Source and repeats
// everything on a BroadcastChannel. When it closes, the lock passes to another tab, which goes on
// after the last id it heard. A leader that the browser froze is noticed by a visible tab, which
// takes the lock from it. Without Web Locks (plain http on a LAN) every tab has its own source.
//
// Pages call start() first and load their state when told to ('load'): then nothing can fall between
// the state and the events.
import { healthy } from './live/health.js';
import { Source } from './live/source.js';
import * as session from './session.js';

const REFRESH = 15000;   // how often a page loads while live updates are paused
const ASK = 20000;       // how often a visible follower makes sure that the leader lives
const ANSWER = 3000;     // how long the leader has to answer
const EXPECTED = 4000;   // how long the event of our own write may take

const listeners = { event: [], load: [], state: [] };
const seen = new Set();  // ids handled lately: two tabs may both repeat one when the lead changes
const channel = navigator.locks ? new BroadcastChannel('gatehouse.live') : null;
let source = null;       // the leader's
let last = null;         // the id of the last event
let topics = null;       // what the stream is of, as text
let state = 'connecting';  // the source's
let shown = state;       // what the page says
let loaded = false;
let slow = null;         // the timer of the slow refresh
let awaiting = null;     // the timer of an unanswered question to the leader
let release = () => {};
let waiting = null;      // aborts our place in the queue for the lead
let stopped = false;
let doubted = false;     // our own writes do not come back: see expect()

export const on = (type, f) => listeners[type].push(f);
export const isLeader = () => source !== null;
export const getState = () => shown;
const emit = (type, ...args) => [...listeners[type]].forEach((f) => f(...args));
const tell = (kind, message = {}) => channel?.postMessage({ kind, ...message });

function deliver(event, id) {
	last = id ?? last;
	if (id) {
		if (seen.has(id))
			return;
		seen.add(id);
		if (seen.size > 1000)
			seen.delete(seen.values().next().value);
	}
	emit('event', event);
	if (doubted)
		doubt(false);
}

function load() {
	loaded = true;
	emit('load');
}

function become(next) {
	state = next;
	const now = next === 'live' && doubted ? 'paused' : next;
	if (shown === now)
		return;
	const before = shown;
	shown = now;
	clearInterval(slow);
	if (now === 'paused')
		slow = setInterval(() => document.visibilityState !== 'hidden' && refresh(), REFRESH);
	if (!loaded || before === 'paused')
		load();
	emit('state', now);
}

async function refresh() {
	load();
	if (doubted && await healthy())
		doubt(false);
}

function doubt(yes) {
	doubted = yes;
	become(state);
}

function lead() {
	const fresh = last === null;
	source = new Source({
		onEvent: (event, id) => {
			deliver(event, id);
			tell('event', { event, id });
		},
		onReset: (id) => {
			last = id;
			tell('reset', { id });
			load();
		},
		onState: (next) => {
			become(next);
			tell('state', { state: next, last });
			// A leader that did not know where the former one stopped can't go on from there.
			if (fresh && next === 'live')
				tell('reset', { id: last });
		},
		onPosition: (id) => {
			last = id;
			tell('position', { id });
		},
		// Other topics than before: somebody's roles have changed.
		onTopics: (next) => {
			const before = topics;
			topics = next;
			tell('topics', { topics });
			if (before !== null && before !== next) {
				tell('reset', { id: last });
				load();
			}
		},
		renew: session.renew,
		checkSession: session.check,
	});
	source.start(last);
}

function abdicate() {
	source?.stop();
	source = null;
}

// Waits for the lead, holds it until the page goes or another tab takes it.
async function queue(steal = false) {
	if (!channel) {
		lead();
		return;
	}
	waiting?.abort();
	const mine = waiting = new AbortController();
	try {
		const how = steal ? { steal } : { signal: mine.signal };
		await navigator.locks.request('gatehouse.live', how, () => {
			if (stopped)
				return null;
			lead();
			return new Promise((done) => { release = done; });
		});
	} catch {
		if (mine.signal.aborted || stopped)
			return;
		abdicate(); // taken by a tab that had no answer from us
		queue();
	}
}

const answers = {
	event: ({ event, id }) => deliver(event, id),
	reset: ({ id }) => {
		last = id;
		load();
	},
	state: (message) => {
		last = message.last ?? last;
		become(message.state);
	},
	position: ({ id }) => { last = id; },
	topics: (message) => { topics = message.topics; },
	alive: () => {
		clearTimeout(awaiting);
		awaiting = null;
	},
	ask: () => {
		if (!source)
			return;
		tell('alive');
		tell('state', { state, last });
		tell('topics', { topics });
	},
};

function askLeader() {
	if (!channel || source || awaiting || document.visibilityState === 'hidden')
		return;
	tell('ask');
	awaiting = setTimeout(() => {
		awaiting = null;
		if (!source)
			queue(true);
	}, ANSWER);
}

export function start() {
	channel?.addEventListener('message', ({ data }) => answers[data.kind]?.(data));
	session.on('renewed', () => source?.reopen());
	session.on('ended', stop);
	addEventListener('pagehide', stop);
	addEventListener('pageshow', (event) => event.persisted && location.reload());
	queue();
	setInterval(askLeader, ASK);
	document.addEventListener('visibilitychange', askLeader);
	askLeader();
}

function stop() {
	stopped = true;
	waiting?.abort();
	abdicate();
	release();
	clearInterval(slow);
}

// After a write of our own whose event `matches`: if it has not come within 4 s although the stream
// looks well, something behind the stream is broken. Until an event comes, or /health says that all
// is well, nothing here counts as live.
export function expect(matches) {
	const heard = (event) => matches(event) && done();
	const timer = setTimeout(() => {
		done();
		doubt(true);
		load();
	}, EXPECTED);
	function done() {
		clearTimeout(timer);
		listeners.event.splice(listeners.event.indexOf(heard), 1);
	}
	listeners.event.push(heard);
}
