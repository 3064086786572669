// moves: what a guard does to a visitor, as calls. Each tells the page at once what the server
// answered ('gate:visitor'), without waiting for the event of it.
import { create, get, post } from '../api.js';
import * as live from '../live.js';
import { fromVisit } from '../visitors.js';

let gate = '';
export const setGate = (name) => { gate = name; };

const dispatch = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const tell = (part) => dispatch('gate:visitor', part);

// Somebody at this tablet has taken notice of the answer.
export const markSeen = (id) => dispatch('gate:seen', id);

const about = (id, type) => (event) => event.type === type && event.data.visitor_id === id;

export async function announce(input, key) {
	const visitor = await create('/v1/visitors', input, key);
	live.expect(about(visitor.id, 'visitor_request'));
	tell(visitor);
	return visitor;
}

// A move that was refused because somebody else was first shows what is now.
async function orShowCurrent(id, move) {
	try {
		return await move();
	} catch (problem) {
		if (problem.status === 409 && id)
			get(`/v1/visitors/${id}`).then(tell, () => {});
		throw problem;
	}
}

export async function cancel(id) {
	const visitor = await orShowCurrent(id, () => post(`/v1/visitors/${id}/cancel`, {}));
	markSeen(id);
	tell(visitor);
	return visitor;
}

// `who` is { visitor_id } or { invite_code }.
export async function checkIn(who) {
	const visit = await orShowCurrent(who.visitor_id,
		() => create('/v1/visits/checkin', { ...who, gate }));
	tell(fromVisit(visit));
	return visit;
}

export async function checkOut(id) {
	const visit = await orShowCurrent(id, () => post('/v1/visits/checkout', { visitor_id: id }));
	tell(fromVisit(visit));
	return visit;
}
