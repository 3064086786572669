#!/usr/bin/env -S node --test-reporter=tap
// How long it takes from the moment the guard's page sends an announcement until the resident's
// screen shows the question: p99 below 50 ms over 200 announcements. Both pages run in one browser,
// so their clocks agree. A machine that is busy with something else gets three tries.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { atGateAndHome, launch } from '../lib/pages.mjs';
import { sharedSite } from '../lib/site.mjs';

const COUNT = 200;
const LIMIT = 50;
const TRIES = 3;
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

async function measure(round) {
	for (let i = 0; i < COUNT; i++) {
		const name = `Visitor ${round}.${i}`;
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
		.map((n) => shown[n] - sent[n]).sort((a, b) => a - b);
	const at = (part) => times[Math.ceil(times.length * part) - 1].toFixed(1);
	return { count: times.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

test(`request to screen: p99 below ${LIMIT} ms over ${COUNT} announcements`, async (t) => {
	let figures;
	for (let round = 1; round <= TRIES; round++) {
		figures = await measure(round);
		const { p50, p90, p99, max } = figures;
		t.diagnostic(`milliseconds: p50 ${p50}, p90 ${p90}, p99 ${p99}, most ${max}`);
		assert.equal(figures.count, COUNT);
		if (figures.p99 < LIMIT)
			break;
	}
	assert.ok(figures.p99 < LIMIT, `p99 ${figures.p99} ms`);
});

test('no page complained', () => {
	assert.deepEqual([gate, home].flatMap((page) => page.complaints), []);
});
