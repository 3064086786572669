#!/usr/bin/env -S node --test-reporter=tap
// Those who are not the one resident of one flat in one zone: several flats, several guards at a
// tablet, a manager who sets a tablet up, somebody whose role is taken, a guest, a long history, a
// browser in another part of the world, a browser without Web Locks, a name that tries to be markup.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { faults } from '../lib/axe.mjs';
import {
	addPage, announceName, atGate, atHome, isLive, launch, newPage, registerTablet, shot, signIn, sizes, typePin,
} from '../lib/pages.mjs';
import { sharedSite } from '../lib/site.mjs';

let site, world, browser, gate;

before(async () => {
	site = await sharedSite();
	world = site.world();
	browser = await launch();
	gate = await atGate(browser, site, world);
});

after(async () => {
	await browser?.close();
	await site?.stop();
});

// A call of the API as whoever is signed in on a page.
const call = (page, method, path, body) => page.evaluate(async (c) => {
	const answer = await fetch(c.path, {
		method: c.method,
		headers: {
			'Content-Type': 'application/json',
			'X-CSRF-Token': /gh_csrf=([^;]+)/.exec(document.cookie)[1],
			'Idempotency-Key': c.key,
		},
		body: c.body && JSON.stringify(c.body),
	});
	return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
}, { method, path, body, key: `${method} ${path} ${Math.random()}` });

async function managerPage() {
	const page = await newPage(browser, site);
	await signIn(page, world.people.manager);
	await page.waitForSelector('#panel-nowhere:not([hidden])');
	return page;
}

const residentOf104 = () => ({ role: 'resident', scopeType: 'flat', scopeId: world.flats[104] });

test('a role given or taken shows at once: a second flat, then none', async () => {
	const { id } = world.people.resident103;
	const manager = await managerPage();
	const home = await atHome(browser, site, world.people.resident103);
	assert.equal((await call(manager, 'POST', `/api/users/${id}/roles`, residentOf104())).status, 201);
	await home.waitForSelector('#flat-switch:not([hidden])');
	await isLive(home);
	await home.selectOption('#flat-switch select', world.flats[104]);
	assert.equal(await home.textContent('#flat-name'), 'Flat 104');
	await announceName(gate, '103', 'For the other');
	await home.waitForSelector('#question .for:text-is("For flat 103")');
	await home.click('.decide.yes');
	await home.click('#question .done');
	assert.equal(await home.locator('#upcoming .row').count(), 0);
	await home.selectOption('#flat-switch select', world.flats[103]);
	await home.waitForSelector('#upcoming .row:has-text("may come in")');

	for (const scopeId of [world.flats[103], world.flats[104]]) {
		const query = new URLSearchParams({ ...residentOf104(), scopeId });
		assert.equal((await call(manager, 'DELETE', `/api/users/${id}/roles?${query}`)).status, 204);
	}
	await home.waitForSelector('#panel-nowhere:not([hidden])');
	assert.deepEqual([manager, home].flatMap((page) => page.complaints), []);
	await Promise.all([home.context().close(), manager.context().close()]);
});

test('a manager makes a browser a gate tablet and leaves it to the guards', async () => {
	const page = await managerPage();
	await page.fill('#new-tablet [name=name]', 'Back gate');
	await page.click('#new-tablet [type=submit]');
	await page.waitForSelector('#panel-guard:not([hidden])');
	assert.match(await page.textContent('#guard-tablet'), /^Back gate · Society/);
	await typePin(page, world.pin);
	await page.waitForURL('**/gate/');
	await page.waitForSelector('#gate-name:text-is("Back gate")');
	await page.context().close();
});

test('of several guards each picks his name before his PIN', async () => {
	const manager = await managerPage();
	const made = await call(manager, 'POST', '/v1/guards',
		{ name: 'Second Guard', pin: '24681', device_ids: [world.tablet_id] });
	assert.equal(made.status, 201);
	await manager.context().close();
	const page = await newPage(browser, site);
	await registerTablet(page, world);
	await page.waitForSelector('#guards button');
	await typePin(page, '24681');
	await page.waitForSelector('#panel-guard .error:has-text("Pick your name")');
	await page.click('#guards button:text-is("Second Guard")');
	await page.keyboard.press('Enter');
	await page.waitForURL('**/gate/');
	await page.waitForSelector('#duty:has-text("Second Guard")');
	await page.context().close();
});

