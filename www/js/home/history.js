// history: who came, who was refused, who never came; newest first, further pages on demand.
import { all, get, query } from '../api.js';
import { $, el, reconcile } from '../dom.js';
import { icon } from '../icons.js';
import { act } from '../notice.js';
import { purposeIcon } from '../purposes.js';
import { t } from '../text.js';
import { addDays, clock, day, dayText } from '../times.js';
import { by, fromVisit } from '../visitors.js';
import { dayWords } from './guest.js';

const PAGE = 25;
const PAST = { checked_out: 'leave', denied: 'cross', expired: 'clock', cancelled: 'cross' };

function outcome(v) {
	if (v.status === 'checked_out' && v.checked_in_at)
		return t('history.visited', { from: clock(v.checked_in_at), to: clock(v.checked_out_at) });
	if (v.status === 'denied' && v.responder_name)
		return t('history.denied_by', { name: v.responder_name });
	return t(`history.${v.status}`);
}

function row(v) {
	const at = v.checked_in_at ?? v.created_at;
	return el('li', { class: `row past ${v.status}` },
		el('span', { class: 'picture' }, icon(purposeIcon(v.purpose))),
		el('div', { class: 'who' }, el('h3', {}, v.visitor_name),
			el('p', { class: 'outcome' }, icon(PAST[v.status]), outcome(v))),
		el('p', { class: 'aside' }, dayText(at, dayWords()), el('br'), clock(at)));
}

export function openHistory(visitors, home) {
	const section = $('#history');
	const more = $('#more');
	const drawn = new WeakMap();
	let flat = null;
	let next = null;   // the cursor of the page to ask for
	let oldest = null; // newer ones are all known
	let most = PAGE;   // how many are shown: each row costs time when a question comes up

	// The visits of some visitors, the first of whom was heard of on `from`.
	async function visitsOf(some, from) {
		const ids = new Set(some.map((v) => v.id));
		const visits = await all('/v1/visits', { flat_id: flat, from, to: addDays(from, 60) }, 300);
		return visits.map(fromVisit).filter((v) => ids.has(v.id));
	}

	// One page of visitors, with the times of their visits.
	async function page(cursor) {
		const { data, next: following } = await get(query('/v1/visitors', { flat_id: flat, limit: PAGE, cursor }));
		const last = data.at(-1)?.created_at;
		const parts = [...data, ...last ? await visitsOf(data, day(last)) : []];
		return { parts, following, last };
	}

	// The first page, for the page's load. Pages asked for before stay.
	async function first() {
		if (!home.flat)
			return [];
		const other = flat !== home.flat.id;
		flat = home.flat.id;
		const { parts, following, last } = await page();
		if (other || !oldest) {
			most = PAGE;
			next = following;
			oldest = last ?? null;
		}
		return parts;
	}

	const tooOld = (v) => oldest && v.created_at && v.created_at < oldest;

	const known = () => visitors.list((v) => v.flat_id === flat && v.status in PAST && !tooOld(v),
		(a, b) => by('created_at', b, a) || by('id', b, a));

	function draw() {
		const ended = known();
		const past = ended.slice(0, most);
		$('.empty', section).hidden = past.length > 0;
		$('.empty', section).textContent = t('history.empty');
		more.hidden = !next && ended.length <= most;
		reconcile($('.rows', section), past, (v) => v.id, (v, old) => {
			if (old && drawn.get(old) === v)
				return old;
			const node = row(v);
			drawn.set(node, v);
			return node;
		});
	}

	more.addEventListener('click', () => act(more, async () => {
		if (next && known().length < most + PAGE) {
			const { parts, following, last } = await page(next);
			parts.forEach((part) => visitors.merge(part));
			next = following;
			oldest = last ?? oldest;
		}
		most += PAGE;
		draw();
	}));
	return { first, draw };
}
