// question: the full screen that asks whether somebody may come in. One tap answers. Several who
// wait queue up. When another resident is faster, or nobody answers in time, it says so at once.
import { $, el, fill, say } from '../dom.js';
import { icon } from '../icons.js';
import { act, notifyProblem } from '../notice.js';
import { facts, purposeIcon } from '../purposes.js';
import { signal } from '../sound.js';
import { t } from '../text.js';
import { tick } from '../ticker.js';
import { clock, now } from '../times.js';
import { isWalkIn } from '../visitors.js';
import { cancel, complete, respond } from './moves.js';

const STAY = 6000;  // how long a result is shown before the next question
const STEADY = 500; // how long a question that replaces a result takes no tap

export function openQuestion(visitors, home) {
	const dialog = $('#question');
	const asked = $('#asked');
	const later = new Set();     // put off: they stay in the bar
	const answeredHere = new Set();
	let shown = null;            // what the dialog shows, so that it is redrawn only when that changes
	let result = null;           // the visitor whose result is on the screen
	let resultTimer;
	let steadyAt = 0;            // until then a tap was meant for what the screen showed before

	const waiting = () => visitors.list((v) => v.status === 'pending', (a, b) =>
		(a.approval_deadline ?? '').localeCompare(b.approval_deadline ?? '') || a.id.localeCompare(b.id));

	function close() {
		shown = null;
		if (dialog.open)
			dialog.close();
	}

	function open() {
		if (!dialog.open)
			dialog.showModal();
		$('h2', dialog).focus({ preventScroll: true });
	}

	function postpone() {
		waiting().forEach((v) => later.add(v.id));
		draw();
		asked.focus();
	}

	async function answer(v, decision) {
		const note = $('#question-note')?.value.trim();
		answeredHere.add(v.id);
		try {
			await respond(v.id, decision, note);
		} catch (problem) {
			answeredHere.delete(v.id);
			if (problem.status === 409)
				notice(v, visitors.get(v.id));
			else
				throw problem;
		}
	}

	function ask(v, queue) {
		const several = home.flats.length > 1;
		const decide = (decision, kind, picture) => {
			const node = el('button', { type: 'button', class: `decide ${kind}`, onclick: () => performance.now() > steadyAt && act(node, () => answer(v, decision)) },
				icon(picture), t(`question.${decision}`));
			return node;
		};
		if (dialog.open && dialog.className !== 'asking')
			steadyAt = performance.now() + STEADY;
		dialog.className = 'asking';
		fill(dialog,
			el('header', {},
				el('p', {}, queue.length > 1 ? t('question.queue', { n: queue.indexOf(v) + 1, all: queue.length }) : t('question.at_gate')),
				el('button', { type: 'button', class: 'quiet', onclick: postpone }, t('question.later'))),
			el('div', { class: 'about', id: 'question-about' },
				el('span', { class: 'picture' }, icon(purposeIcon(v.purpose))),
				several && el('p', { class: 'for' }, t('question.for', { flat: v.flat_number })),
				el('h2', { id: 'question-title', tabindex: '-1' }, v.visitor_name),
				facts(v),
				el('p', { class: 'gate' }, icon('gate'), [v.society_name, v.created_at && t('question.since', { time: clock(v.created_at) })].filter(Boolean).join(' · '))),
			el('div', { class: 'left' },
				el('progress', { 'aria-hidden': 'true', data: { until: v.approval_deadline, from: v.created_at ?? v.approval_deadline } }),
				el('p', {}, el('span', { role: 'timer', data: { until: v.approval_deadline } }), ' ', t('question.left'))),
			el('details', { class: 'note' }, el('summary', {}, t('question.note')),
				el('label', {}, el('span', { class: 'unseen' }, t('question.note')),
					el('input', { id: 'question-note', maxlength: '200', autocomplete: 'off', enterkeyhint: 'done', placeholder: t('question.note_hint') }))),
			el('footer', {}, decide('deny', 'no', 'cross'), decide('accept', 'yes', 'check')));
		tick(dialog);
		open();
	}

	function next() {
		clearTimeout(resultTimer);
		result = null;
		draw();
	}

	function sentence(v) {
		const name = v.visitor_name;
		if (v.status === 'expired')
			return t('result.expired', { name });
		if (v.status === 'cancelled')
			return t('result.cancelled', { name });
		const how = v.status === 'denied' ? 'denied' : 'accepted';
		return answeredHere.has(v.id) ? t(`result.you_${how}`, { name })
			: t(`result.other_${how}`, { name, who: v.responder_name ?? t('result.somebody') });
	}

	function showResult(v) {
		const kind = { accepted: 'check', checked_in: 'check', denied: 'cross', expired: 'clock', cancelled: 'cross' }[v.status] ?? 'check';
		const text = sentence(v);
		const undo = v.status === 'accepted' && answeredHere.has(v.id)
			&& el('button', { type: 'button', class: 'quiet', onclick: () => {
				next();
				cancel(v.id).catch(notifyProblem);
			} }, t('undo'));
		dialog.className = `result ${v.status}`;
		fill(dialog, el('div', { class: 'about', id: 'question-about' },
			el('span', { class: 'picture' }, icon(kind)),
			el('h2', { id: 'question-title', tabindex: '-1' }, text),
			v.note && el('p', {}, el('q', {}, v.note))),
		el('footer', {}, undo, el('button', { type: 'button', class: 'done', onclick: next }, t('question.done'))));
		open();
		say(text, true);
		clearTimeout(resultTimer);
		resultTimer = setTimeout(next, STAY);
	}

	// A visitor moved: when his question (or the result of it) is on the screen, the result is shown.
	function notice(before, v) {
		if (!before && v.status === 'pending') {
			later.clear();
			signal('request');
		}
		const onScreen = shown === v.id || result?.id === v.id;
		if (!onScreen || v.status === 'pending' || !isWalkIn(v) || result?.id === v.id && result.status === v.status)
			return;
		result = v;
		shown = null;
		later.delete(v.id);
		showResult(v);
	}

	function draw() {
		const queue = waiting();
		asked.hidden = queue.length === 0;
		fill(asked, icon('bell'), t('question.waiting', { n: queue.length }));
		if (result)
			return;
		const v = queue.find((one) => !later.has(one.id));
		if (!v) {
			close();
			return;
		}
		const shows = JSON.stringify([v, queue.length, queue.indexOf(v)]);
		if (dialog.open && shown === v.id && dialog.dataset.shows === shows)
			return;
		const writing = shown === v.id && $('details', dialog)?.open;
		const note = writing ? $('#question-note').value : '';
		shown = v.id;
		dialog.dataset.shows = shows;
		ask(v, queue);
		if (writing) {
			$('details', dialog).open = true;
			$('#question-note').value = note;
			$('#question-note').focus();
		}
	}

	// Time is up here a moment before the server says so: the question closes by itself soon.
	setInterval(() => {
		const v = shown && visitors.get(shown);
		if (v && Date.parse(v.approval_deadline) + 3000 < now() && v.status === 'pending')
			complete(v.id);
	}, 3000);

	function escape(event) {
		event.preventDefault();
		if (result)
			next();
		else
			postpone();
	}

	dialog.addEventListener('cancel', escape);
	dialog.addEventListener('keydown', (event) => event.key === 'Escape' && escape(event));
	asked.addEventListener('click', () => {
		later.clear();
		draw();
	});
	return { draw, notice };
}
