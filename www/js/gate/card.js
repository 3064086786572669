// card: one visitor in one of the gate's lists. An answer takes the whole card: its colour, a sign,
// the word and who said it, so that it is read from two metres and by those who see no colours.
import { button, twice } from '../buttons.js';
import { el } from '../dom.js';
import { icon } from '../icons.js';
import { facts } from '../purposes.js';
import { t } from '../text.js';
import { clock } from '../times.js';
import { again } from './announce.js';
import { cancel, checkIn, checkOut, markSeen } from './moves.js';

const drawn = new WeakMap(); // card -> what it shows, to leave an unchanged one alone
const verdictIcon = { accepted: 'check', denied: 'cross', expired: 'clock', cancelled: 'cross' };

export function flatLabel(v) {
	return el('span', { class: 'flat', 'aria-label': t('card.flat', { flat: v.flat_number }) },
		v.flat_number, v.block_name && el('small', {}, v.block_name));
}

function head(v, aside) {
	return el('div', { class: 'head' }, flatLabel(v), el('div', { class: 'who' }, el('h3', {}, v.visitor_name), facts(v)), aside);
}

function watch(v) {
	return v.watch_match && el('p', { class: 'watch' }, icon('warn'),
		t('card.watch'), ' ', v.watch_match.reason ?? '');
}

function pending(v) {
	return [
		head(v, el('span', { class: 'timer', role: 'timer', 'aria-label': t('card.left'), data: { until: v.approval_deadline } })),
		watch(v),
		el('progress', { 'aria-label': t('card.left'), data: { until: v.approval_deadline, from: v.created_at ?? v.approval_deadline } }),
		el('div', { class: 'actions' }, el('span', { class: 'asking' }, t('card.asking')),
			button(t('card.cancel'), () => cancel(v.id), { kind: 'quiet' })),
	];
}

function answered(v) {
	const by = v.responder_name ? t('card.by', { name: v.responder_name }) : '';
	const actions = {
		accepted: () => [button(t('card.check_in'), () => checkIn({ visitor_id: v.id }), { kind: 'main', picture: 'enter' })],
		denied: () => [button(t('card.seen'), async () => markSeen(v.id), { kind: 'main' })],
		cancelled: () => [button(t('card.seen'), async () => markSeen(v.id), { kind: 'main' })],
		expired: () => [button(t('card.again'), async () => {
			await again(v);
			markSeen(v.id);
		}, { kind: 'main', picture: 'again' }), button(t('card.seen'), async () => markSeen(v.id), { kind: 'quiet' })],
	};
	return [
		el('p', { class: 'verdict' }, icon(verdictIcon[v.status]), el('span', {}, t(`verdict.${v.status}`))),
		head(v),
		watch(v),
		(by || v.note) && el('p', { class: 'said' }, by, by && v.note && ': ', v.note && el('q', {}, v.note)),
		el('div', { class: 'actions' }, actions[v.status]()),
	];
}

function expected(v) {
	const window = v.expected_start && [clock(v.expected_start), v.expected_end && clock(v.expected_end)].filter(Boolean).join(' – ');
	return [
		head(v),
		watch(v),
		el('div', { class: 'actions' }, window && el('span', { class: 'window' }, icon('clock'), window),
			button(t('card.check_in'), () => checkIn({ visitor_id: v.id }), { picture: 'enter' })),
	];
}

function inside(v) {
	return [
		head(v),
		el('div', { class: 'actions' },
			el('span', { class: 'since' }, icon('enter'), el('span', { data: { since: v.checked_in_at } })),
			twice(t('card.check_out'), t('card.sure'), () => checkOut(v.id))),
	];
}

const kinds = { waiting: (v) => (v.status === 'pending' ? pending(v) : answered(v)), expected, inside };

// The card of `v` in a list: `old` itself when it shows the same.
export function card(list, v, old) {
	const shows = JSON.stringify(v);
	if (old && drawn.get(old) === shows)
		return old;
	const node = el('li', { class: `card ${list === 'waiting' ? v.status : list}` }, kinds[list](v));
	drawn.set(node, shows);
	return node;
}
