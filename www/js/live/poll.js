// poll: the same events by long-poll, for networks whose proxies hold a stream back. One request
// waits on the server until there is something; its answer carries where to go on.

// Calls `onBatch(events, last)` per answer until closed or a failure, then once
// `onEnd({ status, retry })`.
export function openPoll(last, { onBatch, onEnd }) {
	const abort = new AbortController();

	async function ask(since, wait) {
		const from = since ? `&since=${encodeURIComponent(since)}` : '';
		const url = `/api/events/poll?wait=${wait}${from}`;
		const timer = setTimeout(() => abort.abort('late'), 40000);
		try {
			const answer = await fetch(url, { cache: 'no-store', signal: abort.signal });
			const after = Number(answer.headers.get('Retry-After'));
			const batch = answer.ok ? await answer.json() : null;
			return { status: answer.status, retry: after ? after * 1000 : null, batch };
		} catch {
			return { status: 0, retry: null, batch: null };
		} finally {
			clearTimeout(timer);
		}
	}

	async function loop() {
		for (let wait = 0; ; wait = 25) { // the first answer, at once, proves that polling works
			const { status, retry, batch } = await ask(last, wait);
			if (abort.signal.aborted && abort.signal.reason !== 'late')
				return;
			if (!batch) {
				onEnd({ status, retry });
				return;
			}
			last = batch.last ?? last;
			onBatch(batch.events, last);
		}
	}

	loop();
	return { close: () => abort.abort('closed') };
}
