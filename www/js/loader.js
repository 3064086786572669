// loader: loading a page's state, once at a time. Asked again while it runs, it runs once more after.
// Shows that it is loading the first time, and a failure in words with a button to try again.
import { button, el, fill } from './dom.js';
import { explain, t } from './text.js';

// `work()` does the requests and drawing; `place` is the element that shows loading and failure.
// With `quiet`, something useful is there already and only a failure is shown.
export function loader(place, work, quiet = false) {
	let running = false;
	let again = false;
	let ready = quiet;

	async function load() {
		if (running) {
			again = true;
			return;
		}
		running = true;
		if (!ready)
			fill(place, el('p', { class: 'loading', role: 'status' }, t('load.busy')));
		try {
			await work();
			ready = true;
			fill(place);
		} catch (problem) {
			if (problem.status === undefined)
				throw problem;
			fill(place, el('div', { class: 'failure', role: 'alert' },
				el('p', {}, t('load.failed'), ' ', explain(problem)),
				button({ onclick: load }, t('load.retry'))));
		} finally {
			place.hidden = !place.hasChildNodes();
			running = false;
		}
		if (again) {
			again = false;
			await load();
		}
	}
	return load;
}
