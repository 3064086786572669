// visitors: what a page knows of visitors, merged from lists and from events in whatever order they
// come. A visitor's status only moves forward (pending, accepted, checked in, ended), so of two
// statements the one further on is the newer: an old list can never undo an event.

const ENDED = 3;
const RANK = {
	pending: 0, accepted: 1, checked_in: 2,
	denied: ENDED, expired: ENDED, cancelled: ENDED, checked_out: ENDED,
};

const STATUS_OF = {
	visitor_request: 'pending', request_approved: 'accepted', request_denied: 'denied',
	request_expired: 'expired', request_cancelled: 'cancelled', visitor_expected: 'accepted',
	visitor_checked_in: 'checked_in', visitor_checked_out: 'checked_out',
};

// The part of a visitor that an event tells, or null when it is not about one.
export function fromEvent(event) {
	const status = STATUS_OF[event.type];
	if (!status)
		return null;
	if (status.startsWith('checked_'))
		return fromVisit(event.data);
	const { visitor_id: id, approver_name: responder, timestamp, decision, ...rest } = event.data;
	const part = { ...rest, id, status };
	if (decision)
		Object.assign(part, { responder_name: responder, decided_at: timestamp });
	return part;
}

// The part of a visitor that a visit tells.
export function fromVisit(visit) {
	const { id, visitor_id: visitorId, ...rest } = visit;
	const status = visit.checked_out_at ? 'checked_out' : 'checked_in';
	return { ...rest, id: visitorId, visit_id: id, status };
}

// Whether he came without being expected: only those wait for an answer.
export const isWalkIn = (visitor) => Boolean(visitor.approval_deadline);

// Compares two visitors by one of their instants or ids; missing ones come first.
export function by(name, a, b) {
	const [x, y] = [a[name] ?? '', b[name] ?? ''];
	return Number(x > y) - Number(x < y);
}

export class Visitors {
	constructor() {
		this.byId = new Map();
		this.touched = new Set(); // since the load in progress began
	}

	get(id) {
		return this.byId.get(id);
	}

	// Takes in what is told of a visitor; one that changes becomes another object, so that whoever
	// draws him can tell by identity. Returns what there was before (undefined: not known), or
	// null when nothing changed.
	merge(part) {
		const before = this.byId.get(part.id);
		this.touched.add(part.id);
		const next = { ...before };
		const older = before && RANK[part.status] < RANK[before.status];
		let changed = !before;
		for (const [name, value] of Object.entries(part)) {
			const known = next[name] ?? null;
			if (known !== null && (older || (value ?? null) === null))
				continue;
			if (value !== undefined && JSON.stringify(next[name]) !== JSON.stringify(value)) {
				next[name] = value;
				changed = true;
			}
		}
		if (!changed)
			return null;
		this.byId.set(part.id, next);
		return before;
	}

	// A load is begun before its requests go out and ended with everything they brought: who has not
	// ended, is not in it and was not heard of meanwhile is gone.
	begin() {
		this.touched = new Set();
	}

	finish(parts) {
		for (const part of parts)
			this.merge(part);
		for (const [id, visitor] of this.byId)
			if (!this.touched.has(id) && RANK[visitor.status] < ENDED)
				this.byId.delete(id);
	}

	// Forgets the ended ones that `gone` names, so that a page open for weeks stays small.
	prune(gone) {
		for (const [id, visitor] of this.byId)
			if (RANK[visitor.status] === ENDED && gone(visitor))
				this.byId.delete(id);
	}

	list(filter, compare) {
		return [...this.byId.values()].filter(filter).sort(compare);
	}
}
