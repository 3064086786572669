// page: the resident's page, put together: loads what concerns the flats, takes in events, and wires
// the question, the lists and the invitation form to each other.
import { all } from '../api.js';
import { open, stillThe } from '../boot.js';
import { $, el, fill } from '../dom.js';
import { icon } from '../icons.js';
import * as live from '../live.js';
import { loader } from '../loader.js';
import { act } from '../notice.js';
import * as session from '../session.js';
import { watchLive } from '../sign.js';
import { t } from '../text.js';
import { setZone } from '../times.js';
import { Visitors, fromEvent, fromVisit } from '../visitors.js';
import { offerAlerts, raiseAlert } from './alerts.js';
import { openHistory } from './history.js';
import { openInvite } from './invite.js';
import { openLists } from './lists.js';
import { complete, setStore } from './moves.js';
import { openQuestion } from './question.js';

const BEHIND = 50; // milliseconds
const visitors = new Visitors();
const home = { flats: [], flat: null };

const place = (flat) => [flat.complex_name, flat.block_name, flat.society_name].join(' · ');

function showFlat() {
	const name = t('home.flat', { flat: home.flat.flat_number });
	document.title = `${name} · ${t('app.name')}`;
	$('#flat-name').textContent = name;
	$('#society').textContent = place(home.flat);
}

function flatSwitch(changed) {
	const select = $('#flat-switch select');
	$('#flat-switch').hidden = home.flats.length < 2;
	fill(select, home.flats.map((flat) => el('option', { value: flat.id, selected: flat === home.flat },
		`${flat.flat_number} · ${flat.block_name}`)));
	select.addEventListener('change', () => {
		home.flat = home.flats.find((flat) => flat.id === select.value);
		localStorage.setItem('gatehouse.flat', home.flat.id);
		setZone(home.flat.time_zone);
		showFlat();
		changed();
	});
}

open('resident', async (profile) => {
	home.flats = profile.flats;
	const last = localStorage.getItem('gatehouse.flat');
	home.flat = home.flats.find((flat) => flat.id === last) ?? home.flats[0];
	setZone(home.flat.time_zone);
	showFlat();
	watchLive();
	const leave = $('#sign-out');
	fill(leave, icon('leave'), el('span', {}, t('session.sign_out')));
	leave.addEventListener('click', () => act(leave, session.signOut));

	const question = openQuestion(visitors, home);
	const lists = openLists(visitors, home);
	const history = openHistory(visitors, home);
	// The question comes first; the lists behind it follow, once for a burst of events.
	let behind = null;
	const draw = () => {
		question.draw();
		behind ??= setTimeout(() => {
			behind = null;
			lists.draw();
			history.draw();
		}, BEHIND);
	};
	const load = loader($('#load'), async () => {
		visitors.begin();
		const [pending, accepted, inside, past] = await Promise.all([
			all('/v1/visitors', { status: 'pending' }),
			all('/v1/visitors', { status: 'accepted' }),
			all('/v1/visits', { inside: 'true' }),
			history.first(),
			stillThe(profile),
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
		if (!before && visitor.invited_by === undefined && visitor.status === 'accepted')
			complete(visitor.id); // the code is not in the event
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
