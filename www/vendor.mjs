// vendor: copies the few files that browsers load out of node_modules/ into vendor/, so that nginx
// serves those and nothing else of what npm installed. Runs after every npm ci.
import { cp, mkdir, rm } from 'node:fs/promises';

const files = {
	'@picocss/pico/css/pico.min.css': 'pico.min.css',
	'@picocss/pico/LICENSE.md': 'pico.LICENSE.md',
};

const here = new URL('.', import.meta.url);
await rm(new URL('vendor/', here), { recursive: true, force: true });
await mkdir(new URL('vendor/', here), { recursive: true });
for (const [from, to] of Object.entries(files))
	await cp(new URL(`node_modules/${from}`, here), new URL(`vendor/${to}`, here));
