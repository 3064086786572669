// boot: what every page for signed-in people does first: words, who it is, the society's time zone,
// and going to the sign-in page with a plain sentence when the session ends.
import { get } from './api.js';
import { button, el, fill } from './dom.js';
import { cookie } from './http.js';
import * as session from './session.js';
import { explain, fillWords, t } from './text.js';
import { setZone } from './times.js';

export const pageOf = { guard: '/gate/', resident: '/home/' };

export const rolesOf = (profile, role) => profile.roles.filter((r) => r.role === role);

// The page for somebody, or null when there is none for any of his roles yet.
export function pageFor(profile) {
	const role = Object.keys(pageOf).find((name) => rolesOf(profile, name).length);
	return role ? pageOf[role] : null;
}

// Boots and runs the page with the profile; when that can't be, says why in its place.
export async function open(role, run) {
	try {
		await run(await boot(role));
	} catch (problem) {
		if (problem.status === undefined)
			throw problem;
		fill(document.querySelector('main'), el('div', { class: 'failure', role: 'alert' },
			el('p', {}, t('load.failed'), ' ', explain(problem)),
			button({ onclick: () => location.reload() }, t('load.retry'))));
		document.documentElement.dataset.ready = 'true';
	}
}

// Part of every load: somebody whose roles have changed since starts anew, with what is his today
// and without what is no longer. Then it never resolves.
export async function stillThe(profile) {
	const now = await get('/v1/profile/me');
	if (JSON.stringify(now.roles) === JSON.stringify(profile.roles))
		return;
	location.reload();
	await new Promise(() => {});
}

// Resolves with the profile when the signed-in person has `role`; otherwise goes where he belongs and
// never resolves. Throws the Problem when it can't be known.
async function boot(role) {
	fillWords();
	const away = (to) => {
		location.replace(to);
		return new Promise(() => {});
	};
	session.on('ended', (why) => location.replace(why === 'signed_out' ? '/' : `/?ended=${why}`));
	if (!cookie('gh_csrf'))
		return away('/');
	session.keep();
	const profile = await get('/v1/profile/me');
	if (!rolesOf(profile, role).length)
		return away(pageFor(profile) ?? '/');
	setZone((role === 'guard' ? profile.guard : profile.flat)?.time_zone);
	document.documentElement.dataset.ready = 'true';
	return profile;
}
