// notice: short messages at the foot of the page, with at most one action ("Undo"). Errors stay
// until dismissed; the rest go by themselves, but not while the pointer or the focus is on them.
import { $, el, say } from './dom.js';
import { icon } from './icons.js';
import { explain, t } from './text.js';

function place() {
	let node = $('#notices');
	if (!node) {
		node = el('section', { id: 'notices', 'aria-label': t('notice.region') });
		document.body.append(node);
	}
	return node;
}

// Shows `text`; `action` is { label, run }. Returns a function that takes it away.
export function notify(text, { kind = 'info', action = null, ms = kind === 'error' ? 0 : 7000 } = {}) {
	const close = () => node.remove();
	const node = el('div', { class: `notice ${kind}` },
		el('p', {}, text),
		action && el('button', { type: 'button', class: 'action', onclick: () => { close(); action.run(); } }, action.label),
		el('button', { type: 'button', class: 'close', 'aria-label': t('notice.close'), onclick: close }, icon('cross')));
	const all = place();
	while (all.children.length > 2)
		all.firstElementChild.remove();
	all.append(node);
	say(text, kind === 'error');
	if (ms)
		goAfter(node, ms);
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
export async function act(button, work) {
	if (button.getAttribute('aria-busy') === 'true')
		return;
	button.setAttribute('aria-busy', 'true');
	try {
		await work();
	} catch (problem) {
		notifyProblem(problem);
	} finally {
		button.removeAttribute('aria-busy');
	}
}
