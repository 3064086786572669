// page: the gate page, put together: loads the lists, takes in events, and wires the form, the
// lists, the code pad and the loud answers to each other.
import { all, get } from '../api.js';
import { open, rolesOf, stillThe } from '../boot.js';
import { $, fill } from '../dom.js';
import { icon } from '../icons.js';
import * as live from '../live.js';
import { loader } from '../loader.js';
import { act } from '../notice.js';
import * as session from '../session.js';
import { watchLive } from '../sign.js';
import { tablet } from '../tablet.js';
import { t } from '../text.js';
import { everySecond } from '../ticker.js';
import { addDays, clock, day, now } from '../times.js';
import { Visitors, fromEvent, fromVisit } from '../visitors.js';
import { endUndo, openAnnounce } from './announce.js';
import { openAnswers } from './answers.js';
import { openCode } from './code.js';
import { openLists } from './lists.js';
import { setGate } from './moves.js';
import { openViews } from './views.js';

const visitors = new Visitors();

function header(profile) {
	const name = tablet()?.name ?? t('gate.title');
	setGate(name);
	document.title = `${name} · ${t('app.name')}`;
	$('#gate-name').textContent = name;
	$('#society').textContent = profile.guard?.society_name ?? '';
	fill($('#duty'), icon('person'), t('gate.duty', { name: profile.guard?.name ?? profile.name }));
	const showClock = () => { $('#clock').textContent = clock(now()); };
	showClock();
	everySecond(showClock);
	const leave = $('#sign-out');
	fill(leave, icon('leave'), t('session.sign_out'));
	leave.addEventListener('click', () => act(leave, session.signOut));
}

// Everything the three lists and the loud answers show. The newest visitors of all kinds are asked
// for as well, because an answer given while the tablet was off must still be seen.
async function fetchAll(societyId) {
	const today = day();
	const [pending, accepted, expected, inside, newest] = await Promise.all([
		all('/v1/visitors', { status: 'pending' }),
		all('/v1/visitors', { status: 'accepted', from: addDays(today, -1) }),
		all(`/v1/society/${societyId}/expected-visitors`, { date: today }),
		all('/v1/visits', { inside: 'true' }),
		get('/v1/visitors?limit=50'),
	]);
	return [...newest.data, ...pending, ...accepted, ...expected, ...inside.map(fromVisit)];
}

open('guard', async (profile) => {
	const societyId = rolesOf(profile, 'guard')[0].scope_id;
	header(profile);
	watchLive();
	const views = openViews();
	const lists = openLists(visitors, views);
	const answers = openAnswers(visitors, views, () => lists.draw());
	const load = loader($('#load'), async () => {
		visitors.begin();
		const [parts] = await Promise.all([fetchAll(societyId), stillThe(profile)]);
		visitors.finish(parts);
		answers.catchUp();
		lists.draw();
	});

	// What a write of this tablet, or an event, says of a visitor.
	function take(part) {
		const before = visitors.merge(part);
		if (before === null)
			return;
		const visitor = visitors.get(part.id);
		answers.notice(before, visitor);
		endUndo(visitor);
		lists.draw();
		if (!visitor.created_at) // heard of by a part that does not say all
			get(`/v1/visitors/${part.id}`).then(take, () => {});
	}

	document.addEventListener('gate:visitor', ({ detail }) => take(detail));
	live.on('event', (event) => {
		const part = fromEvent(event);
		if (part)
			take(part);
	});
	live.on('load', load);
	live.start();
	openCode();
	openAnnounce(societyId, views);
	keepScreenOn();
});

// A gate tablet must not go dark between visitors. Where it can't be asked for, it is a setting of
// the tablet.
function keepScreenOn() {
	const ask = () => {
		if (document.visibilityState === 'visible')
			navigator.wakeLock?.request('screen').catch(() => {});
	};
	document.addEventListener('visibilitychange', ask);
	ask();
}
