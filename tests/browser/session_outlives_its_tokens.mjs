#!/usr/bin/env -S node --test-reporter=tap
// Cookies, CSRF, renewal: a session goes on over many access tokens without the stream losing an
// event or anybody noticing; when it is ended, the page says so in a sentence.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addPage, announceName, atGateAndHome, launch, newPage, signIn } from '../lib/pages.mjs';
import { startSite } from '../lib/site.mjs';

const TTL = 6;
let site, world, browser, gate, home;

before(async () => {
	site = await startSite({ ACCESS_TOKEN_TTL: String(TTL), VISITOR_TIMEOUT: '5' });
	world = site.world();
	browser = await launch();
	[gate, home] = await atGateAndHome(browser, site, world);
});

after(async () => {
	await browser?.close();
	await site?.stop();
});

test('tokens are in HttpOnly cookies, and nowhere that a script reaches', async () => {
	for (const page of [gate, home]) {
		const cookies = await page.context().cookies();
		const secret = cookies.filter((c) => c.name !== 'gh_csrf');
		assert.equal(secret.length, 2);
		for (const cookie of secret) {
			assert.ok(cookie.httpOnly && cookie.sameSite === 'Strict', cookie.name);
			const reached = await page.evaluate((value) => document.cookie.includes(value)
				|| JSON.stringify({ ...localStorage, ...sessionStorage }).includes(value), cookie.value);
			assert.equal(reached, false, cookie.name);
		}
	}
});

test('a write without the CSRF header is refused, with it taken', async () => {
	const call = (headers) => home.evaluate(async (h) => (await fetch('/api/auth/revoke', {
		method: 'POST', headers: { 'Content-Type': 'application/json', ...h }, body: '{"token":"x"}',
	})).status, headers);
	assert.equal(await call({}), 403);
	assert.equal(await call({ 'X-CSRF-Token': 'x' }), 403);
	const token = await home.evaluate(() => /gh_csrf=([^;]+)/.exec(document.cookie)[1]);
	assert.notEqual(await call({ 'X-CSRF-Token': token }), 403);
});

test('over four tokens\' lives every event comes once and nobody is told of anything', async () => {
	await home.evaluate(() => {
		globalThis.states = [];
		globalThis.names = [];
		const note = () => {
			globalThis.states.push(document.querySelector('#live-chip').dataset.state);
			const name = document.querySelector('#question[open].asking h2')?.textContent;
			if (name && globalThis.names.at(-1) !== name)
				globalThis.names.push(name);
		};
		new MutationObserver(note).observe(document.body,
			{ subtree: true, childList: true, attributes: true });
	});
	let refreshes = 0;
	home.on('response', (r) => {
		if (r.url().endsWith('/api/auth/refresh') && r.status() === 200)
			refreshes++;
	});
	const names = [];
	for (const end = Date.now() + 4 * TTL * 1000; Date.now() < end;) {
		const name = `Visitor ${names.length + 1}`;
		names.push(name);
		await announceName(gate, '101', name);
		await home.waitForSelector(`#question.asking h2:text-is("${name}")`);
		await home.click('.decide.no');
		await home.click('#question .done');
	}
	assert.ok(refreshes >= 4, `${refreshes} renewals`);
	const seen = await home.evaluate(() => ({ states: globalThis.states, names: globalThis.names }));
	assert.deepEqual(seen.names, names);
	assert.deepEqual([...new Set(seen.states)], ['live']);
});

test('of two tabs one renews', async () => {
	const second = await addPage(home.context());
	await second.goto('/home/');
	let refreshes = 0;
	for (const page of [home, second])
		page.on('request', (r) => { refreshes += r.url().endsWith('/api/auth/refresh') ? 1 : 0; });
	const began = Date.now();
	await home.waitForTimeout(3 * TTL * 1000);
	const most = Math.ceil((Date.now() - began) / (TTL * 650)) + 1;
	assert.ok(refreshes <= most, `${refreshes} renewals where ${most} do`);
	await second.close();
});

test('nobody answers: the question and the gate say so by themselves', async () => {
	await announceName(gate, '101', 'Forgotten');
	await home.waitForSelector('#question.asking h2:text-is("Forgotten")');
	await home.waitForSelector('#question.result.expired');
	await gate.waitForSelector('#waiting .card.expired');
	await home.click('#question .done');
	await gate.click('#waiting .card.expired .main'); // ask again
	await home.waitForSelector('#question.asking h2:text-is("Forgotten")');
	await home.click('.decide.no');
	await home.click('#question .done');
});

test('signing out in one tab signs the others out', async () => {
	const page = await newPage(browser, site);
	await signIn(page, world.people.resident102);
	await page.waitForURL('**/home/');
	const second = await addPage(page.context());
	await second.goto('/home/');
	await second.waitForSelector('#live-chip[data-state=live]');
	await page.click('#sign-out');
	await page.waitForSelector('#panel-person:not([hidden])');
	await second.waitForSelector('#panel-person:not([hidden])');
	assert.deepEqual((await page.context().cookies()).map((c) => c.name), []);
	await page.context().close();
});

test('a session ended from elsewhere is told in a sentence', async () => {
	const { id } = world.people.resident101;
	site.sql(`with s as (update sessions set revoked_at = now() where user_id = '${id}' returning id)
		insert into events (type, topics, data) select 'control', array['control'],
		json_build_object('revoke', 'session', 'session', id) from s`);
	await home.waitForURL((url) => url.pathname === '/');
	await home.waitForSelector('#why:has-text("this session was ended from elsewhere")');
});

test('a wrong PIN and a wrong password are told in words', async () => {
	await gate.click('#sign-out');
	await gate.waitForSelector('#panel-guard .keypad');
	await gate.keyboard.type('000000');
	await gate.keyboard.press('Enter');
	await gate.waitForSelector('#panel-guard .error:has-text("The PIN is not right.")');
	await home.fill('[name=email]', world.people.resident101.email);
	await home.fill('[name=password]', 'wrong');
	await home.keyboard.press('Enter');
	await home.waitForSelector('#person .error:has-text("The e-mail or the password is wrong.")');
});

test('no page complained', () => {
	assert.deepEqual([gate, home].flatMap((page) => page.complaints), []);
});
