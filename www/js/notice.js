// notice: short messages at the foot of the page, with at most one action ("Undo"). Errors stay
// until dismissed; the rest go by themselves, but not while the pointer or the focus is on them.
import { $, button, el, say } from './dom.js';
import { icon } from './icons.js';
import { explain, t } from './text.js';

const STAY = 7000;

function place() {
	let node = $('#notices');
	if (!node) {
		node = el('section', { id: 'notices', 'aria-label': t('notice.region') });
		document.body.append(node);
	}
	return node;
}

// Shows `text`; `action` is { label, run }. Returns a function that takes it away.
export function notify(text, { kind = 'info', action = null } = {}) {
	const close = () => node.remove();
	const run = () => {
		close();
		action.run();
	};
	const node = el('div', { class: `notice ${kind}` },
		el('p', {}, text),
		action && button({ class: 'action', onclick: run }, action.label),
		button({ class: 'close', 'aria-label': t('notice.close'), onclick: close }, icon('cross')));
	const all = place();
	while (all.children.length > 2)
		all.firstElementChild.remove();
	all.append(node);
	say(text, kind === 'error');
	if (kind !== 'error')
		goAfter(node, STAY);
	return close;
}

function goAfter(node, ms) {
	setTimeout(() => {
		if (node.matches(':hover, :focus-within'))
			goAfter(node, 2000);
		else
			node.remove();
	}, ms);
}

export function notifyProblem(problem) {
	if (problem.status === undefined)
		throw problem;
	if (problem.status !== 401)
		notify(explain(problem), { kind: 'error' });
}

// Runs an action of a button: it is busy meanwhile, and a failure is told in words.
export async function act(node, work) {
	if (node.getAttribute('aria-busy') === 'true')
		return;
	node.setAttribute('aria-busy', 'true');
	try {
		await work();
	} catch (problem) {
		notifyProblem(problem);
	} finally {
		node.removeAttribute('aria-busy');
	}
}
