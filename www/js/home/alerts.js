// alerts: the browser's own notifications, if the resident wants them on this device: they show a
// visitor while the page is in the background.
import { $, button, el, fill } from '../dom.js';
import { icon } from '../icons.js';
import { t } from '../text.js';
import { purposeName } from '../purposes.js';

const supported = 'Notification' in window;

export function offerAlerts() {
	const section = $('#alerts');
	if (!supported || Notification.permission !== 'default')
		return;
	section.hidden = false;
	const ask = async () => {
		await Notification.requestPermission();
		section.hidden = true;
	};
	fill(section,
		el('h2', { id: 'alerts-title' }, t('alerts.title')),
		el('p', {}, t('alerts.what')),
		button({ onclick: ask }, icon('bell'), t('alerts.allow')));
}

export function raiseAlert(visitor) {
	const allowed = supported && Notification.permission === 'granted';
	if (!allowed || document.visibilityState === 'visible')
		return;
	try {
		const alert = new Notification(t('alerts.asks', { name: visitor.visitor_name }), {
			body: [purposeName(visitor.purpose), visitor.vehicle_no].filter(Boolean).join(' · '),
			tag: visitor.id, icon: '/icon.svg', requireInteraction: true,
		});
		alert.onclick = () => {
			window.focus();
			alert.close();
		};
	} catch {
		// Some phones allow notifications only from a service worker; the sound must do there.
	}
}
