// code: the pad for the six digits an invited guest says. The sixth digit checks him in.
import { $, button, el, fill, say } from '../dom.js';
import { icon } from '../icons.js';
import { keypad, places } from '../keypad.js';
import { signal } from '../sound.js';
import { explain, t } from '../text.js';
import { checkIn } from './moves.js';

const LENGTH = 6;

export function openCode() {
	const dialog = $('#code');
	const figures = el('p', { class: 'places', 'aria-live': 'polite' });
	const result = el('div', { class: 'result', role: 'status' });
	let busy = false;

	const pad = keypad({ most: LENGTH, value: (entered) => {
		places(figures, entered, LENGTH);
		figures.setAttribute('aria-label', t('code.entered', { digits: [...entered].join(' ') }));
		if (entered)
			fill(result);
		if (entered.length === LENGTH)
			submit(entered);
	} });

	async function submit(code) {
		if (busy)
			return;
		busy = true;
		dialog.setAttribute('aria-busy', 'true');
		try {
			const visit = await checkIn({ invite_code: code });
			pad.clear();
			signal('accepted');
			const text = t('code.in', { name: visit.visitor_name, flat: visit.flat_number });
			fill(result, el('p', { class: 'good' }, icon('check'), text));
			say(text, true);
		} catch (problem) {
			if (problem.status === undefined)
				throw problem;
			pad.clear();
			signal('denied');
			const unknown = [403, 404, 422].includes(problem.status);
			const text = unknown ? t('code.wrong') : explain(problem);
			fill(result, el('p', { class: 'bad' }, icon('cross'), text));
		} finally {
			busy = false;
			dialog.removeAttribute('aria-busy');
		}
	}

	const close = button({ class: 'quiet', onclick: () => dialog.close() }, t('close'));
	fill(dialog, el('div', { class: 'sheet' },
		el('header', {}, el('h2', { id: 'code-title' }, t('code.title')), close),
		el('p', { class: 'under' }, t('code.what')), figures, result, pad.element));
	dialog.addEventListener('keydown', pad.press);
	const opener = $('#by-code');
	fill(opener, icon('keypad'), t('code.open'));
	opener.addEventListener('click', () => {
		pad.clear();
		fill(result);
		dialog.showModal();
	});
}
