// sign-in: the page at /. E-mail and password for people, a PIN on a registered tablet for guards,
// the tablet's set-up, and a word to those who have no page yet. Then on to the page of their role.
import { create, get } from './api.js';
import { pageFor, rolesOf } from './boot.js';
import { $, $$ } from './dom.js';
import { cookie } from './http.js';
import { openPinPad } from './pin.js';
import * as session from './session.js';
import { registerTablet, tablet } from './tablet.js';
import { explain, fillWords, t } from './text.js';

const panels = ['person', 'guard', 'register', 'nowhere'];
let pinPad = null;

function show(name) {
	for (const other of panels)
		$(`#panel-${other}`).hidden = other !== name;
	if (name === 'guard')
		(pinPad ??= openPinPad($('#panel-guard'), signedIn)).refresh();
	$(`#panel-${name} input:not([hidden])`)?.focus();
	document.title = `${$(`#panel-${name} h2`).textContent} · ${t('app.name')}`;
}

function tell(form, problem) {
	const place = $('.error', form);
	place.hidden = !problem;
	if (problem)
		place.textContent = form.id === 'person' ? explain(problem) : problem.detail || explain(problem);
}

// A form whose button is busy while `work(fields)` runs and that says what went wrong.
function onSubmit(form, work) {
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		const button = $('[type=submit]', form);
		if (button.getAttribute('aria-busy') === 'true')
			return;
		button.setAttribute('aria-busy', 'true');
		tell(form, null);
		try {
			await work(Object.fromEntries(new FormData(form)));
		} catch (problem) {
			if (problem.status === undefined)
				throw problem;
			tell(form, problem);
		} finally {
			button.removeAttribute('aria-busy');
		}
	});
}

async function signedIn() {
	session.keep();
	const profile = await get('/v1/profile/me');
	const page = pageFor(profile);
	if (page) {
		location.replace(page);
		return;
	}
	const who = profile.email || profile.phone || profile.name;
	$('#nowhere-text').textContent = t('nowhere.text', { who });
	$('#new-tablet').hidden = !['manager', 'admin'].some((role) => rolesOf(profile, role).length);
	show('nowhere');
}

onSubmit($('#person'), async ({ email, password }) => {
	await session.signIn(email.trim(), password);
	await signedIn();
});

onSubmit($('#register'), async ({ token }) => {
	await registerTablet(token.trim());
	show('guard');
});

// A manager at the tablet registers it and leaves it to the guards.
onSubmit($('#new-tablet'), async ({ name }) => {
	const { device_token: token } = await create('/v1/guards/register-device',
		{ name: name.trim(), platform: 'web' });
	await session.signOut();
	await registerTablet(token);
	show('guard');
});

for (const button of $$('[data-go]'))
	button.addEventListener('click', () => {
		show(button.dataset.go === 'guard' && !tablet() ? 'register' : button.dataset.go);
	});

$('#reveal').addEventListener('click', ({ currentTarget }) => {
	const input = $('[name=password]');
	const visible = input.type === 'password';
	input.type = visible ? 'text' : 'password';
	currentTarget.setAttribute('aria-pressed', visible);
	currentTarget.textContent = t(visible ? 'signin.conceal' : 'signin.reveal');
});

$('#leave').addEventListener('click', async () => {
	await session.signOut().catch(() => {});
	show(tablet() ? 'guard' : 'person');
});

// Why somebody was sent here, in a sentence; then the page as it was before.
function explainArrival() {
	const why = new URLSearchParams(location.search).get('ended');
	if (!why)
		return;
	$('#why').textContent = t(why === 'revoked' ? 'ended.revoked' : 'ended.expired');
	$('#why').hidden = false;
	history.replaceState(null, '', '/');
}

async function begin() {
	fillWords();
	explainArrival();
	if ($('#why').hidden && cookie('gh_csrf')) {
		try {
			await signedIn();
			return;
		} catch (problem) {
			if (problem.status === undefined)
				throw problem;
		}
	}
	show(tablet() ? 'guard' : 'person');
}

begin();
