// lists: who is inside now and who is expected, of the flat that is shown.
import { button, twice } from '../buttons.js';
import { $, el, reconcile } from '../dom.js';
import { icon } from '../icons.js';
import { facts } from '../purposes.js';
import { t } from '../text.js';
import { tick } from '../ticker.js';
import { clock, day, dayText } from '../times.js';
import { isWalkIn } from '../visitors.js';
import { openInvitation } from './invite.js';
import { cancel } from './moves.js';

const drawn = new WeakMap();
export const dayWords = () => ({ today: t('day.today'), tomorrow: t('day.tomorrow'), yesterday: t('day.yesterday') });

export const spaced = (code) => `${code.slice(0, 3)} ${code.slice(3)}`;

// "Tomorrow, 6:00 PM – 9:00 PM", or the day alone when the whole day was meant.
export function when(v) {
	const start = v.expected_start ?? v.created_at;
	const date = dayText(start, dayWords());
	if (!v.expected_start || !v.expected_end)
		return v.expected_start ? t('when.from', { day: date, time: clock(start) }) : date;
	if (Date.parse(v.expected_end) - Date.parse(start) > 20 * 3600000)
		return day(start) === day(v.expected_end) ? t('when.all_day', { day: date })
			: t('when.days', { from: date, to: dayText(v.expected_end, dayWords()) });
	return t('when.between', { day: date, from: clock(start), to: clock(v.expected_end) });
}

function insideRow(v) {
	return [el('div', { class: 'who' }, el('h3', {}, v.visitor_name), facts(v)),
		el('p', { class: 'aside' }, icon('clock'), el('span', { data: { since: v.checked_in_at } }))];
}

function upcomingRow(v) {
	const cancelling = twice(t('upcoming.cancel'), t('upcoming.sure'), () => cancel(v.id), { kind: 'quiet' });
	if (isWalkIn(v))
		return [el('div', { class: 'who' }, el('h3', {}, v.visitor_name),
			el('p', { class: 'when good' }, icon('check'), t('upcoming.at_gate')), facts(v)),
			el('div', { class: 'actions' }, cancelling)];
	return [
		el('div', { class: 'who' }, el('h3', {}, v.visitor_name),
			el('p', { class: 'when' }, icon('calendar'), when(v)), facts({ ...v, purpose: null })),
		v.invite_code && el('p', { class: 'code', 'aria-label': t('invite.code_is', { code: v.invite_code.split('').join(' ') }) }, spaced(v.invite_code)),
		el('div', { class: 'actions' },
			v.invite_code && button(t('upcoming.show'), async () => openInvitation(v), { kind: 'quiet', picture: 'share' }),
			cancelling),
	];
}

const lists = {
	inside: { has: (v) => v.status === 'checked_in', row: insideRow,
		compare: (a, b) => (b.checked_in_at ?? '').localeCompare(a.checked_in_at ?? '') },
	upcoming: { has: (v) => v.status === 'accepted', row: upcomingRow,
		compare: (a, b) => (a.expected_start ?? a.created_at ?? '').localeCompare(b.expected_start ?? b.created_at ?? '') },
};

export function openLists(visitors, home) {
	function drawList(name) {
		const { has, row, compare } = lists[name];
		const section = $(`#${name}`);
		const all = visitors.list((v) => v.flat_id === home.flat?.id && has(v), compare);
		$('.count', section).textContent = all.length || '';
		const empty = $('.empty', section);
		empty.hidden = all.length > 0;
		empty.textContent = t(name === 'inside' ? 'home.inside_empty' : 'upcoming.empty');
		reconcile($('.rows', section), all, (v) => v.id, (v, old) => {
			const shows = JSON.stringify(v);
			if (old && drawn.get(old) === shows)
				return old;
			const node = el('li', { class: `row ${name}` }, row(v));
			drawn.set(node, shows);
			return node;
		});
	}

	return {
		draw: () => {
			Object.keys(lists).forEach(drawList);
			tick();
		},
	};
}
