#!/usr/bin/env -S node --test-reporter=tap
// Markup in whatever people type, shown by real browsers: on the guard's page, the resident's, the guest's
// and in the documents. It is read as it was typed, nothing of it runs, nothing is fetched from elsewhere.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { atGate, atHome, launch, newPage } from '../lib/pages.mjs';
import { sharedSite } from '../lib/site.mjs';

const MARKUP = [
	'<script>window.pwned=1</script>',
	'<img src=x onerror="window.pwned=1">',
	'"><svg/onload=window.pwned=1>',
	'\'-window.pwned=1-\'',
	'</title></textarea><script>window.pwned=1</script>',
	'<img src="https://evil.example/x.png">',
	'<style>*{display:none}</style>',
	'javascript:window.pwned=1',
];

let site, world, browser, gate, home;
const pages = [];

before(async () => {
	site = await sharedSite();
	world = site.world();
	browser = await launch();
	[gate, home] = await Promise.all([
		atGate(browser, site, world),
		atHome(browser, site, world.people.resident101),
	]);
	pages.push(gate, home);
	for (const page of pages)
		watch(page);
});

after(async () => {
	await browser?.close();
	await site?.stop();
});

// What a page asks of other hosts.
function watch(page) {
	page.elsewhere = [];
	page.on('request', (request) => {
		if (!request.url().startsWith(site.url) && !/^(?:data|blob):/.test(request.url()))
			page.elsewhere.push(request.url());
	});
}

async function call(person, method, path, body) {
	const signedIn = await fetch(`${site.url}/api/auth/login`, {
		method: 'POST', headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ email: person.email, password: person.password }),
	});
	const { accessToken } = await signedIn.json();
	const answer = await fetch(site.url + path, {
		method, headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${accessToken}` },
		body: body && JSON.stringify(body),
	});
	assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
	return answer.json();
}

async function harmless(page, what) {
	assert.equal(await page.evaluate(() => window.pwned), undefined, `${what}: nothing ran`);
	const found = await page.evaluate(() => document.querySelectorAll('body script, img[src="x"], svg[onload], style, [onerror], [onload], a[href^="javascript:"]').length);
	assert.equal(found, 0, `${what}: nothing became an element`);
	assert.deepEqual(page.elsewhere, [], `${what}: nothing was fetched from elsewhere`);
	assert.deepEqual(page.complaints, [], `${what}: the page has nothing to complain of`);
}

test('the names of visitors, at the gate and at home', async () => {
	for (const markup of MARKUP) {
		await call(world.people.resident101, 'POST', '/v1/visitors',
			{ flat_id: world.flats[101], visitor_name: markup, purpose: markup, vehicle_no: markup.slice(0, 20) });
		await gate.getByText(markup).first().waitFor({ state: 'attached' });
		await home.getByText(markup).first().waitFor({ state: 'attached' });
	}
	await harmless(gate, 'the gate');
	await harmless(home, 'the home page');
});

test('the same when the pages are loaded anew', async () => {
	for (const page of pages) {
		await page.reload();
		await page.getByText(MARKUP[0]).first().waitFor({ state: 'attached' });
		await harmless(page, page.url());
	}
});

test('a question that asks with markup, and a note that answers with it', async () => {
	await gate.fill('[name=visitor_name]', MARKUP[1]);
	await gate.click('.flats .choice:text-is("101")');
	await gate.click('.tile[data-purpose=guest]');
	await gate.click('#announce-form [type=submit]');
	await home.waitForSelector('#question[open] h2');
	assert.match(await home.textContent('#question'), /<img src=x onerror=/);
	await harmless(home, 'the question');
	const waiting = await call(world.people.resident101, 'GET', '/v1/visitors?status=pending');
	await call(world.people.resident101, 'POST', `/v1/visitors/${waiting.data[0].id}/respond`, { decision: 'accept', note: MARKUP[0] });
	await gate.waitForSelector('#waiting .card.accepted');
	await harmless(gate, 'the answer');
});

test('the guest\'s own page', async () => {
	const { data } = await call(world.people.resident101, 'GET', '/v1/visitors?limit=100');
	const page = await newPage(browser, site);
	watch(page);
	for (const visitor of data.filter((v) => v.invite_url)) {
		await page.goto(new URL(visitor.invite_url).pathname);
		assert.equal(await page.textContent('h1'), `${visitor.visitor_name}, you are expected`);
		await harmless(page, `the page of ${visitor.visitor_name}`);
	}
});

test('addresses that bring markup along', async () => {
	const page = await newPage(browser, site);
	watch(page);
	const script = encodeURIComponent('<img src=x onerror=window.pwned=1>');
	for (const path of [`/?ended=${script}`, `/#${script}`, `/docs/?q=${script}#${script}`, `/${script}`, `/v1/${script}`, `/i/${script}`]) {
		await page.goto(path);
		assert.equal(await page.evaluate(() => window.pwned), undefined, path);
		assert.deepEqual(page.elsewhere, [], path);
	}
});

test('no page can be framed', async () => {
	const page = await newPage(browser, site);
	await page.goto('/');
	for (const path of ['/', '/home/', '/gate/', '/docs/']) {
		const answer = await fetch(site.url + path);
		assert.match(answer.headers.get('content-security-policy'), /frame-ancestors 'none'/, path);
		assert.equal(answer.headers.get('x-frame-options'), 'DENY', path);
	}
});
