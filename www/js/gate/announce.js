// announce: the form for somebody at the gate. Three taps are enough: a flat, a purpose, Announce.
// The name is offered by the purpose ("Delivery") and may be said to the keyboard's microphone.
import { $, button, el, fill, given } from '../dom.js';
import { loadFlats, rememberFlat } from '../flats.js';
import { uuid } from '../http.js';
import { icon } from '../icons.js';
import { loader } from '../loader.js';
import { act, notify, notifyProblem } from '../notice.js';
import { purposeName, purposes } from '../purposes.js';
import { explain, t } from '../text.js';
import { flatPicker } from './flat-picker.js';
import { announce, cancel } from './moves.js';

// The same visitor once more: nobody answered the first time.
export function again(v) {
	const names = ['flat_id', 'visitor_name', 'purpose', 'vehicle_no', 'phone', 'party_size'];
	return announce(Object.fromEntries(names.map((name) => [name, v[name] ?? undefined])), uuid());
}

function purposePicker(changed) {
	let chosen = null;
	const buttons = Object.entries(purposes).map(([name, picture]) => button({
		class: 'tile', data: { purpose: name }, 'aria-pressed': 'false', onclick: () => choose(name),
	}, icon(picture), purposeName(name)));
	function choose(name) {
		chosen = name;
		for (const tile of buttons)
			tile.setAttribute('aria-pressed', String(tile.dataset.purpose === name));
		changed();
	}
	return {
		element: el('fieldset', { class: 'pick-purpose' }, el('legend', {}, t('announce.why')),
			el('div', { class: 'tiles' }, buttons)),
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
	const stepper = (by, sign, label) => button({ 'aria-label': label, onclick: () => step(by) }, sign);
	return {
		element: el('div', { class: 'stepper', role: 'group', 'aria-label': t('announce.party') },
			el('span', {}, t('announce.party')),
			stepper(-1, '−', t('announce.fewer')), shown, stepper(1, '+', t('announce.more'))),
		value: () => n,
		clear: () => step(1 - n),
	};
}

const field = (name, attributes) => el('label', {}, el('span', {}, t(`announce.${name}`)),
	el('input', { name, autocomplete: 'off', ...attributes }));

const undos = new Map(); // visitor -> takes the offer away

function offerUndo(visitor, flat) {
	const run = () => cancel(visitor.id).catch(notifyProblem);
	const text = t('announce.done', { name: visitor.visitor_name, flat });
	undos.set(visitor.id, notify(text, { action: { label: t('undo'), run } }));
}

// Once there is an answer, "Undo" would undo that.
export function endUndo(visitor) {
	if (visitor.status === 'pending')
		return;
	undos.get(visitor.id)?.();
	undos.delete(visitor.id);
}

export function openAnnounce(societyId, views) {
	const form = $('#announce-form');
	const error = el('p', { class: 'error', role: 'alert', hidden: true });
	const submit = el('button', { type: 'submit', class: 'main go' });
	const name = el('input', {
		name: 'visitor_name', maxlength: '80', autocomplete: 'off', autocapitalize: 'words',
		enterkeyhint: 'done',
	});
	const failure = el('div', { hidden: true });
	let key = uuid();
	const flat = flatPicker(changed);
	const purpose = purposePicker(changed);
	const party = partySize();

	function changed() {
		name.placeholder = purpose.chosen() ? purposeName(purpose.chosen()) : '';
		form.classList.toggle('first-the-flat', flat.needed());
		const label = flat.name() ? t('announce.to', { flat: flat.name() }) : t('announce.submit');
		fill(submit, icon('bell'), label);
		tell('');
	}

	function tell(text) {
		error.textContent = text;
		error.hidden = !text;
	}

	function input() {
		return {
			visitor_name: purposeName(purpose.chosen()),
			...given(form),
			flat_id: flat.chosen().id,
			purpose: purpose.chosen(),
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
		if (!flat.chosen() || !purpose.chosen()) {
			tell(t(flat.chosen() ? 'announce.need_purpose' : 'announce.need_flat'));
			return;
		}
		const where = flat.name();
		try {
			const visitor = await announce(input(), key);
			rememberFlat(visitor.flat_id);
			clear();
			views.show('waiting');
			offerUndo(visitor, where);
		} catch (problem) {
			if (problem.status === undefined)
				throw problem;
			// What was refused may be changed and is then new; what was lost is repeated.
			if (problem.status !== 0)
				key = uuid();
			tell(explain(problem));
		}
	}

	form.addEventListener('submit', (event) => {
		event.preventDefault();
		act(submit, send);
	});
	fill(form, failure, flat.element, purpose.element,
		el('label', { class: 'name' }, el('span', {}, t('announce.name')), name),
		el('details', {}, el('summary', {}, t('announce.details')),
			el('div', { class: 'more' },
				field('vehicle_no', { maxlength: '20', autocapitalize: 'characters' }),
				field('phone', { type: 'tel', inputmode: 'tel', maxlength: '20' }), party.element)),
		error, submit);
	changed();
	loader(failure, () => loadFlats(societyId, flat.use), true)();
}
