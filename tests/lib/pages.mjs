// pages: Debian's Chromium, and people who use the pages in it. Each has a context of his own, as on
// a device of his own; what a page complains of (errors, refused resources) is kept and must be
// nothing at the end of a test.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './site.mjs';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const sizes = { phone: { width: 360, height: 740 }, wide: { width: 1280, height: 800 } };

export function launch() {
	return chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: FLAGS });
}

// A page in a context of its own. `page.complaints` collects what went wrong in it.
export async function newPage(browser, site, options = {}) {
	const context = await browser.newContext({ baseURL: site.url, viewport: sizes.wide, ...options });
	context.setDefaultTimeout(15000);
	return addPage(context);
}

// One more tab of the same person.
export async function addPage(context) {
	const page = await context.newPage();
	page.complaints = [];
	page.on('pageerror', (error) => page.complaints.push(error.stack));
	page.on('console', (message) => {
		const text = message.text();
		// An answer of 4xx that the page expects is told by the browser too.
		if (message.type() === 'error' && !page.probed && !/status of 4\d\d/.test(text))
			page.complaints.push(text);
	});
	return page;
}

export async function signIn(page, { email, password }) {
	await page.goto('/');
	await page.fill('[name=email]', email);
	await page.fill('[name=password]', password);
	await page.keyboard.press('Enter');
}

export async function atHome(browser, site, person, options = {}) {
	const page = await newPage(browser, site, { viewport: sizes.phone, ...options });
	await signIn(page, person);
	await page.waitForURL('**/home/');
	await isLive(page);
	return page;
}

export async function registerTablet(page, world) {
	await page.goto('/');
	await page.click('[data-go=guard]');
	await page.fill('[name=token]', world.tablet_token);
	await page.click('#register [type=submit]');
	await page.waitForSelector('#panel-guard .keypad');
}

export async function typePin(page, pin) {
	for (const digit of pin)
		await page.click(`#pin-pad .key:text-is("${digit}")`);
	await page.click('#pin-pad .key.main');
}

export async function atGate(browser, site, world, options = {}) {
	const page = await newPage(browser, site, options);
	await registerTablet(page, world);
	await typePin(page, world.pin);
	await page.waitForURL('**/gate/');
	await isLive(page);
	await page.waitForSelector('.flats .choice', { state: 'attached' });
	return page;
}

// A guard and a resident of flat 101, each on a device of his own.
export function atGateAndHome(browser, site, world) {
	return Promise.all([atGate(browser, site, world), atHome(browser, site, world.people.resident101)]);
}

export async function isLive(page) {
	await page.waitForSelector('#live-chip[data-state=live]', { state: 'attached' });
	// The lists are drawn once they are loaded.
	await page.waitForFunction(() => document.querySelector('.empty:not([hidden]), .card, .row'));
}

// Three taps: a flat, a purpose, Announce.
export async function announce(page, flat, purpose = 'delivery') {
	await page.click(`.flats .choice:text-is("${flat}")`);
	await page.click(`.tile[data-purpose=${purpose}]`);
	await page.click('#announce-form [type=submit]');
}

export async function announceName(page, flat, name) {
	await page.fill('[name=visitor_name]', name);
	await announce(page, flat, 'guest');
}

// A picture of what a test has seen, in tests/shots/.
export async function shot(page, name) {
	const dir = join(root, 'tests/shots');
	mkdirSync(dir, { recursive: true });
	await page.screenshot({ path: join(dir, `${name}.png`) });
}
