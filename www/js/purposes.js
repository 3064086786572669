// purposes: why people come. The tiles of the guard's form; the API takes any text, so a purpose
// somebody else wrote is shown as it is.
import { el } from './dom.js';
import { icon } from './icons.js';
import { t } from './text.js';

export const purposes = {
	guest: 'person', delivery: 'box', cab: 'cab', service: 'tool', other: 'dots',
};

const key = (purpose) => (purpose ?? '').toLowerCase();

export const purposeIcon = (purpose) => purposes[key(purpose)] ?? 'dots';

export function purposeName(purpose) {
	return key(purpose) in purposes ? t(`purpose.${key(purpose)}`) : purpose ?? '';
}

// What else is known of a visitor, each with a picture.
export function facts(v) {
	const purpose = purposeName(v.purpose);
	const known = [
		purpose && purpose !== v.visitor_name && [purposeIcon(v.purpose), purpose],
		v.vehicle_no && ['car', v.vehicle_no],
		v.party_size > 1 && ['people', t('card.party', { n: v.party_size })],
		v.phone && ['phone', v.phone],
	];
	const item = ([picture, text]) => el('li', {}, icon(picture), text);
	return el('ul', { class: 'facts' }, known.filter(Boolean).map(item));
}
