#!/usr/bin/env -S node --test-reporter=tap
// What pages say when live updates can't come: Redis away, the push daemon away, the relay away, the
// network away. Writes go on; what was missed is caught up without a reload; the sign goes by itself.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { announceName, atGateAndHome, isLive, launch, shot } from '../lib/pages.mjs';
import { startSite } from '../lib/site.mjs';

const SENTENCE = 'Live updates are paused. The list is refreshed every 15 s.';
let site, world, browser, gate, home;

before(async () => {
	site = await startSite();
	world = site.world();
	browser = await launch();
	[gate, home] = await atGateAndHome(browser, site, world);
});

after(async () => {
	await browser?.close();
	await site?.stop();
});

async function paused(page) {
	await page.waitForSelector('#live-sign:not([hidden])');
	assert.equal(await page.textContent('#live-sign p'), SENTENCE);
	assert.equal(await page.textContent('#live-chip'), 'Paused');
}

async function question(page, name, timeout) {
	await page.waitForSelector(`#question.asking h2:text-is("${name}")`, { timeout });
	await page.click('.decide.no');
	await page.click('#question .done');
}

// Counts the loads of whole pages: nobody may have to reload.
async function reloadless(page, what) {
	await page.evaluate(() => { globalThis.mark = true; });
	await what();
	assert.equal(await page.evaluate(() => globalThis.mark), true);
}

for (const service of ['redis', 'sse-daemon', 'worker-relay'])
	test(`${service} away: the pages say so, the gate goes on, and all is caught up`, async () => {
		await reloadless(home, async () => {
			site.take(service);
			try {
				// The relay's absence shows only when something should have come.
				await announceName(gate, '101', `Without ${service}`);
				await gate.waitForSelector(`#waiting .card.pending:has-text("Without ${service}")`);
				await paused(gate);
				await paused(home);
				await shot(gate, `paused-${service}`);
				// By the slow refresh, long before the service is back.
				await question(home, `Without ${service}`, 25000);
			} finally {
				site.bring(service);
			}
			await isLive(gate);
			await isLive(home);
			await announceName(gate, '101', `With ${service}`);
			await question(home, `With ${service}`, 15000);
			await gate.waitForSelector(`#waiting .card.denied:has-text("With ${service}")`);
			assert.equal(await home.locator('#live-sign:not([hidden])').count(), 0);
		});
	});

test('offline: the sign says so, and what was missed comes with the network', async () => {
	await reloadless(home, async () => {
		await home.context().setOffline(true);
		await home.waitForSelector('#live-sign:has-text("This device is offline")');
		await shot(home, 'offline-360');
		await announceName(gate, '101', 'While offline');
		await home.context().setOffline(false);
		await question(home, 'While offline', 15000);
		await isLive(home);
	});
});

test('an announcement without network is told in words, and sent once when tried again', async () => {
	await gate.context().setOffline(true);
	await announceName(gate, '101', 'Try again');
	await gate.waitForSelector('#announce-form .error:has-text("No connection")');
	await gate.context().setOffline(false);
	await gate.click('#announce-form [type=submit]');
	await question(home, 'Try again', 15000);
	assert.equal(site.sql("select count(*) from visitors where visitor_name = 'Try again'"), '1');
});

test('no page complained but of the network', () => {
	const complaints = [gate, home].flatMap((page) => page.complaints);
	assert.deepEqual(complaints.filter((text) => !/ERR_|status of 5/.test(text)), []);
});
