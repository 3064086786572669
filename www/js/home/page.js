// page: the resident's page, put together: loads what concerns the flats, takes in events, and wires
// the question, the lists and the invitation form to each other.
import { all } from '../api.js';
import { open, rolesOf } from '../boot.js';
import { $, el, fill } from '../dom.js';
import { loadFlats } from '../flats.js';
import { icon } from '../icons.js';
import * as live from '../live.js';
import { loader } from '../loader.js';
import { act } from '../notice.js';
import * as session from '../session.js';
import { watchLive } from '../sign.js';
import { t } from '../text.js';
import { Visitors, fromEvent, fromVisit } from '../visitors.js';
import { offerAlerts, raiseAlert } from './alerts.js';
import { openHistory } from './history.js';
import { openInvite } from './invite.js';
import { openLists } from './lists.js';
import { setStore } from './moves.js';
import { openQuestion } from './question.js';

const visitors = new Visitors();
const home = { flats: [], flat: null, me: null, society: null };

const place = (flat) => [flat.complex ?? flat.complex_name, flat.block ?? flat.block_name].filter(Boolean).join(' · ');

function showFlat() {
	const name = t('home.flat', { flat: home.flat?.number ?? '' });
	document.title = `${name} · ${t('app.name')}`;
	$('#flat-name').textContent = name;
	$('#society').textContent = [home.flat && place(home.flat), home.society?.name].filter(Boolean).join(' · ');
}

// The flats of the signed-in resident; their names come from the tree when there are several.
async function findFlats(profile) {
	const ids = [...new Set(rolesOf(profile, 'resident').map((r) => r.scope_id))];
	const own = profile.flat && { ...profile.flat, number: profile.flat.flat_number };
	home.flats = ids.map((id) => (own?.id === id ? own : { id, number: '' }));
	if (home.flats.some((flat) => !flat.number))
		await loadFlats(home.society.id, (known) => {
			home.flats = home.flats.map((flat) => ({ ...flat, ...known.find((k) => k.id === flat.id) }));
		});
	const last = localStorage.getItem('gatehouse.flat');
	home.flat = home.flats.find((flat) => flat.id === last) ?? home.flats[0] ?? null;
}

function flatSwitch(changed) {
	const select = $('#flat-switch select');
	$('#flat-switch').hidden = home.flats.length < 2;
	fill(select, home.flats.map((flat) => el('option', { value: flat.id, selected: flat === home.flat },
		[flat.number, place(flat)].filter(Boolean).join(' · '))));
	select.addEventListener('change', () => {
		home.flat = home.flats.find((flat) => flat.id === select.value);
		localStorage.setItem('gatehouse.flat', home.flat.id);
		showFlat();
		changed();
	});
}

open('resident', async ({ profile, society }) => {
	Object.assign(home, { me: profile, society });
	await findFlats(profile);
	showFlat();
	watchLive();
	const leave = $('#sign-out');
	fill(leave, icon('leave'), el('span', {}, t('session.sign_out')));
	leave.addEventListener('click', () => act(leave, session.signOut));

	const question = openQuestion(visitors, home);
	const lists = openLists(visitors, home);
	const history = openHistory(visitors, home);
	const draw = () => {
		question.draw();
		lists.draw();
		history.draw();
	};
	const load = loader($('#load'), async () => {
		visitors.begin();
		const [pending, accepted, inside, past] = await Promise.all([
			all('/v1/visitors', { status: 'pending' }),
			all('/v1/visitors', { status: 'accepted' }),
			all('/v1/visits', { inside: 'true' }),
			history.first(),
		]);
		visitors.finish([...past, ...pending, ...accepted, ...inside.map(fromVisit)]);
		draw();
	});

	function take(part) {
		const before = visitors.merge(part);
		if (before === null)
			return;
		const visitor = visitors.get(part.id);
		question.notice(before, visitor);
		draw();
		if (!before && visitor.status === 'pending')
			raiseAlert(visitor);
	}

	setStore(take);
	live.on('event', (event) => {
		const part = fromEvent(event);
		if (part)
			take(part);
	});
	live.on('load', load);
	live.start();
	flatSwitch(load);
	openInvite(home);
	offerAlerts();
});
