// flat-picker: the first step of announcing. Few flats are all shown. Of many, those announced to
// lately are, and a number pad finds the others; once one is picked, the pad makes room for the rest
// of the form.
import { button, el, fill } from '../dom.js';
import { flatName, recentFlats } from '../flats.js';
import { keypad } from '../keypad.js';
import { t } from '../text.js';

const FEW = 12;
const OFFERED = 6;

export function flatPicker(changed) {
	let flats = [];
	let chosen = null;
	const choices = el('div', { class: 'flats', role: 'group', 'aria-label': t('announce.flats') });
	const hint = el('p', { class: 'hint', 'aria-live': 'polite' });
	const input = el('input', {
		class: 'number', inputmode: 'none', autocomplete: 'off', autocapitalize: 'characters',
		'aria-label': t('announce.number'), placeholder: t('announce.number'),
		oninput: () => pad.set(input.value),
	});
	const pad = keypad({ most: 8, value: (text) => {
		if (input.value !== text)
			input.value = text;
		find();
	}, extra: { label: t('announce.letters'), run: letters } });
	const change = button({ class: 'quiet change', onclick: startAgain }, t('announce.change'));
	const element = el('fieldset', { class: 'pick-flat' }, el('legend', {}, t('announce.which')),
		choices, el('div', { class: 'pad' }, input, pad.element), hint, change);

	const many = () => flats.length > FEW;

	// The keyboard of the tablet, for flats whose number has letters.
	function letters() {
		input.inputMode = input.inputMode === 'none' ? 'text' : 'none';
		input.focus();
	}

	function choose(flat) {
		chosen = flat;
		draw();
		changed();
	}

	const wanted = () => pad.get().toLowerCase().replace(/\s/g, '');

	function fitting() {
		return flats.filter((f) => f.number.toLowerCase().startsWith(wanted()))
			.sort((a, b) => a.number.length - b.number.length);
	}

	// The number is complete when no other flat's begins with it.
	function find() {
		const fits = many() && wanted() ? fitting() : [];
		if (fits.length === 1 && fits[0].number.toLowerCase() === wanted())
			choose(fits[0]);
		else
			draw();
	}

	function offered() {
		if (!many())
			return flats;
		if (chosen)
			return [chosen];
		if (wanted())
			return fitting().slice(0, OFFERED);
		const recent = recentFlats().map((id) => flats.find((f) => f.id === id)).filter(Boolean);
		return (recent.length ? recent : flats).slice(0, OFFERED);
	}

	function draw() {
		const list = offered();
		const picked = many() && chosen !== null;
		element.classList.toggle('many', many());
		element.classList.toggle('picked', picked);
		change.hidden = !picked;
		fill(choices, list.map((flat) => button({
			class: 'choice', 'aria-pressed': String(flat === chosen), onclick: () => choose(flat),
		}, flatName(flat, flats))));
		hint.textContent = flats.length && !list.length ? t('announce.no_flat') : '';
	}

	function clear() {
		chosen = null;
		pad.clear();
		changed();
	}

	function startAgain() {
		clear();
		choices.querySelector('button')?.focus();
	}

	return {
		element,
		clear,
		use: (loaded) => {
			flats = loaded;
			chosen = flats.find((f) => f.id === chosen?.id) ?? null;
			draw();
			changed();
		},
		chosen: () => chosen,
		name: () => (chosen ? flatName(chosen, flats) : ''),
		// Whether the rest of the form has to wait for it.
		needed: () => many() && !chosen,
	};
}
