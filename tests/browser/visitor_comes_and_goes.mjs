#!/usr/bin/env -S node --test-reporter=tap
// A guard and two residents on devices of their own: a visitor is announced, asked about, answered,
// checked in and out, and every page shows it without being touched.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { announce, announceName, atGate, atHome, launch, shot } from '../lib/pages.mjs';
import { sharedSite } from '../lib/site.mjs';

let site, world, browser, gate, home, other;

before(async () => {
	site = await sharedSite();
	world = site.world();
	browser = await launch();
	[gate, home, other] = await Promise.all([
		atGate(browser, site, world),
		atHome(browser, site, world.people.resident101),
		atHome(browser, site, world.people.family101),
	]);
});

after(async () => {
	await browser?.close();
	await site?.stop();
});

const question = '#question[open] h2';
const waiting = (name) => gate.locator('#waiting .card', { hasText: name });

test('three taps announce a visitor, and his question fills the resident\'s screen', async () => {
	await announce(gate, '101', 'delivery');
	await home.waitForSelector(question);
	assert.equal(await home.textContent(question), 'Delivery');
	assert.match(await home.textContent('#question [role=timer]'), /^(10:00|9:\d\d)$/);
	const box = await home.locator('#question').boundingBox();
	assert.deepEqual([box.width, box.height], [360, 740]);
	await waiting('Delivery').locator('.timer').waitFor();
	await shot(home, 'question-360');
	await shot(gate, 'gate-waiting-1280');
});

test('one tap lets him in; the guard sees it, and the other resident sees who it was', async () => {
	await home.click('.decide.yes');
	await gate.waitForSelector('#waiting .card.accepted .verdict');
	assert.match(await gate.textContent('#waiting .card.accepted'), /Let in.*by Resident101 Test/s);
	await other.waitForSelector('#question.result.accepted');
	assert.equal(await other.textContent('#question h2'), 'Resident101 Test let Delivery in.');
	await shot(gate, 'gate-let-in-1280');
	await shot(other, 'question-answered-by-other-360');
	await other.click('#question .done');
	await home.click('#question .done');
});

test('"Undo" of the announcement is gone once there is an answer', async () => {
	assert.equal(await gate.locator('#notices .action').count(), 0);
});

test('check-in moves him inside on all pages, check-out asks twice and ends the visit', async () => {
	await gate.click('#waiting .card.accepted .main');
	await gate.waitForSelector('#inside .card');
	await home.waitForSelector('#inside .row');
	await other.waitForSelector('#inside .row');
	const out = gate.locator('#inside .card button');
	await out.click();
	assert.equal(await out.textContent(), 'Tap again');
	assert.equal(await home.locator('#inside .row').count(), 1);
	await out.click();
	await gate.waitForSelector('#inside .empty:not([hidden])');
	await home.waitForSelector('#history .row.checked_out');
	assert.equal(await home.locator('#inside .row').count(), 0);
});

test('a refusal with a word to the guard reaches him, and stays until he has seen it', async () => {
	await announceName(gate, '101', 'Salesman');
	await home.waitForSelector(question);
	await home.click('#question summary');
	await home.fill('#question-note', 'We buy nothing');
	await home.click('.decide.no');
	const card = gate.locator('#waiting .card.denied');
	await card.waitFor();
	assert.match(await card.textContent(), /Refused.*We buy nothing/s);
	await shot(gate, 'gate-refused-1280');
	await card.locator('button').click();
	await card.waitFor({ state: 'detached' });
	await home.click('#question .done');
	await other.click('#question .done');
});

test('several who wait queue up; "Later" leaves a bar that brings the question back', async () => {
	await announceName(gate, '101', 'First');
	await home.waitForSelector(question);
	await announceName(gate, '101', 'Second');
	await home.waitForSelector('text=1 of 2 at the gate');
	await home.click('text=Later');
	assert.equal(await home.locator('#question[open]').count(), 0);
	await home.click('text=2 visitors are waiting at the gate');
	assert.equal(await home.textContent(question), 'First');
	await home.click('.decide.no');
	await home.click('#question .done');
	await home.waitForSelector('#question.asking');
	assert.equal(await home.textContent(question), 'Second');
});

