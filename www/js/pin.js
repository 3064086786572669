// pin: a guard signs in on a registered tablet with a PIN. When several guards work with the tablet,
// each picks his name first.
import { $, button, el, fill } from './dom.js';
import { keypad } from './keypad.js';
import * as session from './session.js';
import { registerTablet, tablet } from './tablet.js';
import { explain, t } from './text.js';

const LEAST = 4;
const MOST = 12;

function dots(place, n) {
	const length = Math.max(n, LEAST);
	fill(place, Array.from({ length }, (_, i) => el('span', { class: i < n ? 'dot full' : 'dot' })));
	place.setAttribute('aria-label', t('pin.entered', { n }));
}

// Draws the pad into `panel`; `done()` is awaited after a sign-in.
export function openPinPad(panel, done) {
	const error = $('.error', panel);
	let guard = null; // the id of who has picked his name
	let guards = [];
	let busy = false;

	const pad = keypad({
		most: MOST,
		value: (entered) => {
			dots($('#pin-places'), entered.length);
			if (entered)
				error.hidden = true;
		},
		extra: { label: t('pin.submit'), kind: 'main', run: () => submit(pad.get()) },
	});

	function tell(text) {
		error.textContent = text;
		error.hidden = !text;
	}

	async function submit(pin) {
		if (busy)
			return;
		if (pin.length < LEAST) {
			tell(t('pin.short', { n: LEAST }));
			return;
		}
		if (!guard && guards.length > 1) {
			tell(t('pin.pick'));
			return;
		}
		busy = true;
		panel.setAttribute('aria-busy', 'true');
		try {
			await session.signInGuard(tablet().token, guard, pin);
			await done();
		} catch (problem) {
			if (problem.status === undefined)
				throw problem;
			refused(problem);
		} finally {
			busy = false;
			panel.removeAttribute('aria-busy');
			pad.clear();
		}
	}

	function refused(problem) {
		tell(problem.status === 401 ? problem.detail : explain(problem));
		if (problem.errors.some((e) => e.field === 'guard_id'))
			ask(); // a guard has been added since
	}

	// One button a guard; the picked one is pressed.
	function choose() {
		fill($('#guards'), guards.length > 1 && guards.map(({ id, name }) => button({
			'aria-pressed': String(id === guard),
			onclick: () => {
				guard = id;
				tell('');
				choose();
			},
		}, name)));
	}

	function show({ name, society, guards: known }) {
		guards = known;
		if (!guards.some((one) => one.id === guard))
			guard = null;
		$('#guard-tablet').textContent = [name, society].filter(Boolean).join(' · ');
		choose();
	}

	// Who may sign in here may have changed since the tablet was registered.
	async function ask() {
		try {
			show(await registerTablet(tablet().token));
		} catch (problem) {
			if (problem.status === undefined)
				throw problem;
			tell(problem.status === 401 ? problem.detail : explain(problem));
		}
	}

	// For the tablet as it is registered now.
	function refresh() {
		show(tablet());
		tell('');
		pad.clear();
		ask();
	}

	fill($('#pin-pad'), pad.element);
	document.addEventListener('keydown', (event) => {
		if (panel.hidden || event.target.closest('input'))
			return;
		if (!pad.press(event) && event.key === 'Enter' && !event.target.closest('button'))
			submit(pad.get());
	});
	return { refresh };
}
