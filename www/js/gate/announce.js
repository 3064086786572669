// announce: the form for somebody at the gate. Three taps are enough: a flat, a purpose, Announce.
// The name is offered by the purpose ("Delivery") and may be said to the keyboard's microphone.
import { $, el, fill } from '../dom.js';
import { flatName, loadFlats, recentFlats, rememberFlat } from '../flats.js';
import { uuid } from '../http.js';
import { icon } from '../icons.js';
import { keypad } from '../keypad.js';
import { act, notify, notifyProblem } from '../notice.js';
import { purposeName, purposes } from '../purposes.js';
import { explain, t } from '../text.js';
import { announce, cancel } from './moves.js';

const FEW = 12; // so many flats are simply all shown; more need the number pad

// The same visitor once more: nobody answered the first time.
export function again(v) {
	return announce({
		flat_id: v.flat_id, visitor_name: v.visitor_name, purpose: v.purpose ?? undefined,
		vehicle_no: v.vehicle_no ?? undefined, phone: v.phone ?? undefined, party_size: v.party_size ?? undefined,
	}, uuid());
}

function flatPicker(changed) {
	let flats = [];
	let chosen = null;
	const choices = el('div', { class: 'flats', role: 'group', 'aria-label': t('announce.flats') });
	const hint = el('p', { class: 'hint', 'aria-live': 'polite' });
	const input = el('input', { id: 'flat-number', class: 'number', inputmode: 'none', autocomplete: 'off', autocapitalize: 'characters',
		'aria-label': t('announce.number'), placeholder: t('announce.number'), oninput: () => typed(input.value) });
	const pad = keypad({ most: 8, value: (text) => {
		input.value = text;
		draw();
	}, extra: { label: t('announce.letters'), run: letters } });

	function letters() {
		input.inputMode = input.inputMode === 'none' ? 'text' : 'none';
		input.focus();
	}

	function typed(text) {
		pad.set(text);
		if (document.activeElement === input)
			input.setSelectionRange(text.length, text.length);
	}

	function choose(flat) {
		chosen = flat;
		draw();
		changed();
	}

	// What the number so far fits, or else the flats announced to lately.
	function offered() {
		if (flats.length <= FEW)
			return flats;
		const wanted = pad.get().toLowerCase().replace(/\s/g, '');
		if (!wanted) {
			const recent = recentFlats().map((id) => flats.find((f) => f.id === id)).filter(Boolean);
			return recent.length ? recent : flats.slice(0, 8);
		}
		const starts = flats.filter((f) => f.number.toLowerCase().startsWith(wanted));
		return starts.sort((a, b) => a.number.length - b.number.length).slice(0, 8);
	}

	function draw() {
		const list = offered();
		if (chosen && !list.includes(chosen))
			list.unshift(chosen);
		fill(choices, list.map((flat) => el('button', {
			type: 'button', class: 'choice', 'aria-pressed': String(flat === chosen), onclick: () => choose(flat),
		}, flatName(flat, flats))));
		hint.textContent = flats.length && !list.length ? t('announce.no_flat') : '';
	}

	function use(loaded) {
		flats = loaded;
		chosen = flats.find((f) => f.id === chosen?.id) ?? null;
		element.classList.toggle('many', flats.length > FEW);
		draw();
	}

	const element = el('fieldset', { class: 'pick-flat' }, el('legend', {}, t('announce.which')),
		el('div', { class: 'pad' }, input, pad.element), choices, hint);
	return {
		element, use,
		chosen: () => chosen,
		name: () => (chosen ? flatName(chosen, flats) : ''),
		clear: () => {
			chosen = null;
			pad.clear();
			draw();
		},
	};
}

