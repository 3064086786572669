// buttons: the two kinds that do something to a visitor. Both are busy while the call runs and tell
// a failure in words.
import { button } from './dom.js';
import { icon } from './icons.js';
import { act } from './notice.js';

export function doing(label, run, { kind = '', picture = null } = {}) {
	const onclick = () => act(node, run);
	const node = button({ class: kind, data: { focus: label }, onclick }, picture && icon(picture), label);
	return node;
}

// For what can't be undone: the first tap asks, the second does.
export function twice(label, sure, run, { kind = '' } = {}) {
	let armed = null;
	const calm = () => {
		clearTimeout(armed);
		armed = null;
		node.textContent = label;
		node.classList.remove('sure');
	};
	const onclick = () => {
		if (armed) {
			act(node, run).then(calm);
			return;
		}
		armed = setTimeout(calm, 4000);
		node.textContent = sure;
		node.classList.add('sure');
	};
	const node = button({ class: kind, data: { focus: label }, onclick }, label);
	return node;
}
