// pin: a guard signs in on a registered tablet with a PIN. When several guards work with the tablet,
// each picks his name first.
import { $, el, fill } from './dom.js';
import { keypad, places } from './keypad.js';
import * as session from './session.js';
import { tablet } from './tablet.js';
import { explain, t } from './text.js';

const LENGTH = 6;

// Draws the pad into `panel`; `done()` is awaited after a sign-in.
export function openPinPad(panel, done) {
	const error = $('.error', panel);
	let guard = null;
	let busy = false;

	const pad = keypad({
		most: LENGTH,
		value: (entered) => {
			places($('#pin-places'), entered, LENGTH, true);
			$('#pin-places').setAttribute('aria-label', t('pin.entered', { n: entered.length }));
			if (entered)
				error.hidden = true;
			if (entered.length === LENGTH)
				submit(entered);
		},
	});

	function tell(text) {
		error.textContent = text;
		error.hidden = !text;
	}

	async function submit(pin) {
		if (busy)
			return;
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
		const which = problem.errors.some((e) => e.field === 'guard_id');
		if (which)
			choose(problem.body.guards ?? tablet().guards);
		tell(which ? t('pin.pick') : problem.status === 401 ? problem.detail || t('pin.wrong') : explain(problem));
	}

	// One button a guard; the picked one is pressed.
	function choose(guards) {
		fill($('#guards'), guards.map(({ id, name }) => el('button', {
			type: 'button', 'aria-pressed': String(id === guard),
			onclick: () => {
				guard = id;
				tell('');
				choose(guards);
			},
		}, name)));
	}

	// For the tablet as it is registered now.
	function refresh() {
		const { name, guards } = tablet();
		guard = null;
		$('#guard-tablet').textContent = name;
		choose(guards.length > 1 ? guards : []);
		tell('');
		pad.clear();
	}

	fill($('#pin-pad'), pad.element);
	document.addEventListener('keydown', (event) => {
		if (!panel.hidden && !event.target.closest('input'))
			pad.press(event);
	});
	return { refresh };
}