test('a token that is no tablet\'s is told in words', async () => {
	const page = await newPage(browser, site);
	await page.goto('/');
	await page.click('[data-go=guard]');
	await page.fill('[name=token]', 'no such token');
	await page.click('#register [type=submit]');
	await page.waitForSelector('#register .error:has-text("This tablet is not registered")');
	await page.context().close();
});

test('names are text, whatever they look like', async () => {
	const name = '<img src=x onerror=alert(1)><b>Bold</b>';
	const home = await atHome(browser, site, world.people.resident101);
	await announceName(gate, '101', name);
	await home.waitForSelector('#question.asking');
	assert.equal(await home.textContent('#question h2'), name);
	assert.equal(await gate.textContent('#waiting .card.pending h3'), name);
	await home.click('.decide.no');
	await home.click('#question .done');
	assert.deepEqual([gate, home].flatMap((page) => page.complaints), []);
	await home.context().close();
});

test('in another part of the world the times are still the society\'s', async () => {
	const home = await atHome(browser, site, world.people.resident101, { timezoneId: 'America/New_York' });
	await home.click('#invite-open');
	await home.fill('[name=visitor_name]', 'From afar');
	await home.click('#invite :text-is("Tomorrow")');
	await home.fill('[name=from]', '18:30');
	await home.fill('[name=until]', '21:00');
	await home.click('#invite [type=submit]');
	await home.waitForSelector('#invite .guest:has-text("6:30")');
	const zone = site.sql(`select time_zone from societies where id = '${world.society_id}'`);
	assert.equal(site.sql(`select to_char(expected_start at time zone '${zone}', 'HH24:MI')
		from visitors where visitor_name = 'From afar' and society_id = '${world.society_id}'`), '18:30');
	await home.context().close();
});

test('the guest\'s own page shows where, when and the code, to everyone', async () => {
	const [url, code] = site.sql(`select '/i/' || invite_token, invite_code from visitors
		where visitor_name = 'From afar' and society_id = '${world.society_id}'`).split('|');
	const page = await newPage(browser, site, { viewport: sizes.phone });
	await page.goto(url);
	assert.match(await page.textContent('.code'), new RegExp(code));
	await page.waitForSelector('.qr svg');
	await shot(page, 'guest-phone');
	page.probed = true;
	assert.deepEqual(await faults(page), []);
	page.probed = false;
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

test('a long history comes page by page', async () => {
	const home = await atHome(browser, site, world.people.resident102);
	for (let i = 0; i < 30; i++) {
		const { body } = await call(home, 'POST', '/v1/visitors',
			{ flat_id: world.flats[102], visitor_name: `Guest ${i}` });
		await call(home, 'POST', `/v1/visitors/${body.id}/cancel`, {});
	}
	await home.reload();
	await home.waitForSelector('#history .row');
	assert.equal(await home.locator('#history .row').count(), 25);
	await home.click('#more');
	await home.waitForSelector('#history .row:has-text("Guest 0")');
	assert.equal(await home.locator('#history .row').count(), 30);
	assert.equal(await home.locator('#more:visible').count(), 0);
	await home.context().close();
});

test('without Web Locks (plain http on a LAN) each tab has a stream of its own', async () => {
	const home = await newPage(browser, site, { viewport: sizes.phone });
	await home.context().addInitScript(() => {
		Object.defineProperty(globalThis.Navigator.prototype, 'locks', { value: undefined });
		delete crypto.randomUUID;
	});
	await signIn(home, world.people.family101);
	await home.waitForURL('**/home/');
	await isLive(home);
	const second = await addPage(home.context());
	await second.goto('/home/');
	await isLive(second);
	await announceName(gate, '101', 'On both');
	for (const page of [home, second])
		await page.waitForSelector('#question.asking h2:text-is("On both")');
	await home.click('.decide.no');
	await second.waitForSelector('#question.result.denied');
	assert.deepEqual([home, second].flatMap((page) => page.complaints), []);
	await home.context().close();
});

test('no page complained', () => {
	assert.deepEqual(gate.complaints, []);
});
