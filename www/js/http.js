// http: one request to the API and its answer, or a Problem (RFC 9457). Cookies carry the session;
// unsafe methods repeat the readable gh_csrf cookie in a header. Nothing here retries or renews:
// api.js does.
import { learnNow } from './times.js';

function codeOf(status) {
	if (status === 0)
		return 'offline';
	return status >= 500 ? 'unavailable' : 'other';
}

export class Problem extends Error {
	constructor(status, body = {}, retryAfter = 0) {
		super(body.detail || body.title || `status ${status}`);
		this.status = status;
		this.code = body.code ?? codeOf(status);
		this.detail = body.detail ?? '';
		this.errors = body.errors ?? [];
		this.retryAfter = retryAfter;
		this.body = body;
	}
}

// On https a cookie's name has a prefix that keeps neighbouring hosts from setting it.
export function cookie(name) {
	const all = document.cookie.split('; ');
	for (const start of [`__Host-${name}=`, `${name}=`]) {
		const found = all.find((c) => c.startsWith(start));
		if (found)
			return decodeURIComponent(found.slice(start.length));
	}
	return '';
}

// Only of what scripts may touch.
export function forgetCookie(name) {
	document.cookie = `${name}=; Path=/; Max-Age=0; SameSite=Strict`;
	document.cookie = `__Host-${name}=; Path=/; Max-Age=0; SameSite=Strict; Secure`;
}

// A random version 4 UUID also where crypto.randomUUID is missing: plain http on a LAN.
export function uuid() {
	const b = crypto.getRandomValues(new Uint8Array(16));
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
	const hex = [...b].map((x) => x.toString(16).padStart(2, '0')).join('');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function headersFor(method) {
	const headers = { Accept: 'application/json' };
	const csrf = cookie('gh_csrf');
	if (method !== 'GET' && csrf)
		headers['X-CSRF-Token'] = csrf;
	return headers;
}

// The decoded JSON of a 2xx answer (null for 204). `key` is the Idempotency-Key. Throws Problem;
// status 0 means that no answer came.
export async function send(method, path, { body, key, timeout = 15000 } = {}) {
	const headers = headersFor(method);
	if (body !== undefined)
		headers['Content-Type'] = 'application/json';
	if (key)
		headers['Idempotency-Key'] = key;
	const abort = new AbortController();
	const timer = setTimeout(() => abort.abort(), timeout);
	let answer, text;
	try {
		answer = await fetch(path, {
			method, headers, credentials: 'same-origin', signal: abort.signal,
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		text = await answer.text();
	} catch {
		throw new Problem(0);
	} finally {
		clearTimeout(timer);
	}
	learnNow(answer.headers.get('Date'));
	let json = null;
	try {
		json = text ? JSON.parse(text) : null;
	} catch {
		if (answer.ok)
			throw new Problem(502);
	}
	if (!answer.ok) {
		const wait = Number(answer.headers.get('Retry-After')) || 0;
		throw new Problem(answer.status, json ?? {}, wait);
	}
	return json;
}
