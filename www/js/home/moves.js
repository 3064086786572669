// moves: what a resident does to a visitor, as calls. Each puts what the server answered into the
// page's store at once, without waiting for the event of it.
import { create, get, post } from '../api.js';
import * as live from '../live.js';

let take = () => {};
export const setStore = (f) => { take = f; };

// Answers a question. When somebody was faster, the store learns of that answer, and the problem
// goes on to the caller.
export async function respond(id, decision, note) {
	try {
		take(await post(`/v1/visitors/${id}/respond`, note ? { decision, note } : { decision }));
	} catch (problem) {
		if (problem.status === 409)
			take(await get(`/v1/visitors/${id}`));
		throw problem;
	}
}

export async function cancel(id) {
	take(await post(`/v1/visitors/${id}/cancel`, {}));
}

export async function invite(input, key) {
	const visitor = await create('/v1/visitors', input, key);
	live.expect(({ type, data }) => type === 'visitor_expected' && data.visitor_id === visitor.id);
	take(visitor);
	return visitor;
}

// Everything about a visitor that an event did not say.
export const complete = (id) => get(`/v1/visitors/${id}`).then(take, () => {});
