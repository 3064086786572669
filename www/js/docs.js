// docs: the page at /docs/: renders /openapi.json, which is generated from the route tables, and the
// two tables that OpenAPI has no place for: event types and what became of socket messages.
import { $, $$, el, fill } from './dom.js';
import { send } from './http.js';
import { loader } from './loader.js';
import { events, sockets } from './docs-tables.js';
import { fillWords, t } from './text.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

// "string (uuid)", "array of object", "accept | deny": a schema in a few words.
function inWords(schema = {}) {
	if (schema.$ref)
		return schema.$ref.split('/').at(-1);
	if (schema.enum)
		return schema.enum.join(' | ');
	const type = [schema.type].flat().filter((name) => name && name !== 'null').join(' or ');
	if (type === 'array')
		return `array of ${inWords(schema.items)}`;
	const least = schema.minimum ?? schema.minLength ?? '';
	const most = schema.maximum ?? schema.maxLength ?? '';
	const range = least !== '' || most !== '' ? ` ${least}–${most}` : '';
	return `${type}${schema.format ? ` (${schema.format})` : ''}${range}`;
}

function fieldRow(name, schema, required, text) {
	return el('tr', {},
		el('td', {}, el('code', {}, name), required && el('em', {}, ` ${t('docs.required')}`)),
		el('td', {}, inWords(schema)), el('td', {}, text ?? schema?.description ?? ''));
}

function fields(title, rows) {
	if (!rows.length)
		return null;
	return [el('h3', {}, title), el('div', { class: 'wide' }, el('table', {}, el('tbody', {}, rows)))];
}

function resolve(api, schema) {
	if (!schema?.$ref)
		return schema;
	return schema.$ref.slice(2).split('/').reduce((at, key) => at?.[key], api);
}

function parameterRow(api, parameter) {
	const { name, in: where, schema, required, description } = resolve(api, parameter);
	return fieldRow(name, schema, required, [where, description].filter(Boolean).join(': '));
}

function answerRow(api, status, answer) {
	return el('tr', {}, el('td', {}, el('code', {}, status)),
		el('td', {}, resolve(api, answer).description ?? ''));
}

function callOf(api, path, method, call) {
	const body = resolve(api, call.requestBody?.content?.['application/json']?.schema);
	const who = call['x-who'] ?? [];
	const text = `${method} ${path} ${call.summary ?? ''}`.toLowerCase();
	return el('details', { class: 'call', data: { text } },
		el('summary', {}, el('span', { class: `method ${method}` }, method.toUpperCase()),
			el('code', {}, path), el('span', { class: 'summary' }, call.summary ?? '')),
		call.description && el('p', {}, call.description),
		who.length > 0 && el('p', {}, `${t('docs.who')}: ${[who].flat().join(', ')}`),
		fields(t('docs.parameters'), (call.parameters ?? []).map((p) => parameterRow(api, p))),
		fields(t('docs.body'), Object.entries(body?.properties ?? {})
			.map(([name, schema]) => fieldRow(name, schema, body.required?.includes(name)))),
		fields(t('docs.answers'), Object.entries(call.responses ?? {})
			.map(([status, answer]) => answerRow(api, status, answer))));
}

function group(api, tag, calls) {
	return el('section', { class: 'area' }, el('h2', {}, tag),
		calls.map(({ path, method, call }) => callOf(api, path, method, call)));
}

function draw(api) {
	const byTag = new Map();
	for (const [path, item] of Object.entries(api.paths))
		for (const method of METHODS.filter((m) => item[m])) {
			const tag = item[method].tags?.[0] ?? '';
			byTag.set(tag, [...byTag.get(tag) ?? [], { path, method, call: item[method] }]);
		}
	$('#version').textContent = [api.info.title, api.info.version].join(' ');
	fill($('#calls'), [...byTag].map(([tag, calls]) => group(api, tag, calls)));
}

function table(place, heads, rows) {
	const head = el('tr', {}, heads.map((text) => el('th', { scope: 'col' }, text)));
	const body = rows.map(([name, text]) =>
		el('tr', {}, el('td', {}, el('code', {}, name)), el('td', {}, text)));
	fill(place, el('thead', {}, head), el('tbody', {}, body));
}

$('#find').addEventListener('input', ({ target }) => {
	const wanted = target.value.trim().toLowerCase();
	for (const call of $$('.call'))
		call.hidden = !call.dataset.text.includes(wanted);
	for (const area of $$('.area'))
		area.hidden = !$('.call:not([hidden])', area);
	$('#none').hidden = Boolean($('.call:not([hidden])'));
});

fillWords();
table($('#events table'), [t('docs.type'), t('docs.topics')], events);
table($('#sockets table'), [t('docs.message'), t('docs.call')], sockets);
loader($('#load'), async () => draw(await send('GET', '/openapi.json')))();
