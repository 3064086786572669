// sign: says whether what the page shows is live: a chip in the header, and a plain sentence across
// the page when it is not.
import { $, el, fill, say } from './dom.js';
import { icon } from './icons.js';
import * as live from './live.js';
import { t } from './text.js';

function current() {
	if (navigator.onLine === false)
		return 'offline';
	return live.getState();
}

const icons = { live: null, connecting: 'clock', paused: 'pause', offline: 'offline' };
let shown = null;

function show() {
	const state = current();
	if (state === shown)
		return;
	const bad = state === 'paused' || state === 'offline';
	const picture = icons[state] ? icon(icons[state]) : el('span', { class: 'dot' });
	fill($('#live-chip'), picture, t(`live.chip.${state}`));
	$('#live-chip').dataset.state = state;
	const sign = $('#live-sign');
	sign.hidden = !bad;
	fill(sign, bad && [icon(icons[state]), el('p', {}, t(`live.${state}`))]);
	if (bad)
		say(t(`live.${state}`), true);
	else if (shown === 'paused' || shown === 'offline')
		say(t('live.back'));
	shown = state;
}

// Needs #live-chip and #live-sign in the page.
export function watchLive() {
	live.on('state', show);
	addEventListener('online', show);
	addEventListener('offline', show);
	show();
}
