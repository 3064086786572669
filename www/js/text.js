// text: every word a page shows comes from words.js through t(), so that a translation is one file.
import { words } from './words.js';

const plural = new Intl.PluralRules('en');

// The text of a key, with {name} replaced by params.name; `n` picks the plural form when the entry
// is an object of forms.
export function t(key, params = {}) {
	let entry = words[key];
	if (entry === undefined)
		return key;
	if (typeof entry === 'object')
		entry = entry[plural.select(params.n)] ?? entry.other;
	return entry.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? '');
}

// What to say about a failed call: our own sentence for what a person can do something about,
// otherwise the server's.
export function explain(problem) {
	if (problem.errors?.length)
		return problem.errors.map((e) => e.message).join(' ');
	const key = `problem.${problem.code}`;
	if (key in words)
		return t(key, { wait: problem.retryAfter ? waiting(problem.retryAfter) : t('wait.moment') });
	return problem.detail || t('problem.other');
}

function waiting(seconds) {
	if (seconds < 90)
		return t('wait.seconds', { n: Math.ceil(seconds) });
	return t('wait.minutes', { n: Math.ceil(seconds / 60) });
}

// Fills a page's static words: data-t="key" is the text, data-t-label the accessible name,
// data-t-hint the placeholder.
export function fillWords(root = document) {
	for (const node of root.querySelectorAll('[data-t]'))
		node.textContent = t(node.dataset.t);
	for (const node of root.querySelectorAll('[data-t-label]'))
		node.setAttribute('aria-label', t(node.dataset.tLabel));
	for (const node of root.querySelectorAll('[data-t-hint]'))
		node.setAttribute('placeholder', t(node.dataset.tHint));
}
