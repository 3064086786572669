// answers: makes an answer loud. Sound and vibration, an urgent word to screen readers, and, where
// the list of those waiting is not on the screen, a bar across it that leads there.
import { $, button, el, fill, say } from '../dom.js';
import { icon } from '../icons.js';
import { signal } from '../sound.js';
import { t } from '../text.js';
import { isWalkIn } from '../visitors.js';

const LOUD = { accepted: 'check', denied: 'cross', expired: 'clock', cancelled: 'cross' };

export function openAnswers(visitors, views, redraw) {
	const place = $('#answers');
	const ours = new Set(); // cancelled here: no news to us

	function bar(v) {
		const onclick = () => {
			node.remove();
			views.show('waiting');
			redraw();
		};
		const node = button({ class: `answer ${v.status}`, data: { id: v.id }, onclick },
			icon(LOUD[v.status]),
			el('strong', {}, t(`verdict.${v.status}`)),
			el('span', {}, t('answers.who', { name: v.visitor_name, flat: v.flat_number })));
		return node;
	}

	// `before` is the visitor as he was known; only a walk-in's answer is news.
	function notice(before, v) {
		$(`.answer[data-id="${v.id}"]`, place)?.remove();
		if (!(v.status in LOUD) || !isWalkIn(v) || before?.status === v.status || ours.has(v.id))
			return;
		signal(v.status === 'cancelled' ? 'expired' : v.status);
		const verdict = t(`verdict.${v.status}`);
		say(t('answers.say', { verdict, name: v.visitor_name, flat: v.flat_number }), true);
		place.prepend(bar(v));
		while (place.children.length > 2)
			place.lastElementChild.remove();
	}

	// After a load: bars of visitors that have moved on meanwhile go.
	function catchUp() {
		for (const node of [...place.children])
			if (visitors.get(node.dataset.id)?.status !== node.classList[1])
				node.remove();
	}

	document.addEventListener('gate:seen', ({ detail: id }) => {
		ours.add(id);
		$(`.answer[data-id="${id}"]`, place)?.remove();
	});
	fill(place);
	return { notice, catchUp };
}
