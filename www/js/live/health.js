// health: asks the server whether the way from its database to the streams works. Streams are told
// by the push daemon; this is for polls, which are not, and for when our own writes do not come back.
export async function healthy() {
	try {
		const { dependencies } = await (await fetch('/health')).json();
		const way = ['redis', 'push', 'worker', 'canary'];
		return !way.some((name) => ['down', 'late'].includes(dependencies[name]));
	} catch {
		return false;
	}
}