function purposePicker(changed) {
	let chosen = null;
	const buttons = Object.entries(purposes).map(([name, picture]) => el('button', {
		type: 'button', class: 'tile', data: { purpose: name }, 'aria-pressed': 'false', onclick: () => choose(name),
	}, icon(picture), purposeName(name)));
	function choose(name) {
		chosen = name;
		for (const button of buttons)
			button.setAttribute('aria-pressed', String(button.dataset.purpose === name));
		changed();
	}
	return {
		element: el('fieldset', { class: 'pick-purpose' }, el('legend', {}, t('announce.why')), el('div', { class: 'tiles' }, buttons)),
		chosen: () => chosen,
		clear: () => choose(null),
	};
}

function partySize() {
	let n = 1;
	const shown = el('output', { 'aria-live': 'polite' }, '1');
	const step = (by) => {
		n = Math.min(50, Math.max(1, n + by));
		shown.textContent = n;
	};
	return {
		element: el('div', { class: 'stepper', role: 'group', 'aria-label': t('announce.party') },
			el('span', {}, t('announce.party')),
			el('button', { type: 'button', 'aria-label': t('announce.fewer'), onclick: () => step(-1) }, '−'), shown,
			el('button', { type: 'button', 'aria-label': t('announce.more'), onclick: () => step(1) }, '+')),
		value: () => n,
		clear: () => step(1 - n),
	};
}

const field = (name, attributes) => el('label', {}, el('span', {}, t(`announce.${name}`)),
	el('input', { name, autocomplete: 'off', ...attributes }));

export async function openAnnounce(societyId, views) {
	const form = $('#announce-form');
	const error = el('p', { class: 'error', role: 'alert', hidden: true });
	const submit = el('button', { type: 'submit', class: 'main go' });
	const name = el('input', { name: 'visitor_name', maxlength: '80', autocomplete: 'off', autocapitalize: 'words', enterkeyhint: 'done' });
	let key = uuid();
	const flat = flatPicker(changed);
	const purpose = purposePicker(changed);
	const party = partySize();

	function changed() {
		name.placeholder = purpose.chosen() ? purposeName(purpose.chosen()) : '';
		fill(submit, icon('bell'), flat.name() ? t('announce.to', { flat: flat.name() }) : t('announce.submit'));
		tell('');
	}

	function tell(text) {
		error.textContent = text;
		error.hidden = !text;
	}

	function input() {
		const given = Object.fromEntries([...new FormData(form)].map(([k, v]) => [k, v.trim()]).filter(([, v]) => v));
		return {
			visitor_name: purposeName(purpose.chosen()), ...given, flat_id: flat.chosen().id, purpose: purpose.chosen(),
			...(party.value() > 1 && { party_size: party.value() }),
		};
	}

	function clear() {
		key = uuid();
		form.reset();
		$('details', form).open = false;
		[flat, purpose, party].forEach((part) => part.clear());
	}

	async function send() {
		const missing = !flat.chosen() ? 'announce.need_flat' : !purpose.chosen() ? 'announce.need_purpose' : null;
		if (missing) {
			tell(t(missing));
			return;
		}
		const where = flat.name();
		try {
			const visitor = await announce(input(), key);
			rememberFlat(visitor.flat_id);
			clear();
			views.show('waiting');
			notify(t('announce.done', { name: visitor.visitor_name, flat: where }), {
				action: { label: t('undo'), run: () => cancel(visitor.id).catch(notifyProblem) },
			});
		} catch (problem) {
			if (problem.status === undefined)
				throw problem;
			if (problem.status !== 0)
				key = uuid(); // what was refused may be changed and sent anew; what was lost is repeated
			tell(explain(problem));
		}
	}

	form.addEventListener('submit', (event) => {
		event.preventDefault();
		act(submit, send);
	});
	fill(form, flat.element, purpose.element,
		el('label', { class: 'name' }, el('span', {}, t('announce.name')), name),
		el('details', {}, el('summary', {}, t('announce.details')),
			el('div', { class: 'more' }, field('vehicle_no', { maxlength: '20', autocapitalize: 'characters' }),
				field('phone', { type: 'tel', inputmode: 'tel', maxlength: '20' }), party.element)),
		error, submit);
	changed();
	await loadFlats(societyId, flat.use);
}
