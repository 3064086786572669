// tablet: what makes this browser a gate tablet: its device token, and what the server says of it:
// its name, its society, the guards who may sign in on it. The token only identifies the tablet; for
// anything else a guard's PIN is needed.
import { send } from './http.js';

const KEY = 'gatehouse.tablet';

export function tablet() {
	try {
		return JSON.parse(localStorage.getItem(KEY));
	} catch {
		return null;
	}
}

// Makes this browser the tablet of a device token. Throws the Problem when the server does not know
// the token.
export async function registerTablet(token) {
	const { device_name: name, society_name: society, guards } = await send('POST', '/v1/auth/tablet',
		{ body: { device_token: token } });
	const next = { token, name, society, guards };
	localStorage.setItem(KEY, JSON.stringify(next));
	return next;
}
