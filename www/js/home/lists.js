// lists: who is inside now and who is expected, of the flat that is shown.
import { doing, twice } from '../buttons.js';
import { $, el, reconcile } from '../dom.js';
import { icon } from '../icons.js';
import { facts } from '../purposes.js';
import { t } from '../text.js';
import { tick } from '../ticker.js';
import { by, isWalkIn } from '../visitors.js';
import { codeOf, when } from './guest.js';
import { openInvitation } from './invite.js';
import { cancel } from './moves.js';

const drawn = new WeakMap();
function insideRow(v) {
	return [el('div', { class: 'who' }, el('h3', {}, v.visitor_name), facts(v)),
		el('p', { class: 'aside' }, icon('clock'),
			el('span', { data: { since: v.checked_in_at } }))];
}

function upcomingRow(v) {
	const cancelling = twice(t('upcoming.cancel'), t('upcoming.sure'), () => cancel(v.id),
		{ kind: 'quiet' });
	const show = async () => openInvitation(v);
	if (isWalkIn(v))
		return [el('div', { class: 'who' }, el('h3', {}, v.visitor_name),
			el('p', { class: 'when good' }, icon('check'), t('upcoming.at_gate')), facts(v)),
			el('div', { class: 'actions' }, cancelling)];
	return [
		el('div', { class: 'who' }, el('h3', {}, v.visitor_name),
			el('p', { class: 'when' }, icon('calendar'), when(v)), facts({ ...v, purpose: null })),
		v.invite_code && codeOf(v, 'code'),
		el('div', { class: 'actions' },
			v.invite_code && doing(t('upcoming.show'), show, { kind: 'quiet', picture: 'share' }),
			cancelling),
	];
}

const lists = {
	inside: {
		has: (v) => v.status === 'checked_in',
		row: insideRow,
		compare: (a, b) => by('checked_in_at', b, a),
	},
	upcoming: {
		has: (v) => v.status === 'accepted',
		row: upcomingRow,
		compare: (a, b) => by('expected_start', a, b) || by('created_at', a, b),
	},
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
			if (old && drawn.get(old) === v)
				return old;
			const node = el('li', { class: `row ${name}` }, row(v));
			drawn.set(node, v);
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
