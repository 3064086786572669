// question-parts: what the full screen of question.js consists of: the question, and its result.
import { button, el } from '../dom.js';
import { icon } from '../icons.js';
import { facts, purposeIcon } from '../purposes.js';
import { t } from '../text.js';
import { clock } from '../times.js';

const signs = { denied: 'cross', cancelled: 'cross', expired: 'clock' };

function about(v, several) {
	const since = v.created_at && t('question.since', { time: clock(v.created_at) });
	return el('div', { class: 'about', id: 'question-about' },
		el('span', { class: 'picture' }, icon(purposeIcon(v.purpose))),
		several && el('p', { class: 'for' }, t('question.for', { flat: v.flat_number })),
		el('h2', { id: 'question-title', tabindex: '-1' }, v.visitor_name),
		facts(v),
		el('p', { class: 'gate' }, icon('gate'), [v.society_name, since].filter(Boolean).join(' · ')));
}

function timeLeft(v) {
	const until = v.approval_deadline;
	const from = v.created_at ?? until;
	return el('div', { class: 'left' },
		el('progress', { 'aria-hidden': 'true', data: { until, from } }),
		el('p', {}, el('span', { role: 'timer', data: { until } }), ' ', t('question.left')));
}

function note() {
	const input = el('input', {
		id: 'question-note', maxlength: '200', autocomplete: 'off', enterkeyhint: 'done',
		placeholder: t('question.note_hint'),
	});
	return el('details', { class: 'note' }, el('summary', {}, t('question.note')),
		el('label', {}, el('span', { class: 'unseen' }, t('question.note')), input));
}

function decide(decision, kind, picture, onTap) {
	const node = button({ class: `decide ${kind}`, onclick: () => onTap(node, decision) },
		icon(picture), t(`question.${decision}`));
	return node;
}

// `several` says for which flat; `onTap(button, decision)` answers.
export function questionOf(v, queue, several, postpone, onTap) {
	const place = { n: queue.indexOf(v) + 1, all: queue.length };
	return [
		el('header', {},
			el('p', {}, queue.length > 1 ? t('question.queue', place) : t('question.at_gate')),
			button({ class: 'quiet', onclick: postpone }, t('question.later'))),
		about(v, several),
		timeLeft(v),
		note(),
		el('footer', {}, decide('deny', 'no', 'cross', onTap), decide('accept', 'yes', 'check', onTap)),
	];
}

// `undo` is left out where nothing can be undone.
export function resultOf(v, text, done, undo) {
	return [
		el('div', { class: 'about', id: 'question-about' },
			el('span', { class: 'picture' }, icon(signs[v.status] ?? 'check')),
			el('h2', { id: 'question-title', tabindex: '-1' }, text),
			v.note && el('p', {}, el('q', {}, v.note))),
		el('footer', {},
			undo && button({ class: 'quiet', onclick: undo }, t('undo')),
			button({ class: 'done', onclick: done }, t('question.done'))),
	];
}
