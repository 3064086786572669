#!/usr/bin/env -S node --test-reporter=tap
// All tabs of a browser live on one stream; when the tab that has it goes, another goes on where it
// stopped; and a stream that a proxy holds back is replaced by long-polls.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addPage, announceName, atGateAndHome, atHome, isLive, launch } from '../lib/pages.mjs';
import { sharedSite } from '../lib/site.mjs';

let site, world, browser, gate, home;

before(async () => {
	site = await sharedSite();
	world = site.world();
	browser = await launch();
	[gate, home] = await atGateAndHome(browser, site, world);
});

after(async () => {
	await browser?.close();
	await site?.stop();
});

// The stream requests a page makes from now on.
function streamsOf(page) {
	const urls = [];
	page.on('request', (r) => r.url().includes('/api/sse/events') && urls.push(r.url()));
	return urls;
}

async function answer(page, name) {
	await page.waitForSelector(`#question.asking h2:text-is("${name}")`);
	await page.click('.decide.no');
	await page.click('#question .done');
}

test('a second and a third tab open no stream, and hear everything', async () => {
	const tabs = [await addPage(home.context()), await addPage(home.context())];
	const streams = tabs.map(streamsOf);
	for (const tab of tabs) {
		await tab.goto('/home/');
		await isLive(tab);
	}
	await announceName(gate, '101', 'One for all');
	for (const tab of tabs)
		await tab.waitForSelector('#question.asking h2:text-is("One for all")');
	await answer(home, 'One for all');
	for (const tab of tabs)
		await tab.waitForSelector('#question.result.denied');
	assert.deepEqual(streams.flat(), []);
	await tabs[1].close();
	await tabs[0].click('#question .done');
	tabs[0].streams = streams[0];
	home.second = tabs[0];
});

test('the leading tab closes: another goes on after the last id, and misses nothing', async () => {
	const { second } = home;
	const names = [];
	await second.evaluate(() => {
		globalThis.names = [];
		new MutationObserver(() => {
			for (const h3 of document.querySelectorAll('#history h3'))
				if (!globalThis.names.includes(h3.textContent))
					globalThis.names.push(h3.textContent);
		}).observe(document.querySelector('#history'), { subtree: true, childList: true });
	});
	let closed = null;
	for (let i = 0; i < 12; i++) {
		const name = `Storm ${i}`;
		names.push(name);
		await announceName(gate, '101', name);
		if (i === 4)
			closed = home.close(); // while the gate goes on
		await gate.locator('#waiting .card', { hasText: name }).locator('text=Cancel').click();
	}
	await closed;
	await second.waitForFunction((all) => all.every((name) => globalThis.names.includes(name)), names);
	assert.match(second.streams[0], /last_event_id=/);
	assert.equal(second.streams.length, 1);
	assert.equal(await second.textContent('#live-chip'), 'Live');
	home = second;
});

test('a leader that no longer answers loses the lead to a tab that is looked at', async () => {
	const deaf = await atHome(browser, site, world.people.resident102);
	// As a browser leaves a tab in the background: it hears nothing.
	await deaf.addInitScript(() => {
		const add = BroadcastChannel.prototype.addEventListener;
		BroadcastChannel.prototype.addEventListener = function listen(type, f) {
			add.call(this, type, (event) => globalThis.deaf || f(event));
		};
	});
	const left = streamsOf(deaf);
	await deaf.reload();
	await isLive(deaf);
	assert.equal(left.length, 1);
	const tab = await addPage(deaf.context());
	const streams = streamsOf(tab);
	await tab.goto('/home/');
	await isLive(tab);
	assert.deepEqual(streams, []);
	await deaf.evaluate(() => { globalThis.deaf = true; });
	const taken = tab.waitForRequest((r) => r.url().includes('/api/sse/events'));
	await tab.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
	await taken;
	await announceName(gate, '102', 'After the frost');
	await answer(tab, 'After the frost');
	assert.deepEqual([left.length, streams.length], [1, 1]);
	await deaf.context().close();
});

test('a stream that is held back is replaced by long-polls', async () => {
	const held = await atHome(browser, site, world.people.family101);
	const polls = [];
	held.on('request', (r) => r.url().includes('/api/events/poll') && polls.push(r.url()));
	await held.context().route('**/api/sse/events*', () => {}); // never answers
	await held.reload();
	await held.waitForSelector('#live-sign:not([hidden])');
	assert.match(await held.textContent('#live-sign'), /Live updates are paused/);
	await held.waitForSelector('#live-chip[data-state=live]', { timeout: 15000 });
	assert.ok(polls.length > 0);
	await announceName(gate, '101', 'By poll');
	await answer(held, 'By poll');
	assert.deepEqual(held.complaints, []);
	await held.context().close();
});

test('no page complained', () => {
	assert.deepEqual([gate, home].flatMap((page) => page.complaints), []);
});
