// purposes: why people come. The tiles of the guard's form; the API takes any text, so a purpose
// somebody else wrote is shown as it is.
import { el } from './dom.js';
import { icon } from './icons.js';
import { t } from './text.js';

export const purposes = { guest: 'person', delivery: 'box', cab: 'cab', service: 'tool', other: 'dots' };

const known = (purpose) => (purpose ?? '').toLowerCase();

export const purposeIcon = (purpose) => purposes[known(purpose)] ?? 'dots';

export function purposeName(purpose) {
	return known(purpose) in purposes ? t(`purpose.${known(purpose)}`) : purpose ?? '';
}

// What else is known of a visitor, each with a picture.
export function facts(v) {
	const known = [
		v.purpose && [purposeIcon(v.purpose), purposeName(v.purpose)],
		v.vehicle_no && ['car', v.vehicle_no],
		v.party_size > 1 && ['people', t('card.party', { n: v.party_size })],
		v.phone && ['phone', v.phone],
	];
	return el('ul', { class: 'facts' }, known.filter(Boolean).map(([picture, text]) => el('li', {}, icon(picture), text)));
}
