// api: calls for pages. Over http.js it renews an ended access token once, repeats what is safe to
// repeat (reads, and writes that carry an Idempotency-Key) when the network or a server hiccups, and
// walks through the pages of a list.
import { Problem, send, uuid } from './http.js';
import * as session from './session.js';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function call(method, path, options = {}) {
	const repeatable = method === 'GET' || options.key;
	let renewed = false;
	for (let attempt = 1; ; attempt++) {
		try {
			return await send(method, path, options);
		} catch (problem) {
			if (problem.status === 401 && !renewed) {
				renewed = true;
				await renewOrEnd(problem);
			} else if (problem.code === 'csrf_failed' && attempt === 1) {
				continue; // another tab renewed between reading the cookie and sending it
			} else if (repeatable && attempt < 4 && passing(problem)) {
				await pause(Math.min(problem.retryAfter * 1000 || 300 * 2 ** attempt, 5000));
			} else {
				throw problem;
			}
		}
	}
}

function passing(problem) {
	return [0, 408, 502, 503, 504].includes(problem.status) && navigator.onLine !== false
		|| problem.code === 'idempotency_in_progress';
}

async function renewOrEnd(problem) {
	try {
		await session.renew();
	} catch (refusal) {
		if (refusal instanceof Problem && refusal.status === 401)
			session.end(problem.code === 'token_revoked' ? 'revoked' : 'expired');
		throw problem;
	}
}

export const get = (path) => call('GET', path);
export const post = (path, body) => call('POST', path, { body });
export const remove = (path) => call('DELETE', path);
// A POST that creates: the key makes a repeat after a lost answer harmless. Give the key to make
// two taps on one button one creation.
export const create = (path, body, key = uuid()) => call('POST', path, { body, key });

export function query(path, params) {
	const given = Object.entries(params).filter(([, value]) => (value ?? '') !== '');
	return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

// Every item of a list, page after page; at most `most` so that a page never hangs on a huge one.
export async function all(path, params = {}, most = 2000) {
	const items = [];
	let cursor;
	do {
		const page = await get(query(path, { limit: 100, ...params, cursor }));
		items.push(...page.data);
		cursor = page.next;
	} while (cursor && items.length < most);
	return items;
}
