// announce: the form for somebody at the gate. Three taps are enough: a flat, a purpose, Announce.
// The name is offered by the purpose ("Delivery") and may be said to the keyboard's microphone.
import { $, el, fill } from '../dom.js';
import { loadFlats, rememberFlat } from '../flats.js';
import { uuid } from '../http.js';
import { icon } from '../icons.js';
import { act, notify, notifyProblem } from '../notice.js';
import { purposeName, purposes } from '../purposes.js';
import { explain, t } from '../text.js';
import { flatPicker } from './flat-picker.js';
import { announce, cancel } from './moves.js';

// The same visitor once more: nobody answered the first time.
export function again(v) {
	return announce({
		flat_id: v.flat_id, visitor_name: v.visitor_name, purpose: v.purpose ?? undefined,
		vehicle_no: v.vehicle_no ?? undefined, phone: v.phone ?? undefined, party_size: v.party_size ?? undefined,
	}, uuid());
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
		form.classList.toggle('first-the-flat', flat.needed());
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