test('the guard takes a mistaken announcement back, and the question says so', async () => {
	await waiting('Second').locator('text=Cancel').click();
	await home.waitForSelector('#question.result.cancelled');
	await waiting('Second').waitFor({ state: 'detached' });
	await home.click('#question .done');
	await announceName(gate, '101', 'Third');
	await home.waitForSelector(question);
	await gate.click('#notices .action:text-is("Undo")');
	await home.waitForSelector('#question.result.cancelled');
	await home.click('#question .done');
});

test('who let somebody in can take it back', async () => {
	await announceName(gate, '101', 'Fourth');
	await home.waitForSelector(question);
	await home.click('.decide.yes');
	await waiting('Fourth').locator('.verdict').waitFor();
	await home.click('#question :text-is("Undo")');
	await gate.waitForSelector('#waiting .card.cancelled');
	await gate.click('#waiting .card.cancelled button');
});

test('an invited guest is expected at the gate, and his code checks him in', async () => {
	await home.click('#invite-open');
	await home.fill('[name=visitor_name]', 'Priya Nair');
	await home.click('#invite [type=submit]');
	const code = (await home.textContent('#invite .code')).replace(/\D/g, '');
	assert.match(code, /^\d{6}$/);
	await shot(home, 'invitation-360');
	await gate.waitForSelector('#expected .card');
	assert.doesNotMatch(await gate.textContent('#expected .card'), new RegExp(code));
	await other.waitForSelector(`#upcoming .code:text-is("${code.slice(0, 3)} ${code.slice(3)}")`);

	await gate.click('#by-code');
	await gate.keyboard.type(code === '000000' ? '000001' : '000000');
	await gate.waitForSelector('#code .bad');
	await gate.keyboard.type(code);
	await gate.waitForSelector('#code .good');
	await shot(gate, 'gate-code-1280');
	await gate.click('#code header button');
	await gate.waitForSelector('#inside .card:has-text("Priya Nair")');
	await home.click('#invite header button');
	await home.waitForSelector('#inside .row:has-text("Priya Nair")');
});

test('an invitation can be cancelled, with a second tap', async () => {
	await home.click('#invite-open');
	await home.fill('[name=visitor_name]', 'Not after all');
	await home.click('#invite :text-is("Tomorrow")');
	await home.fill('[name=from]', '18:30');
	await home.fill('[name=until]', '21:00');
	await home.click('#invite [type=submit]');
	await home.click('#invite header button');
	const row = home.locator('#upcoming .row', { hasText: 'Not after all' });
	assert.match(await row.textContent(), /Tomorrow, 6:30.PM – 9:00.PM/);
	await row.locator('text=Cancel').click();
	await row.locator('text=Tap again to cancel').click();
	await row.waitFor({ state: 'detached' });
	await home.waitForSelector('#history .row.cancelled:has-text("Not after all")');
});

test('what the form gets wrong is said beside the field', async () => {
	await home.click('#invite-open');
	await home.fill('[name=visitor_name]', 'Past');
	await home.click('#invite summary');
	await home.fill('[name=phone]', 'not a number');
	await home.click('#invite [type=submit]');
	await home.waitForSelector('#invite .field-phone .error:not([hidden])');
	await home.click('#invite header button');
});

test('the search finds by name and by vehicle', async () => {
	await gate.fill('#search', 'priya');
	assert.equal(await gate.locator('#inside .card').count(), 1);
	await gate.fill('#search', 'nobody like this');
	await gate.waitForSelector('#inside :text("Nobody here matches")');
	await gate.fill('#search', '');
});

test('a reload shows the same', async () => {
	await gate.reload();
	await gate.waitForSelector('#inside .card:has-text("Priya Nair")');
	await home.reload();
	await home.waitForSelector('#inside .row:has-text("Priya Nair")');
	await home.waitForSelector('#history .row.checked_out:has-text("Delivery")');
	assert.match(await home.textContent('#history .row.checked_out'), /In .* out /);
});

test('no page complained', () => {
	assert.deepEqual([gate, home, other].flatMap((page) => page.complaints), []);
});
