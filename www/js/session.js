// session: who is signed in on this browser, and keeping it so. The tokens are HttpOnly cookies that
// no script can read; what is kept here is only when the access token ends. Before that, one tab
// (Web Locks) renews it for all; the others hear of it through localStorage.
import { forgetCookie, Problem, send } from './http.js';

const ENDS = 'gatehouse.ends';
const LIFE = 'gatehouse.life';
const WHY = 'gatehouse.ended'; // for the other tabs
const listeners = { renewed: [], ended: [] };
let timer;

export const on = (type, f) => listeners[type].push(f);
const emit = (type, ...args) => listeners[type].forEach((f) => f(...args));

export const ends = () => Number(localStorage.getItem(ENDS)) || 0;

function remember(answer) {
	const life = answer?.expiresIn ?? answer?.expires_in ?? 900;
	localStorage.setItem(LIFE, life);
	localStorage.setItem(ENDS, Date.now() + life * 1000);
}

function forget(why) {
	clearTimeout(timer);
	localStorage.setItem(WHY, why);
	localStorage.removeItem(ENDS);
	localStorage.removeItem(LIFE);
	forgetCookie('gh_csrf');
}

export async function signIn(email, password) {
	remember(await send('POST', '/api/auth/login', { body: { email, password, cookie: true } }));
}

export async function signInGuard(deviceToken, guardId, pin) {
	const body = { device_token: deviceToken, pin, cookie: true };
	if (guardId)
		body.guard_id = guardId;
	remember(await send('POST', '/v1/auth/guard', { body }));
}

// Ends the session on the server, then forgets it here. Offline it is only forgotten.
export async function signOut() {
	try {
		await send('POST', '/api/auth/logout');
	} catch (problem) {
		if (problem.status === 0)
			throw problem;
	}
	forget('signed_out');
	emit('ended', 'signed_out');
}

// The session is over (revoked, expired for good, or left in another tab).
export function end(why) {
	forget(why);
	emit('ended', why);
}

// Runs `f` unless another tab does the same now: then it waits until that one has. (What that tab
// wrote to localStorage is not yet seen here when the lock comes free, so it can't be asked.)
async function once(name, f) {
	if (!navigator.locks) {
		await f();
		return;
	}
	const mine = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
		if (lock)
			await f();
		return lock !== null;
	});
	if (!mine)
		await navigator.locks.request(name, () => {});
}

// Gets a new access token, in one tab for all. Throws the Problem of the refresh call: 401 means
// that the session is over.
export async function renew() {
	await once('gatehouse.renew', async () => {
		remember(await send('POST', '/api/auth/refresh', { body: { cookie: true } }));
	});
	schedule();
	emit('renewed');
}

// Whether the session is still good; ends it if not. Network trouble counts as good.
export async function check(why) {
	try {
		await send('GET', '/v1/profile/me');
		return true;
	} catch (problem) {
		if (problem.status !== 401)
			return true;
	}
	try {
		await renew();
		return true;
	} catch (problem) {
		if (!(problem instanceof Problem) || problem.status !== 401)
			return true;
		end(why);
		return false;
	}
}

// Renews when about 70 % of the token's life is over; not quite the same for each tab, so that the
// first to do it spares the others. A failure for want of network is tried again; a refusal ends the
// session.
function schedule() {
	clearTimeout(timer);
	const life = (Number(localStorage.getItem(LIFE)) || 900) * 1000;
	const margin = life * (0.25 + 0.1 * Math.random());
	const wait = Math.max(0, ends() - margin - Date.now());
	timer = setTimeout(async () => {
		try {
			await renew();
		} catch (problem) {
			if (problem.status === 401)
				end('expired');
			else
				timer = setTimeout(schedule, 5000);
		}
	}, Math.min(wait, 2 ** 31 - 1));
}

// Begins to keep the session alive in this tab.
export function keep() {
	if (!ends())
		remember(null);
	addEventListener('storage', (event) => {
		if (event.key !== ENDS)
			return;
		if (event.newValue === null) {
			clearTimeout(timer);
			emit('ended', localStorage.getItem(WHY));
		} else {
			schedule();
			emit('renewed');
		}
	});
	schedule();
}
