// question: the full screen that asks whether somebody may come in. One tap answers. Several who
// wait queue up. When another resident is faster, or nobody answers in time, it says so at once.
import { $, fill, say } from '../dom.js';
import { icon } from '../icons.js';
import { act, notifyProblem } from '../notice.js';
import { signal } from '../sound.js';
import { t } from '../text.js';
import { tick } from '../ticker.js';
import { now } from '../times.js';
import { by } from '../visitors.js';
import { cancel, complete, respond } from './moves.js';
import { questionOf, resultOf } from './question-parts.js';

const STAY = 6000;  // how long a result is shown before the next question
const STEADY = 500; // how long a question that replaces a result takes no tap

export function openQuestion(visitors, home) {
	const dialog = $('#question');
	const asked = $('#asked');
	const later = new Set();     // put off: they stay in the bar
	const answeredHere = new Set();
	let shown = null;            // the id of whom the dialog asks about
	let result = null;           // the visitor whose result is on the screen
	let resultTimer;
	let steadyAt = 0;            // until then a tap was meant for what the screen showed before

	const waiting = () => visitors.list((v) => v.status === 'pending',
		(a, b) => by('approval_deadline', a, b) || by('id', a, b));

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
		const onTap = (node, decision) => {
			if (performance.now() > steadyAt)
				act(node, () => answer(v, decision));
		};
		if (dialog.open && dialog.className !== 'asking')
			steadyAt = performance.now() + STEADY;
		dialog.className = 'asking';
		fill(dialog, questionOf(v, queue, home.flats.length > 1, postpone, onTap));
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
		const text = sentence(v);
		const undo = () => {
			next();
			cancel(v.id).catch(notifyProblem);
		};
		dialog.className = `result ${v.status}`;
		fill(dialog, resultOf(v, text, next, v.status === 'accepted' && answeredHere.has(v.id) && undo));
		open();
		say(text, true);
		clearTimeout(resultTimer);
		resultTimer = setTimeout(next, STAY);
	}

	// A visitor moved: when his question, or the result of it, is on the screen, the result is shown.
	function notice(before, v) {
		if (!before && v.status === 'pending') {
			later.clear();
			signal('request');
		}
		const onScreen = shown === v.id || result?.id === v.id;
		if (!onScreen || v.status === 'pending' || result?.status === v.status)
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
