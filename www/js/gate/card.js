// card: one visitor in one of the gate's lists. An answer takes the whole card: its colour, a sign,
// the word and who said it, so that it is read from two metres and by those who see no colours.
import { doing, twice } from '../buttons.js';
import { el } from '../dom.js';
import { icon } from '../icons.js';
import { facts } from '../purposes.js';
import { t } from '../text.js';
import { clock } from '../times.js';
import { again } from './announce.js';
import { cancel, checkIn, checkOut, markSeen } from './moves.js';

const drawn = new WeakMap(); // card -> the visitor it shows, to leave an unchanged one alone
const verdictIcon = { accepted: 'check', denied: 'cross', expired: 'clock', cancelled: 'cross' };

export function flatLabel(v) {
	return el('span', { class: 'flat', 'aria-label': t('card.flat', { flat: v.flat_number }) },
		v.flat_number, v.block_name && el('small', {}, v.block_name));
}

function head(v, aside) {
	return el('div', { class: 'head' }, flatLabel(v),
		el('div', { class: 'who' }, el('h3', {}, v.visitor_name), facts(v)), aside);
}

function watch(v) {
	const reason = v.watch_match?.reason ?? '';
	return v.watch_match && el('p', { class: 'watch' }, icon('warn'), t('card.watch'), ' ', reason);
}

function pending(v) {
	const until = v.approval_deadline;
	const from = v.created_at ?? until;
	return [
		head(v, el('span', { class: 'timer', role: 'timer', 'aria-label': t('card.left'), data: { until } })),
		watch(v),
		el('progress', { 'aria-label': t('card.left'), data: { until, from } }),
		el('div', { class: 'actions' }, el('span', { class: 'asking' }, t('card.asking')),
			doing(t('card.cancel'), () => cancel(v.id), { kind: 'quiet' })),
	];
}

const letIn = (v, kind) => doing(t('card.check_in'), () => checkIn({ visitor_id: v.id }),
	{ kind, picture: 'enter' });
const seen = (v, kind) => doing(t('card.seen'), async () => markSeen(v.id), { kind });
const ask = (v) => doing(t('card.again'), () => askAgain(v), { kind: 'main', picture: 'again' });

async function askAgain(v) {
	await again(v);
	markSeen(v.id);
}

const nextSteps = {
	accepted: (v) => letIn(v, 'main'),
	denied: (v) => seen(v, 'main'),
	cancelled: (v) => seen(v, 'main'),
	expired: (v) => [ask(v), seen(v, 'quiet')],
};

function answered(v) {
	const by = v.responder_name ? t('card.by', { name: v.responder_name }) : '';
	return [
		el('p', { class: 'verdict' }, icon(verdictIcon[v.status]), el('span', {}, t(`verdict.${v.status}`))),
		head(v),
		watch(v),
		(by || v.note) && el('p', { class: 'said' }, by, by && v.note && ': ', v.note && el('q', {}, v.note)),
		el('div', { class: 'actions' }, nextSteps[v.status](v)),
	];
}

function expected(v) {
	const times = [v.expected_start, v.expected_end].filter(Boolean).map(clock).join(' – ');
	return [
		head(v),
		watch(v),
		el('div', { class: 'actions' }, times && el('span', { class: 'window' }, icon('clock'), times),
			letIn(v, '')),
	];
}

function inside(v) {
	const since = el('span', { data: { since: v.checked_in_at } });
	return [
		head(v),
		el('div', { class: 'actions' }, el('span', { class: 'since' }, icon('enter'), since),
			twice(t('card.check_out'), t('card.sure'), () => checkOut(v.id))),
	];
}

const waiting = (v) => (v.status === 'pending' ? pending(v) : answered(v));
const kinds = { waiting, expected, inside };

// The card of `v` in a list: `old` itself when it shows the same.
export function card(list, v, old) {
	if (old && drawn.get(old) === v)
		return old;
	const kind = list === 'waiting' ? v.status : list;
	const node = el('li', { class: `card ${kind}` }, kinds[list](v));
	drawn.set(node, v);
	return node;
}
