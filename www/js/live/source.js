// source: keeps one connection to the events alive, whatever happens to it: reconnects after the
// last id with growing pauses, renews an ended token, notices silence, turns to long-polling where
// streams are held back, and knows whether what it says is live. Only the leading tab has one.
import { healthy } from './health.js';
import { openPoll } from './poll.js';
import { openStream } from './stream.js';

const HELD_BACK = 8000;  // no first message after this: something buffers the stream
const SILENCE = 40000;   // two keep-alives missed
const AGAIN = [10000, 600000]; // polling looks whether a stream gets through: first, at most
const EXAMINED = 20000;  // how often polling asks for the server's health when nothing comes
const GRACE = 3000;      // a break shorter than this is nobody's business

// Messages of the stream itself; they are not events.
const OWN = new Set(['CONNECTION_ESTABLISHED', 'reset', 'TOKEN_EXPIRED', 'SESSION_REVOKED',
	'OVERLOADED', 'DRAINING', 'PAUSED', 'RESUMED']);

// handlers: onEvent(event, id), onReset(id), onState(state), onPosition(id), onTopics(text),
// renew() -> promise, checkSession(why) -> promise of whether it is good. state: 'live' or 'paused'.
export class Source {
	constructor(handlers) {
		Object.assign(this, handlers);
		Object.assign(this, { last: null, connection: null, mode: 'stream', failures: 0, timers: {} });
		this.state = 'connecting';
		this.wake = ({ type }) => this.look(type);
	}

	start(last) {
		this.last = last;
		this.running = true;
		this.heard = Date.now();
		addEventListener('online', this.wake);
		document.addEventListener('visibilitychange', this.wake);
		this.timers.watch = setInterval(() => this.look(), 5000);
		this.open();
	}

	stop() {
		this.running = false;
		this.drop();
		removeEventListener('online', this.wake);
		document.removeEventListener('visibilitychange', this.wake);
		Object.values(this.timers).forEach(clearTimeout);
	}

	// Closes and opens again after the last id: nothing is lost, so nobody need know.
	reopen() {
		if (this.running)
			this.open();
	}

	open() {
		this.drop();
		this.heard = Date.now();
		this.awaitProof();
		if (this.mode === 'poll') {
			this.connection = openPoll(this.last, {
				onBatch: (events, last) => this.batch(events, last),
				onEnd: (end) => this.ended(end),
			});
			return;
		}
		clearTimeout(this.timers.heldBack);
		this.timers.heldBack = setTimeout(() => this.turnToPolling(), HELD_BACK);
		this.connection = openStream(this.last, {
			onMessage: (text, id) => this.message(text, id),
			onId: (id) => this.position(id),
			onBytes: () => { this.heard = Date.now(); },
			onEnd: (end) => this.ended(end),
		});
	}

	drop() {
		this.connection?.close();
		this.connection = null;
		clearTimeout(this.timers.heldBack);
		clearTimeout(this.timers.retry);
	}

	turnToPolling() {
		this.mode = 'poll';
		this.again = 0; // until a stream is tried again; none yet
		this.examinedAt = Date.now();
		this.open();
	}

	// Whether a stream would do by now: opened beside the polls, it takes their place with its first
	// message.
	tryStream() {
		this.again = Math.min(this.again * 2 || AGAIN[0], AGAIN[1]);
		this.triedAt = Date.now();
		const ours = () => this.connection === trial;
		const take = () => {
			if (!ours()) {
				this.drop();
				this.connection = trial;
				this.mode = 'stream';
			}
		};
		const trial = openStream(this.last, {
			onMessage: (text, id) => {
				take();
				this.message(text, id);
			},
			onId: (id) => ours() && this.position(id),
			onBytes: () => { this.heard = Date.now(); },
			onEnd: (end) => ours() && this.ended(end),
		});
		setTimeout(() => ours() || trial.close(), HELD_BACK);
	}

	batch(events, last) {
		this.heard = Date.now();
		for (const event of events)
			this.handle(event, event.id);
		this.position(last);
		if (this.again === 0)
			this.tryStream(); // perhaps it was not held back: the server did not answer
		if (!events.length && Date.now() - this.examinedAt > EXAMINED)
			this.examine();
		else if (events.length || !this.unwell)
			this.proven();
	}

	async examine() {
		this.examinedAt = Date.now();
		this.unwell = !await healthy();
		if (this.running && this.mode === 'poll' && this.connection)
			this.become(this.unwell ? 'paused' : 'live');
	}

	message(text, id) {
		let message;
		try {
			message = JSON.parse(text);
		} catch {
			return;
		}
		this.handle(message, message.id ?? id);
	}

	handle(message, id) {
		if (!OWN.has(message.type)) {
			this.position(id);
			this.onEvent(message, id);
			return;
		}
		switch (message.type) {
		case 'CONNECTION_ESTABLISHED':
			clearTimeout(this.timers.heldBack);
			this.onTopics([...message.topics].sort().join());
			this.proven();
			break;
		case 'reset':
			this.position(id);
			this.onReset(id);
			break;
		case 'TOKEN_EXPIRED':
			this.refused();
			break;
		case 'SESSION_REVOKED':
			this.drop();
			this.checkSession('revoked').then((good) => good && this.later(0));
			break;
		case 'PAUSED':
			this.become('paused');
			break;
		case 'RESUMED':
			this.become('live');
			break;
		}
	}

	position(id) {
		if (!id || id === this.last)
			return;
		this.last = id;
		this.onPosition(id);
	}

	// The connection works: it spoke.
	proven() {
		this.failures = 0;
		this.unwell = false;
		clearTimeout(this.timers.proof);
		this.timers.proof = null;
		this.become('live');
	}

	awaitProof() {
		if (this.state === 'paused' || this.timers.proof)
			return;
		this.timers.proof = setTimeout(() => {
			this.timers.proof = null;
			this.become('paused');
		}, GRACE);
	}

	become(state) {
		if (this.state === state)
			return;
		this.state = state;
		this.onState(state);
	}

	ended({ status, retry }) {
		this.drop();
		if (!this.running)
			return;
		if (status === 401) {
			this.refused();
			return;
		}
		if (this.mode === 'poll' && this.failures > 0)
			this.mode = 'stream';
		const backoff = this.failures === 0 ? 100 : Math.min(10000, 250 * 2 ** this.failures);
		this.failures++;
		this.later(Math.max(retry ?? 0, backoff * (0.75 + Math.random() / 2)));
	}

	later(ms) {
		if (!this.running)
			return;
		this.awaitProof();
		clearTimeout(this.timers.retry);
		this.timers.retry = setTimeout(() => this.open(), ms);
	}

	// The token ended: renew it, then go on where it stopped.
	async refused() {
		this.drop();
		this.awaitProof();
		try {
			await this.renew();
		} catch (problem) {
			if (problem.status !== 401 || await this.checkSession('expired'))
				this.ended({ status: 0, retry: 1000 });
			return;
		}
		if (!this.connection)
			this.later(0);
	}

	// Something may have happened while nobody looked: a tablet slept, a network came back.
	look(type) {
		const silent = Date.now() - this.heard;
		const dead = this.connection ? silent > SILENCE : type && silent > 1000;
		if (type === 'online' || dead)
			this.open();
		else if (this.mode === 'poll' && this.again && Date.now() - this.triedAt > this.again)
			this.tryStream();
	}
}
