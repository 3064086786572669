#!/usr/bin/env -S node --test-reporter=tap
// The pages' modules that need no page: merging of lists and events, the parser of event streams,
// times in a zone, words.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const www = fileURLToPath(new URL('../../www/', import.meta.url));
const { Parser } = await import(`${www}js/live/stream.js`);
const times = await import(`${www}js/times.js`);
const { explain, t } = await import(`${www}js/text.js`);
const { words } = await import(`${www}js/words.js`);
const { Visitors, fromEvent } = await import(`${www}js/visitors.js`);

const visitor = (status, more = {}) => ({ id: 'v', visitor_name: 'Anand', status, note: null, ...more });

test('a status only moves forward, in whatever order statements come', () => {
	const order = ['pending', 'accepted', 'checked_in', 'checked_out'];
	for (let mask = 0; mask < 24; mask++) {
		const left = [...order];
		const pick = (i) => Math.floor(mask / [1, 4, 12, 24][i]) % (4 - i);
		const statements = order.map((_, i) => left.splice(pick(i), 1)[0]);
		const store = new Visitors();
		statements.forEach((status) => store.merge(visitor(status)));
		assert.equal(store.get('v').status, 'checked_out', statements.join());
	}
	for (const end of ['denied', 'expired', 'cancelled']) {
		const store = new Visitors();
		store.merge(visitor(end));
		assert.equal(store.merge(visitor('pending')), null);
		assert.equal(store.get('v').status, end);
	}
});

test('an older statement fills what is missing and changes nothing else', () => {
	const store = new Visitors();
	store.merge({ id: 'v', status: 'accepted', responder_name: 'Ravi' });
	store.merge(visitor('pending', { responder_name: 'Nobody', created_at: 'then' }));
	assert.deepEqual(store.get('v'), {
		id: 'v', status: 'accepted', responder_name: 'Ravi', visitor_name: 'Anand', note: null,
		created_at: 'then',
	});
});

test('null does not wipe out what is known', () => {
	const store = new Visitors();
	store.merge(visitor('accepted', { invite_code: '123456' }));
	store.merge(visitor('accepted', { invite_code: null }));
	assert.equal(store.get('v').invite_code, '123456');
});

test('merge tells what was there before, and null when nothing changed', () => {
	const store = new Visitors();
	assert.equal(store.merge(visitor('pending')), undefined);
	assert.equal(store.merge(visitor('pending')), null);
	assert.equal(store.merge(visitor('accepted')).status, 'pending');
});

test('a load takes away who is in no list any more, but not who was heard of meanwhile', () => {
	const store = new Visitors();
	store.merge({ id: 'gone', status: 'pending' });
	store.merge({ id: 'past', status: 'denied' });
	store.begin();
	store.merge({ id: 'new', status: 'pending' });
	store.finish([{ id: 'listed', status: 'pending' }]);
	assert.deepEqual([...store.byId.keys()].sort(), ['listed', 'new', 'past']);
});

test('events become parts of visitors', () => {
	const event = (type, data) => fromEvent({ type, topics: ['flat:f', 'society:s'], data });
	assert.deepEqual(event('request_approved', {
		visitor_id: 'v', decision: 'accept', status: 'accepted', approver_name: 'Ravi',
		timestamp: 'now', note: null,
	}), { id: 'v', status: 'accepted', note: null, responder_name: 'Ravi', decided_at: 'now' });
	assert.deepEqual(event('visitor_checked_out', { id: 'visit', visitor_id: 'v', checked_out_at: 'now' }),
		{ id: 'v', visit_id: 'visit', checked_out_at: 'now', status: 'checked_out' });
	assert.equal(event('notification', {}), null);
});

// Everything a parser calls back with, however the text is cut.
function parsed(text, cut) {
	const seen = [];
	const parser = new Parser({
		onMessage: (data, id) => seen.push(['message', data, id]),
		onId: (id) => seen.push(['id', id]),
		onRetry: (ms) => seen.push(['retry', ms]),
	});
	for (let i = 0; i < text.length; i += cut)
		parser.feed(text.slice(i, i + cut));
	return seen;
}

