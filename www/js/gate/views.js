// views: on a narrow screen one of the four parts (new visitor and the three lists) is shown at a
// time, chosen in a bar at the foot; a middling screen shows the form and one list; a wide one all.
import { $, button, el, fill } from '../dom.js';
import { icon } from '../icons.js';
import { t } from '../text.js';

const views = { announce: 'plus', waiting: 'clock', expected: 'calendar', inside: 'people' };

export function openViews() {
	const buttons = {};
	const counts = {};

	function show(name) {
		document.body.dataset.view = name;
		if (name !== 'announce')
			document.body.dataset.list = name;
		const { list } = document.body.dataset;
		for (const [other, node] of Object.entries(buttons)) {
			node.toggleAttribute('data-shown', other === name || other === list && name === 'announce');
			node.setAttribute('aria-current', String(other === name));
		}
		$('main').scrollTo?.(0, 0);
	}

	for (const [name, picture] of Object.entries(views)) {
		counts[name] = el('span', { class: 'count' });
		buttons[name] = button({ data: { view: name }, onclick: () => show(name) },
			icon(picture), el('span', { class: 'label' }, t(`${name}.tab`)), counts[name]);
	}
	fill($('#views'), Object.values(buttons));
	document.body.dataset.list = 'waiting';
	show('announce');

	return {
		show,
		// A number beside the name of a list; `loud` for an answer not yet looked at.
		count: (name, n, loud = false) => {
			counts[name].textContent = n || '';
			buttons[name].toggleAttribute('data-loud', loud);
		},
	};
}
