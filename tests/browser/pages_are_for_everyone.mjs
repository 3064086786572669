#!/usr/bin/env -S node --test-reporter=tap
// Every page, on a phone and on a wide screen, with something on it: nothing axe-core objects to,
// nothing wider than the screen, targets for gloves at the gate, and all of it by keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { faults } from '../lib/axe.mjs';
import { announceName, atGate, atHome, launch, newPage, registerTablet, shot, sizes } from '../lib/pages.mjs';
import { sharedSite } from '../lib/site.mjs';

let site, browser;
const pages = [];

before(async () => {
	site = await sharedSite();
	browser = await launch();
});

after(async () => {
	await browser?.close();
	await site?.stop();
});

async function good(page, name) {
	await shot(page, name);
	page.probed = true; // axe-core adds styles, which the policy refuses
	const found = await faults(page);
	page.probed = false;
	assert.deepEqual(found, [], name);
	const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	assert.ok(wider <= 0, `${name} is ${wider} px wider than the screen`);
}

// What is lower than 56 px of what can be tapped.
const smallTargets = (page) => page.evaluate(() => {
	const targets = [...document.querySelectorAll('button, input, select, summary')];
	return targets.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 56)
		.map((e) => `${e.localName}.${e.className} ${e.textContent.trim()}`);
});

const screens = {
	phone: { viewport: sizes.phone },
	wide: { viewport: sizes.wide },
	night: { viewport: sizes.phone, colorScheme: 'dark' },
};

for (const [size, screen] of Object.entries(screens)) {
	const still = { ...screen, reducedMotion: 'reduce' };

	test(`sign-in and the tablet's set-up (${size})`, async () => {
		const page = await newPage(browser, site, still);
		pages.push(page);
		await page.goto('/');
		await page.waitForSelector('#person');
		await good(page, `sign-in-${size}`);
		await registerTablet(page, site.world());
		await good(page, `pin-${size}`);
		await page.click('[data-go=register]');
		await good(page, `register-${size}`);
	});

	test(`the gate, with an answer of each kind (${size})`, async () => {
		const world = site.world();
		const gate = await atGate(browser, site, world, still);
		const home = await atHome(browser, site, world.people.resident101, still);
		pages.push(gate, home);
		await good(gate, `gate-empty-${size}`);
		await good(home, `home-empty-${size}`);
		for (const [name, decision] of [['Anand', 'yes'], ['Bina', 'no'], ['Chitra', null]]) {
			if (size !== 'wide')
				await gate.click('#views [data-view=announce]');
			await announceName(gate, '101', name);
			await home.waitForSelector(`#question.asking h2:text-is("${name}")`);
			if (name === 'Anand')
				await good(home, `question-${size}`);
			if (decision) {
				await home.click(`.decide.${decision}`);
				await home.waitForSelector('#question.result');
				await good(home, `question-${decision}-${size}`);
				await home.click('#question .done');
			}
		}
		await gate.waitForSelector('#waiting .card.denied');
		await gate.click('#notices .close').catch(() => {});
		await good(gate, `gate-waiting-${size}`);
		assert.deepEqual(await smallTargets(gate), []);
		await gate.click('#waiting .card.accepted .main');
		await gate.click('#views [data-view=inside]', { timeout: 1000 }).catch(() => {});
		await good(gate, `gate-inside-${size}`);
		await gate.click('#by-code');
		await gate.keyboard.type('123');
		await good(gate, `gate-code-${size}`);
		assert.deepEqual(await smallTargets(gate), []);
	});

	test(`home, with a guest invited, one inside, one waiting (${size})`, async () => {
		const home = pages.at(-1);
		await home.click('#question header button');
		await home.click('#invite-open');
		await home.click('#invite summary');
		await good(home, `invite-${size}`);
		await home.fill('[name=visitor_name]', 'Farhan Qureshi');
		await home.click('#invite [type=submit]');
		await home.waitForSelector('#invite .code');
		await good(home, `invitation-${size}`);
		await home.click('#invite header button');
		await home.waitForSelector('#upcoming .row');
		await good(home, `home-${size}`);
	});

	test(`the API's documentation (${size})`, async () => {
		const page = await newPage(browser, site, still);
		pages.push(page);
		await page.goto('/docs/');
		await page.waitForSelector('.call');
		await page.click('.call:has-text("Announce a visitor") summary');
		await good(page, `docs-${size}`);
		await page.fill('#find', 'checkin');
		assert.equal(await page.locator('.call:visible').count(), 1);
	});
}

test('a resident gets by with the keyboard alone', async () => {
	const world = site.world();
	const gate = await atGate(browser, site, world);
	const home = await newPage(browser, site);
	pages.push(gate, home);
	await home.goto('/');
	await home.keyboard.type(world.people.resident101.email);
	await home.keyboard.press('Tab');
	await home.keyboard.type(world.people.resident101.password);
	await home.keyboard.press('Enter');
	await home.waitForURL('**/home/');
	await home.waitForSelector('#live-chip[data-state=live]');
	await announceName(gate, '101', 'By keyboard');
	await home.waitForSelector('#question[open]');
	assert.equal(await home.evaluate(() => document.activeElement.textContent), 'By keyboard');
	// A key pressed by chance as the question comes up decides nothing.
	await home.keyboard.press('Space');
	await home.keyboard.press('Enter');
	assert.equal(await home.locator('#question.asking').count(), 1);
	await home.keyboard.press('Tab'); // the message to the guard
	await home.keyboard.press('Tab');
	await home.keyboard.press('Tab');
	assert.equal(await home.evaluate(() => document.activeElement.textContent), 'Let in');
	await home.keyboard.press('Enter');
	await gate.waitForSelector('#waiting .card.accepted');
	await home.keyboard.press('Escape');
	await home.waitForSelector('#question[open]', { state: 'detached' });
});

test('a guard announces with the keyboard alone, and keeps the focus while lists change', async () => {
	const gate = pages.at(-2);
	await gate.locator('.flats .choice').first().focus();
	await gate.keyboard.press('Enter');
	assert.equal(await gate.getAttribute('.flats .choice >> nth=0', 'aria-pressed'), 'true');
	await gate.locator('.tile').nth(2).focus();
	await gate.keyboard.press('Space');
	await gate.locator('#announce-form [type=submit]').focus();
	await gate.keyboard.press('Enter');
	await gate.waitForSelector('#waiting .card.pending');
	await gate.locator('#waiting .card.accepted .main').focus();
	const home = pages.at(-1);
	await home.waitForSelector('#question.asking');
	await home.click('.decide.no');
	await gate.waitForSelector('#waiting .card.denied');
	assert.equal(await gate.evaluate(() => document.activeElement.textContent), 'Check in');
});

test('no page complained', () => {
	assert.deepEqual(pages.flatMap((page) => page.complaints), []);
});
