// history: who came, who was refused, who never came; newest first, further pages on demand.
import { all, get, query } from '../api.js';
import { $, el, reconcile } from '../dom.js';
import { icon } from '../icons.js';
import { act } from '../notice.js';
import { purposeIcon } from '../purposes.js';
import { t } from '../text.js';
import { addDays, clock, day, dayText } from '../times.js';
import { fromVisit } from '../visitors.js';
import { dayWords } from './lists.js';

const PAST = { checked_out: 'leave', denied: 'cross', expired: 'clock', cancelled: 'cross' };

function outcome(v) {
	if (v.status === 'checked_out' && v.checked_in_at)
		return t('history.visited', { from: clock(v.checked_in_at), to: clock(v.checked_out_at) });
	if (v.status === 'denied' && v.responder_name)
		return t('history.denied_by', { name: v.responder_name });
	return t(`history.${v.status}`);
}

function row(v) {
	return el('li', { class: `row past ${v.status}` },
		el('span', { class: 'picture' }, icon(purposeIcon(v.purpose))),
		el('div', { class: 'who' }, el('h3', {}, v.visitor_name),
			el('p', { class: 'outcome' }, icon(PAST[v.status]), outcome(v))),
		el('p', { class: 'aside' }, dayText(v.checked_in_at ?? v.created_at, dayWords()), el('br'), clock(v.checked_in_at ?? v.created_at)));
}

export function openHistory(visitors, home) {
	const section = $('#history');
	const more = $('#more');
	const drawn = new WeakMap();
	let flat = null;
	let next = null;   // the cursor of the page to ask for
	let oldest = null; // newer ones are all known

	// One page of visitors, with the times of their visits.
	async function page(cursor) {
		const { data, next: following } = await get(query('/v1/visitors', { flat_id: flat, limit: 25, cursor }));
		const from = data.length ? day(data.at(-1).created_at) : null;
		const visits = from ? await all('/v1/visits', { flat_id: flat, from, to: addDays(from, 60) }, 300) : [];
		return { parts: [...data, ...visits.map(fromVisit).filter((v) => data.some((d) => d.id === v.id))], following, last: data.at(-1)?.created_at };
	}

	// The first page, for the page's load. Pages asked for before stay.
	async function first() {
		if (!home.flat)
			return [];
		const other = flat !== home.flat.id;
		flat = home.flat.id;
		const { parts, following, last } = await page();
		if (other || !oldest) {
			next = following;
			oldest = last ?? null;
		}
		return parts;
	}

	function draw() {
		const past = visitors.list((v) => v.flat_id === flat && v.status in PAST && (!oldest || !v.created_at || v.created_at >= oldest),
			(a, b) => (b.created_at ?? '').localeCompare(a.created_at ?? '') || b.id.localeCompare(a.id));
		$('.empty', section).hidden = past.length > 0;
		$('.empty', section).textContent = t('history.empty');
		more.hidden = !next;
		reconcile($('.rows', section), past, (v) => v.id, (v, old) => {
			const shows = JSON.stringify(v);
			if (old && drawn.get(old) === shows)
				return old;
			const node = row(v);
			drawn.set(node, shows);
			return node;
		});
	}

	more.addEventListener('click', () => act(more, async () => {
		const { parts, following, last } = await page(next);
		parts.forEach((part) => visitors.merge(part));
		next = following;
		oldest = last ?? oldest;
		draw();
	}));
	return { first, draw };
}