test('the parser of event streams follows the standard, however the bytes are cut', () => {
	const text = ': hello\r\n\r\nid: 1-2\r\ndata: {"a":\r\ndata: 1}\r\n\r\n'
		+ 'id: 1-3\n: keep-alive\n\nretry: 500\n'
		+ 'event: x\ndata:no space\n\ndata\n\nid: bad\0id\ndata: last\n\ndata: unfinished\n';
	const expected = [['id', '1-2'], ['message', '{"a":\n1}', '1-2'], ['id', '1-3'], ['retry', 500],
		['id', '1-3'], ['message', 'no space', '1-3'], ['id', '1-3'], ['message', '', '1-3'],
		['id', '1-3'], ['message', 'last', '1-3']];
	for (let cut = 1; cut <= text.length; cut++)
		assert.deepEqual(parsed(text, cut), expected, `cut every ${cut}`);
});

test('days and instants are the society\'s, whatever the zone of the machine', () => {
	times.setZone('Asia/Kolkata');
	assert.equal(times.instant('2026-11-20', '18:30'), '2026-11-20T13:00:00.000Z');
	assert.equal(times.instant('2026-11-20', '23:59:59'), '2026-11-20T18:29:59.000Z');
	assert.equal(times.day('2026-11-20T18:29:59.000Z'), '2026-11-20');
	assert.equal(times.day('2026-11-20T18:30:00.000Z'), '2026-11-21');
	times.setZone('America/New_York');
	assert.equal(times.instant('2026-03-07', '12:00'), '2026-03-07T17:00:00.000Z');
	assert.equal(times.instant('2026-03-08', '12:00'), '2026-03-08T16:00:00.000Z');
	assert.equal(times.instant('2026-11-01', '00:30'), '2026-11-01T04:30:00.000Z');
	assert.equal(times.addDays('2026-02-28', 1), '2026-03-01');
	assert.equal(times.nearDay(times.now() + 86400000), 'tomorrow');
});

test('countdowns never go below nothing', () => {
	assert.deepEqual([599001, 1000, 1, 0, -5000, 3661000].map(times.countdown),
		['10:00', '0:01', '0:01', '0:00', '0:00', '1:01:01']);
});

test('problems are told in words', () => {
	assert.equal(explain({ code: 'offline', errors: [] }), words['problem.offline']);
	assert.equal(explain({ code: 'rate_limited', errors: [], retryAfter: 30 }),
		'Too many tries. Try again in 30 seconds.');
	assert.equal(explain({ code: 'account_locked', errors: [], retryAfter: 900 }),
		'Locked after too many wrong tries. Try again in 15 minutes.');
	assert.equal(explain({ code: 'conflict', detail: 'Ravi accepted.', errors: [] }), 'Ravi accepted.');
	const errors = [{ field: 'a', message: 'must be b' }];
	assert.equal(explain({ code: 'validation_failed', errors }), 'must be b');
	assert.equal(t('card.party', { n: 1 }), '1 person');
	assert.equal(t('card.party', { n: 2 }), '2 people');
});

const files = (folder, end) => readdirSync(folder, { recursive: true })
	.filter((name) => name.endsWith(end) && !/node_modules|vendor/.test(name))
	.map((name) => readFileSync(`${folder}${name}`, 'utf8'));

test('every word that a page asks for is there, and none is left over', () => {
	const source = [...files(www, '.js'), ...files(www, '.html')].join('\n')
		.replace(/export const words = [^]*?\n};/, '');
	const asked = [...source.matchAll(/\bt\('([a-z_.]+)'|data-t(?:-label|-hint)?="([^"]+)"/g)]
		.map((m) => m[1] ?? m[2]);
	assert.deepEqual(asked.filter((key) => !(key in words) && key !== 'key'), []);
	// Keys with a variable part: t(`purpose.${name}`).
	const made = [...source.matchAll(/\bt\(`([^`]+)`|const key = `(problem[^`]+)`/g)]
		.map((m) => (m[1] ?? m[2]).replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '[a-z_.]+'))
		.map((form) => new RegExp(`^${form}$`));
	const used = (key) => source.includes(`'${key}'`) || source.includes(`"${key}"`)
		|| made.some((form) => form.test(key));
	const unused = Object.keys(words).filter((key) => !used(key));
	assert.deepEqual(unused, []);
});

test('pages hold no inline script and no inline style, and load nothing from elsewhere', () => {
	for (const page of files(www, '.html')) {
		assert.doesNotMatch(page, /<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=/);
		assert.doesNotMatch(page, /(?:src|href)="(?:https?:)?\/\//);
	}
	for (const sheet of files(www, '.css'))
		assert.doesNotMatch(sheet, /url\(['"]?(?:https?:)?\/\//);
	for (const script of files(www, '.js'))
		assert.doesNotMatch(script, /innerHTML|insertAdjacentHTML|document\.write|\beval\(/);
});
