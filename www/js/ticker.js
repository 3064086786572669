// ticker: moves everything on the page that counts, once a second: data-until="<instant>" shows the
// time left, data-since="<instant>" how long ago, progress[data-until] what is left of data-from.
import { countdown, now } from './times.js';
import { $$ } from './dom.js';
import { t } from './text.js';

const watchers = [];

export function ago(at) {
	const minutes = Math.floor((now() - Date.parse(at)) / 60000);
	if (minutes < 1)
		return t('ago.now');
	if (minutes < 60)
		return t('ago.minutes', { n: minutes });
	return t('ago.hours', { h: Math.floor(minutes / 60), m: minutes % 60 });
}

export function tick(root = document) {
	for (const node of $$('[data-until]', root)) {
		const left = Date.parse(node.dataset.until) - now();
		if (node.localName === 'progress') {
			const whole = Date.parse(node.dataset.until) - Date.parse(node.dataset.from);
			node.max = Math.max(whole, 1);
			node.value = Math.min(Math.max(left, 0), node.max);
		} else if (node.textContent !== countdown(left)) {
			node.textContent = countdown(left);
		}
		node.classList.toggle('soon', left < 60000);
	}
	for (const node of $$('[data-since]', root))
		if (node.textContent !== ago(node.dataset.since))
			node.textContent = ago(node.dataset.since);
	watchers.forEach((f) => f());
}

// Calls `f` every second as well.
export const everySecond = (f) => watchers.push(f);

setInterval(tick, 1000);
