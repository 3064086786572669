// invite: asks a guest in. A short form; then the six digits that open the gate, to be shared.
import { doing } from '../buttons.js';
import { $, button, el, fill, given, say } from '../dom.js';
import { uuid } from '../http.js';
import { icon } from '../icons.js';
import { act, notify } from '../notice.js';
import { explain, t } from '../text.js';
import { addDays, day, instant, now } from '../times.js';
import { codeOf, spaced, when } from './guest.js';
import { invite } from './moves.js';

let home;
const dialog = () => $('#invite');

const field = (name, attributes) => el('label', { class: `field-${name}` },
	el('span', {}, t(`invite.${name}`)),
	el('input', { name, autocomplete: 'off', ...attributes }),
	el('small', { class: 'error', data: { of: name }, hidden: true }));

function header(title) {
	return el('header', {}, el('h2', { id: 'invite-title', tabindex: '-1' }, title),
		button({ class: 'quiet', onclick: () => dialog().close() }, t('close')));
}

function dayChoice() {
	const input = el('input', {
		name: 'date', type: 'date', required: true, value: day(), min: day(),
		'aria-label': t('invite.date'), onchange: mark,
	});
	const choose = (date) => {
		input.value = date;
		mark();
	};
	const chip = (date, label) =>
		button({ class: 'choice', data: { date }, onclick: () => choose(date) }, label);
	const chips = [chip(day(), t('day.today')), chip(addDays(day(), 1), t('day.tomorrow'))];
	function mark() {
		for (const one of chips)
			one.setAttribute('aria-pressed', String(one.dataset.date === input.value));
	}
	mark();
	const about = { class: 'days', role: 'group', 'aria-label': t('invite.date') };
	return el('div', about, chips, input);
}

// The form's fields as the API wants them. A day without times is the whole day; an end before the
// beginning is the next morning.
function inputOf(form) {
	const { date, from, until, party_size: party, ...rest } = given(form);
	const soonest = date === day() ? new Date(now()).toISOString() : instant(date, '00:00');
	const overnight = until && from && until <= from;
	return {
		...rest, flat_id: home.flat.id, purpose: 'guest',
		...(Number(party) > 1 && { party_size: Number(party) }),
		expected_start: from ? instant(date, from) : soonest,
		expected_end: instant(overnight ? addDays(date, 1) : date, until ?? '23:59:59'),
	};
}

const shownAt = { expected_start: 'from', expected_end: 'until' };

function showErrors(form, problem) {
	for (const node of form.querySelectorAll('.error'))
		node.hidden = true;
	if (!problem)
		return;
	const rest = problem.errors.filter(({ field: name, message }) => {
		const place = $(`[data-of="${shownAt[name] ?? name}"]`, form);
		if (!place)
			return true;
		place.textContent = message;
		place.hidden = false;
		$(`[name="${shownAt[name] ?? name}"]`, form)?.focus();
		return false;
	});
	const general = $('.general', form);
	general.hidden = problem.errors.length > 0 && rest.length === 0;
	general.textContent = explain(rest.length ? { ...problem, errors: rest } : problem);
}

function showForm() {
	let key = uuid();
	const submit = el('button', { type: 'submit', class: 'main go' }, t('invite.submit'));
	const form = el('form', { class: 'sheet' },
		header(t('invite.title')),
		el('p', { class: 'under' }, t('invite.what', { flat: home.flat.flat_number })),
		field('visitor_name', { required: true, maxlength: '80', autocapitalize: 'words' }),
		dayChoice(),
		el('div', { class: 'pair' },
			field('from', { type: 'time' }), field('until', { type: 'time' })),
		el('details', {}, el('summary', {}, t('invite.more')), el('div', { class: 'more' },
			field('phone', { type: 'tel', inputmode: 'tel', maxlength: '20' }),
			field('vehicle_no', { maxlength: '20', autocapitalize: 'characters' }),
			field('party_size', { type: 'number', min: '1', max: '50', value: '1' }))),
		el('p', { class: 'error general', role: 'alert', hidden: true }), submit);
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		act(submit, async () => {
			showErrors(form, null);
			try {
				openInvitation(await invite(inputOf(form), key), true);
			} catch (problem) {
				if (problem.status === undefined)
					throw problem;
				if (problem.status !== 0)
					key = uuid();
				if (problem.errors.length)
					$('details', form).open = true;
				showErrors(form, problem);
			}
		});
	});
	fill(dialog(), form);
	dialog().showModal();
	$('[name=visitor_name]', form).focus();
}

function invitationText(v) {
	return t('invite.message', {
		name: v.visitor_name, when: when(v), code: spaced(v.invite_code), flat: v.flat_number,
		place: [v.block_name, v.society_name].filter(Boolean).join(', '),
	}) + (v.invite_url ? `\n${v.invite_url}` : '');
}

async function share(v) {
	const text = invitationText(v);
	if (navigator.share) {
		try {
			await navigator.share({ text });
			return;
		} catch (refused) {
			if (refused.name === 'AbortError')
				return;
		}
	}
	await copy(text);
}

async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
		notify(t('invite.copied'));
	} catch {
		const area = $('#invite textarea');
		area.hidden = false;
		area.value = text;
		area.select();
		notify(t('invite.copy_by_hand'));
	}
}

// Shows an invitation's code, to be read out or shared; `fresh` right after it was made.
export function openInvitation(v, fresh = false) {
	fill(dialog(), el('div', { class: 'sheet invitation' },
		header(t(fresh ? 'invite.ready' : 'invite.again')),
		el('p', { class: 'guest' }, el('strong', {}, v.visitor_name), el('br'), when(v)),
		codeOf(v, 'code big'),
		el('p', { class: 'under' }, t('invite.how')),
		el('textarea', { readonly: true, rows: '4', hidden: true, 'aria-label': t('invite.text') }),
		doing(t('invite.share'), () => share(v), { kind: 'main go', picture: 'share' }),
		doing(t('invite.copy'), () => copy(invitationText(v)), { kind: 'quiet', picture: 'copy' })));
	if (!dialog().open)
		dialog().showModal();
	$('h2', dialog()).focus();
	if (fresh)
		say(t('invite.ready'));
}

export function openInvite(of) {
	home = of;
	const opener = $('#invite-open');
	fill(opener, icon('plus'), t('invite.open'));
	opener.addEventListener('click', showForm);
}
