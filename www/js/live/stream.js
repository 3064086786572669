// stream: one connection to /api/sse/events, read with fetch instead of EventSource. EventSource
// hides the keep-alive comments, so it cannot tell a quiet stream from a dead one; it hides the
// status of a refusal; and it gives up for good on one. Here silence, statuses and the ids of
// keep-alives are seen. Deciding what to do about them is source.js's job.

// Parses text/event-stream (WHATWG HTML 9.2.6): feed it text, it calls back per message.
export class Parser {
	constructor({ onMessage, onId, onRetry }) {
		Object.assign(this, { onMessage, onId, onRetry, rest: '', data: [], id: null });
	}

	feed(text) {
		const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
		this.rest = lines.pop();
		for (const line of lines)
			this.line(line);
	}

	line(line) {
		if (line === '') {
			this.dispatch();
			return;
		}
		const colon = line.indexOf(':');
		const name = colon < 0 ? line : line.slice(0, colon);
		const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
		if (name === 'data')
			this.data.push(value);
		else if (name === 'id' && !value.includes('\0'))
			this.id = value;
		else if (name === 'retry' && /^\d+$/.test(value))
			this.onRetry(Number(value));
	}

	dispatch() {
		const data = this.data;
		this.data = [];
		if (this.id !== null)
			this.onId(this.id);
		if (data.length)
			this.onMessage(data.join('\n'), this.id);
	}
}

// Opens the stream after the event `last` (null: from now). Calls `onMessage(text, id)` per message,
// `onId(id)` when the position moves, `onBytes()` for anything that arrives, and once, at the end,
// `onEnd({ status, retry })`: status 0 when nothing answered, retry in ms or null.
export function openStream(last, { onMessage, onId, onBytes, onEnd }) {
	const abort = new AbortController();
	let retry = null;
	let status = 0;
	const parser = new Parser({ onMessage, onId, onRetry: (ms) => { retry = ms; } });

	async function read() {
		const from = last ? `?last_event_id=${encodeURIComponent(last)}` : '';
		const answer = await fetch(`/api/sse/events${from}`, {
			headers: { Accept: 'text/event-stream' }, cache: 'no-store', signal: abort.signal,
		});
		status = answer.status;
		const after = Number(answer.headers.get('Retry-After'));
		if (after)
			retry = after * 1000;
		if (!answer.ok || !answer.body) {
			await answer.body?.cancel();
			return;
		}
		const text = new TextDecoder();
		const reader = answer.body.getReader();
		for (;;) {
			const { done, value } = await reader.read();
			if (done)
				return;
			onBytes();
			parser.feed(text.decode(value, { stream: true }));
			if (abort.signal.aborted)
				return;
		}
	}

	read().catch(() => {}).then(() => {
		if (!abort.signal.aborted)
			onEnd({ status, retry });
	});
	return { close: () => abort.abort() };
}
