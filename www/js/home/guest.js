// guest: how an invitation is written: its code, and when it holds.
import { el } from '../dom.js';
import { t } from '../text.js';
import { clock, day, dayText } from '../times.js';

const LONG = 20 * 3600 * 1000; // more hours than these are a day, or days

export const dayWords = () => ({
	today: t('day.today'), tomorrow: t('day.tomorrow'), yesterday: t('day.yesterday'),
});

export const spaced = (code) => `${code.slice(0, 3)} ${code.slice(3)}`;

// The code in two groups; read out figure by figure.
export function codeOf(v, kind) {
	const label = t('invite.code_is', { code: [...v.invite_code].join(' ') });
	return el('p', { class: kind, role: 'img', 'aria-label': label }, spaced(v.invite_code));
}

// "Tomorrow, 6:00 PM – 9:00 PM", or the day alone when the whole day is meant.
export function when(v) {
	const { expected_start: start, expected_end: end } = v;
	const date = dayText(start, dayWords());
	if (!end)
		return t('when.from', { day: date, time: clock(start) });
	if (Date.parse(end) - Date.parse(start) < LONG)
		return t('when.between', { day: date, from: clock(start), to: clock(end) });
	if (day(start) === day(end))
		return t('when.all_day', { day: date });
	return t('when.days', { from: date, to: dayText(end, dayWords()) });
}
