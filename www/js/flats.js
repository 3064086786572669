// flats: the flats of a society for the guard's pad, walked once through the tree (society, complex,
// block, flat) and kept on the tablet, so that a new visitor never waits for it. Also the flats
// announced to lately, on this tablet.
import { all } from './api.js';

const RECENT = 8;

async function walk(societyId) {
	const flats = [];
	const complexes = await all('/v1/complexes', { society_id: societyId });
	for (const complex of complexes) {
		const blocks = await all('/v1/blocks', { complex_id: complex.id });
		for (const block of blocks)
			for (const flat of await all('/v1/flats', { block_id: block.id }))
				flats.push({ id: flat.id, number: flat.flat_number, block: block.name });
	}
	return flats.sort((a, b) => a.number.localeCompare(b.number, undefined, { numeric: true })
		|| a.block.localeCompare(b.block));
}

function stored(key) {
	try {
		return JSON.parse(localStorage.getItem(key)) ?? [];
	} catch {
		return [];
	}
}

// Calls `use(flats)` with what is remembered, at once, and again when the server says otherwise.
export async function loadFlats(societyId, use) {
	const key = `gatehouse.flats.${societyId}`;
	const known = stored(key);
	if (known.length)
		use(known);
	const flats = await walk(societyId);
	const text = JSON.stringify(flats);
	if (text !== JSON.stringify(known) || !known.length) {
		localStorage.setItem(key, text);
		use(flats);
	}
}

// What a flat is called: with its block where a number alone is not clear.
export function flatName(flat, flats) {
	return flats.some((other) => other.number === flat.number && other.id !== flat.id)
		? `${flat.number} · ${flat.block}` : flat.number;
}

export const recentFlats = () => stored('gatehouse.recent');

export function rememberFlat(id) {
	const ids = [id, ...recentFlats().filter((other) => other !== id)].slice(0, RECENT);
	localStorage.setItem('gatehouse.recent', JSON.stringify(ids));
}
