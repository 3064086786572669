#!/usr/bin/env -S node --test-reporter=tap
// How long it takes from the moment the guard's page sends an announcement until the resident's
// screen shows the question: p99 below 50 ms over 200 announcements. Both pages run in one browser,
// so their clocks agree. Beside each announcement the guard's page fetches a picture from nginx: a
// round in which even that takes long says nothing of Gatehouse, only that the machine is busy with
// something else. Three rounds are tried; when all were such, the test is skipped and says so.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { atGateAndHome, launch } from '../lib/pages.mjs';
import { sharedSite } from '../lib/site.mjs';

const COUNT = 200;
const LIMIT = 50;
const ROUNDS = 3;
const QUIET = 12; // milliseconds that the picture takes at most, p99, on a machine that is not busy
let site, world, browser, gate, home;

before(async () => {
	site = await sharedSite();
	world = site.world();
	browser = await launch();
	[gate, home] = await atGateAndHome(browser, site, world);
	await gate.evaluate(() => {
		const real = globalThis.fetch;
		globalThis.sent = {};
		globalThis.fetch = (url, options) => {
			const now = performance.timeOrigin + performance.now();
			if (url === '/v1/visitors' && options.method === 'POST')
				globalThis.sent[JSON.parse(options.body).visitor_name] = now;
			return real(url, options);
		};
	});
	await home.evaluate(() => {
		globalThis.shown = {};
		new MutationObserver(() => {
			const name = document.querySelector('#question[open].asking h2')?.textContent;
			if (name)
				globalThis.shown[name] ??= performance.timeOrigin + performance.now();
		}).observe(document.querySelector('#question'), { subtree: true, childList: true, attributes: true });
	});
});

after(async () => {
	await browser?.close();
	await site?.stop();
});

async function fetchPicture() {
	const began = performance.now();
	await (await fetch('/icon.svg', { cache: 'no-store' })).text();
	return performance.now() - began;
}

// The value that a part of them is not above.
function percentile(values, part) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.ceil(sorted.length * part) - 1];
}

async function measure(round) {
	const picture = [];
	for (let i = 0; i < COUNT; i++) {
		const name = `Visitor ${round}.${i}`;
		picture.push(await gate.evaluate(fetchPicture));
		await gate.evaluate((text) => {
			document.querySelector('[name=visitor_name]').value = text;
			document.querySelector('.flats .choice').click();
			document.querySelector('.tile').click();
			document.querySelector('#announce-form [type=submit]').click();
		}, name);
		await home.waitForFunction((n) => globalThis.shown[n], name);
		await home.evaluate(() => document.querySelector('.decide.no').click());
		await home.waitForSelector('#question.result');
		await home.evaluate(() => document.querySelector('#question .done').click());
		await gate.waitForSelector('#waiting .card.denied');
		await gate.evaluate(() => document.querySelector('#waiting .card.denied button').click());
	}
	const sent = await gate.evaluate(() => globalThis.sent);
	const shown = await home.evaluate(() => globalThis.shown);
	const times = Object.keys(sent).filter((n) => n.startsWith(`Visitor ${round}.`))
		.map((n) => shown[n] - sent[n]);
	return { times, picture: percentile(picture, 0.99) };
}

test(`request to screen: p99 below ${LIMIT} ms over ${COUNT} announcements`, async (t) => {
	const p99s = [];
	for (let round = 1; round <= ROUNDS; round++) {
		const { times, picture } = await measure(round);
		assert.equal(times.length, COUNT);
		const [p50, p90, p99] = [0.5, 0.9, 0.99].map((part) => percentile(times, part));
		t.diagnostic(`ms: p50 ${p50.toFixed(1)}, p90 ${p90.toFixed(1)}, p99 ${p99.toFixed(1)}; `
			+ `a picture p99 ${picture.toFixed(1)}`);
		if (p99 < LIMIT)
			return;
		if (picture < QUIET)
			p99s.push(p99);
	}
	if (!p99s.length)
		t.skip('the machine is too busy to tell');
	else
		assert.fail(`p99 is ${p99s.map((p99) => p99.toFixed(1)).join(', ')} ms`);
});

test('no page complained', () => {
	assert.deepEqual([gate, home].flatMap((page) => page.complaints), []);
});
