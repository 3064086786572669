// lists: who waits at the gate, who is expected today, who is inside; and searching in them.
import { $, reconcile } from '../dom.js';
import { t } from '../text.js';
import { tick } from '../ticker.js';
import { day, now } from '../times.js';
import { by, isWalkIn } from '../visitors.js';
import { card } from './card.js';

const KEEP = 10 * 60 * 1000; // how long an answer stays in the list by itself

// Answers that somebody at this tablet has seen, and what it cancelled itself.
const seen = new Set(JSON.parse(sessionStorage.getItem('gatehouse.seen') ?? '[]'));

const text = (v) => [v.visitor_name, v.flat_number, v.vehicle_no, v.phone].join(' ').toLowerCase();
const closedAt = (v) => Date.parse(v.decided_at ?? v.responded_at ?? v.approval_deadline);

// Answered against him, lately, and nobody at this tablet has said that it was seen.
function refused(v) {
	return ['denied', 'expired', 'cancelled'].includes(v.status) && isWalkIn(v)
		&& !seen.has(v.id) && now() - closedAt(v) < KEEP;
}

// Whether an invitation is for today, in the society's zone.
function isToday(v) {
	const first = v.expected_start ?? v.created_at;
	return day(first) <= day() && day() <= day(v.expected_end ?? first);
}

// Who has an answer first, the latest on top; then who waits, the first who came on top.
function waitingOrder(a, b) {
	const unanswered = (v) => Number(v.status === 'pending');
	return unanswered(a) - unanswered(b)
		|| (a.status === 'pending' ? closedAt(a) - closedAt(b) : closedAt(b) - closedAt(a));
}

const lists = {
	waiting: {
		has: (v) => v.status === 'pending' || v.status === 'accepted' && isWalkIn(v) || refused(v),
		compare: (a, b) => waitingOrder(a, b),
	},
	expected: {
		has: (v) => v.status === 'accepted' && !isWalkIn(v) && isToday(v),
		compare: (a, b) => by('expected_start', a, b) || by('id', a, b),
	},
	inside: {
		has: (v) => v.status === 'checked_in',
		compare: (a, b) => by('checked_in_at', b, a),
	},
};

export function openLists(visitors, views) {
	let words = []; // searched for

	function drawList(name) {
		const all = visitors.list(lists[name].has, lists[name].compare);
		const shown = all.filter((v) => words.every((word) => text(v).includes(word)));
		const section = $(`#${name}`);
		const count = words.length ? `${shown.length}/${all.length}` : all.length;
		$('.count', section).textContent = all.length ? count : '';
		const empty = $('.empty', section);
		empty.hidden = shown.length > 0;
		empty.textContent = words.length && all.length ? t('search.none') : t(`${name}.empty`);
		reconcile($('.cards', section), shown, (v) => v.id, (v, old) => card(name, v, old));
		views.count(name, shown.length,
			name === 'waiting' && all.some((v) => v.status !== 'pending'));
	}

	function draw() {
		Object.keys(lists).forEach(drawList);
		tick();
	}

	$('#search').addEventListener('input', ({ target }) => {
		words = target.value.toLowerCase().split(/\s+/).filter(Boolean);
		draw();
	});
	document.addEventListener('gate:seen', ({ detail: id }) => {
		seen.add(id);
		sessionStorage.setItem('gatehouse.seen', JSON.stringify([...seen].slice(-200)));
		draw();
	});
	setInterval(() => {
		visitors.prune((v) => !refused(v));
		draw();
	}, 30000);
	return { draw };
}
