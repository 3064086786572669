// keypad: a number pad for fingers in gloves, used for PINs, invitation codes and flat numbers. A
// physical keyboard works too: the page gives `element` the focus or passes keys to press().
import { button, el } from './dom.js';
import { icon } from './icons.js';
import { t } from './text.js';

// `value(text)` is called with what has been entered. `extra` is the twelfth key: { label, kind?,
// run }.
export function keypad({ most, value, extra = null }) {
	let entered = '';
	const change = (next) => {
		entered = next.slice(0, most);
		value(entered);
	};
	const key = (digit) => button({ class: 'key', onclick: () => change(entered + digit) }, digit);
	const erase = () => change(entered.slice(0, -1));
	const last = extra
		? button({ class: `key ${extra.kind ?? 'plain'}`, onclick: extra.run }, extra.label) : el('span');
	const element = el('div', { class: 'keypad', role: 'group', 'aria-label': t('keypad.label') },
		[...'123456789'].map(key),
		button({ class: 'key plain', 'aria-label': t('keypad.erase'), onclick: erase }, icon('erase')),
		key('0'),
		last);

	// Whether it took the key of a keyboard event.
	function press(event) {
		if (event.ctrlKey || event.metaKey || event.altKey)
			return false;
		if (/^\d$/.test(event.key))
			change(entered + event.key);
		else if (event.key === 'Backspace')
			erase();
		else
			return false;
		event.preventDefault();
		return true;
	}
	return { element, press, clear: () => change(''), set: change, get: () => entered };
}

// The entered digits in `most` places.
export function places(element, entered, most) {
	element.replaceChildren(...Array.from({ length: most }, (_, i) => el('span',
		{ class: i < entered.length ? 'place full' : 'place' }, entered[i] ?? '')));
}
