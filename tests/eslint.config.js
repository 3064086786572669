// Faults in the JavaScript of the pages and the tests; how it looks is the reader's business.
const browser = ['window', 'document', 'navigator', 'location', 'history', 'fetch', 'EventSource', 'console',
	'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'queueMicrotask', 'requestAnimationFrame',
	'cancelAnimationFrame', 'localStorage', 'sessionStorage', 'crypto', 'URL', 'URLSearchParams', 'Headers',
	'Request', 'Response', 'AbortController', 'AbortSignal', 'BroadcastChannel', 'CustomEvent', 'Event',
	'EventTarget', 'MessageChannel', 'MutationObserver', 'ResizeObserver', 'IntersectionObserver', 'Audio',
	'AudioContext', 'Notification', 'FormData', 'Blob', 'File', 'FileReader', 'Image', 'Intl', 'HTMLElement',
	'customElements', 'matchMedia', 'getComputedStyle', 'performance', 'structuredClone', 'TextEncoder',
	'TextDecoder', 'indexedDB', 'caches', 'self', 'clients', 'screen', 'speechSynthesis', 'DOMException',
	'innerWidth', 'innerHeight', 'devicePixelRatio', 'addEventListener', 'removeEventListener', 'dispatchEvent',
	'Node', 'Element', 'btoa', 'atob', 'print', 'KeyboardEvent', 'PointerEvent', 'isSecureContext',
	'BarcodeDetector', 'scrollTo', 'DOMParser', 'reportError', 'ServiceWorkerGlobalScope'];
const node = ['process', 'console', 'Buffer', 'URL', 'URLSearchParams', 'fetch', 'setTimeout', 'clearTimeout',
	'setInterval', 'clearInterval', 'setImmediate', 'TextDecoder', 'TextEncoder', 'AbortController',
	'AbortSignal', 'performance', 'crypto', 'globalThis', 'EventSource', 'WebSocket', 'Response', 'Headers'];
const named = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

const rules = {
	'no-undef': 'error', 'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
	'no-const-assign': 'error', 'no-dupe-keys': 'error', 'no-dupe-args': 'error', 'no-duplicate-case': 'error',
	'no-unreachable': 'error', 'no-redeclare': 'error', 'no-fallthrough': 'error', 'no-self-assign': 'error',
	'no-unsafe-finally': 'error', 'no-unsafe-negation': 'error', 'valid-typeof': 'error', 'use-isnan': 'error',
	'no-eval': 'error', 'no-implied-eval': 'error', 'no-new-func': 'error', 'no-var': 'error',
	'prefer-const': 'error', eqeqeq: ['error', 'smart'], 'no-async-promise-executor': 'error',
	'no-cond-assign': ['error', 'except-parens'], 'no-sparse-arrays': 'error', 'no-shadow-restricted-names': 'error',
	'no-restricted-properties': ['error', { property: 'innerHTML', message: 'text is not markup: build elements' },
		{ property: 'outerHTML', message: 'text is not markup: build elements' }],
};

export default [
	{ ignores: ['**/node_modules/**', '**/vendor/**'] },
	{ files: ['www/**/*.js'], languageOptions: { sourceType: 'module', globals: named(browser) }, rules },
	{ files: ['www/*.mjs', 'tests/**/*.mjs', 'tests/**/*.js'],
		languageOptions: { sourceType: 'module', globals: named([...node, ...browser]) }, rules },
];
