// dom: building elements without a framework. Text always goes in as text nodes, never as HTML, so
// nothing a visitor calls himself can become markup. No style attributes: the CSP forbids them.

// el('button', { class: 'x', onclick: f, 'aria-label': '…', hidden: true }, child, [children], 'text')
// Booleans set or leave out the attribute; on… are listeners; data is a dataset; value, checked,
// disabled and their like are set as properties by the attribute of that name.
export function el(tag, attributes = {}, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (value === undefined || value === null || value === false)
			continue;
		if (name.startsWith('on'))
			node.addEventListener(name.slice(2), value);
		else if (name === 'data')
			Object.assign(node.dataset, value);
		else
			node.setAttribute(name, value === true ? '' : value);
	}
	node.append(...flat(children));
	return node;
}

export function button(attributes, ...children) {
	return el('button', { type: 'button', ...attributes }, ...children);
}

function flat(children) {
	return children.flat(3).filter((c) => c !== undefined && c !== null && c !== false && c !== '');
}

export function fill(node, ...children) {
	node.replaceChildren(...flat(children));
	return node;
}

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// Makes `parent` show `items` in order, keeping the elements of items that stay, so that focus,
// open details and running animations survive an update. `draw(item, old)` returns the element for
// an item: `old` itself when nothing in it changed.
export function reconcile(parent, items, key, draw) {
	const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
	const kept = new Set(items.map((item) => String(key(item))));
	for (const [k, child] of old)
		if (!kept.has(k))
			child.remove();
	let at = parent.firstElementChild;
	for (const item of items) {
		const k = String(key(item));
		const before = old.get(k);
		const node = draw(item, before);
		node.dataset.key = k;
		if (node === at) {
			at = at.nextElementSibling;
			continue;
		}
		const focused = before ? focusPath(before) : null;
		if (before === at && before) {
			at = at.nextElementSibling;
			before.replaceWith(node);
		} else {
			before?.remove();
			parent.insertBefore(node, at);
		}
		refocus(node, focused);
	}
}

// What inside `node` has the focus, by its data-focus name.
function focusPath(node) {
	const active = document.activeElement;
	return node.contains(active) ? active.dataset.focus ?? '' : null;
}

function refocus(node, name) {
	if (name === null)
		return;
	const target = (name && node.querySelector(`[data-focus="${name}"]`))
		|| node.querySelector('button, a[href], input');
	target?.focus({ preventScroll: true });
}

// Says something to screen readers without showing it. `urgent` interrupts.
export function say(text, urgent = false) {
	const id = urgent ? 'say-urgent' : 'say';
	let node = document.getElementById(id);
	if (!node) {
		node = el('div', { id, class: 'unseen', role: urgent ? 'alert' : 'status' });
		document.body.append(node);
	}
	node.textContent = '';
	requestAnimationFrame(() => { node.textContent = text; });
}

// What has been filled in of a form: name => text, without blanks around it and without empty fields.
export function given(form) {
	const fields = [...new FormData(form)].map(([name, text]) => [name, text.trim()]);
	return Object.fromEntries(fields.filter(([, text]) => text));
}
