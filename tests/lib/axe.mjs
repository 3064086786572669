// axe: axe-core in a page under a strict Content-Security-Policy: it is evaluated by the browser's
// debugger, not added to the page.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// What axe-core finds wrong in a page by WCAG 2.2 A and AA and its best practices, as lines.
export async function faults(page) {
	await page.evaluate(source);
	const { violations } = await page.evaluate(() =>
		globalThis.axe.run(document, { resultTypes: ['violations'] }));
	return violations.flatMap(({ id, nodes }) =>
		nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}
