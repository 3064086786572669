// tablet: what makes this browser a gate tablet: its device token and name, and who signed in on it
// lately. The token identifies the tablet; a guard's PIN is still needed for anything.
const KEY = 'gatehouse.tablet';

export function tablet() {
	try {
		return JSON.parse(localStorage.getItem(KEY));
	} catch {
		return null;
	}
}

export function registerTablet(token, name) {
	localStorage.setItem(KEY, JSON.stringify({ token, name, guards: [] }));
}

export function rememberGuard(guard) {
	const known = tablet();
	if (!known || !guard?.id)
		return;
	known.guards = [{ id: guard.id, name: guard.name }, ...known.guards.filter((g) => g.id !== guard.id)].slice(0, 12);
	localStorage.setItem(KEY, JSON.stringify(known));
}
