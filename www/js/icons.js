// icons: small line drawings as inline SVG, so that they take the colour of the text beside them and
// need no request. Each is a list of path data on a 24 × 24 grid.
const dot = (x, y) => `M${x} ${y - 1}a1 1 0 1 0 0 2a1 1 0 0 0 0-2z`;

const paths = {
	check: ['M4 12.5l5.5 5.5L20 7'],
	cross: ['M6 6l12 12', 'M18 6L6 18'],
	clock: ['M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z', 'M12 7v5l3.5 2'],
	bell: ['M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15z', 'M10 21h4'],
	person: ['M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8z', 'M4 21c0-4 3.6-6 8-6s8 2 8 6'],
	people: ['M9 5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7z', 'M2.5 20c0-3.5 2.9-5.5 6.5-5.5s6.5 2 6.5 5.5',
		'M16 5.3a3.5 3.5 0 0 1 0 6.4', 'M18 14.8c2.2.7 3.5 2.5 3.5 5.2'],
	box: ['M4 8l8-4l8 4v8.5l-8 4l-8-4z', 'M4 8l8 4l8-4', 'M12 12v8.5', 'M8 6l8 4'],
	cab: ['M3 16v-3.5l2-1l2-4.5h10l2 4.5l2 1V16z', 'M7 16v2M17 16v2', 'M5 11.5h14', 'M10 4h4v3h-4z'],
	tool: ['M14.5 6.5a4 4 0 0 1 5-1l-2.8 2.8l.3 1.7l1.7.3L21.5 7.5a4 4 0 0 1-5.5 5'
		+ 'l-7.5 7.5a2 2 0 0 1-3-3l7.5-7.5a4 4 0 0 1 1.5-3z'],
	dots: [5, 12, 19].map((x) => dot(x, 12)),
	search: ['M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14z', 'M16 16l5 5'],
	keypad: [5, 12, 19].flatMap((y) => [5, 12, 19].map((x) => dot(x, y))),
	erase: ['M9 5h11v14H9l-6-7z', 'M12 9.5l5 5', 'M17 9.5l-5 5'],
	enter: ['M10 17l5-5l-5-5', 'M15 12H3', 'M13 4h6v16h-6'],
	leave: ['M14 17l5-5l-5-5', 'M19 12H8', 'M11 4H5v16h6'],
	plus: ['M12 5v14', 'M5 12h14'],
	share: ['M12 15V3.5', 'M7.5 8L12 3.5L16.5 8', 'M5 12v8h14v-8'],
	copy: ['M9 9h11v11H9z', 'M5 15H4V4h11v1'],
	car: ['M3 16v-3.5l2-1l2-4.5h10l2 4.5l2 1V16z', 'M7 16v2', 'M17 16v2', 'M5 11.5h14'],
	warn: ['M12 4L2.5 20h19z', 'M12 10v4.5', 'M12 17.5h.01'],
	pause: ['M8 5v14', 'M16 5v14'],
	offline: ['M3 3l18 18', 'M5 12.5a10 10 0 0 1 4-2.4M19 12.5a10 10 0 0 0-5-2.7', 'M8.5 16a5 5 0 0 1 7 0',
		'M12 19.5h.01', 'M2 9a15 15 0 0 1 4.5-2.8M22 9a15 15 0 0 0-11-3.9'],
	home: ['M4 11l8-7l8 7v9.5h-5.5V14h-5v6.5H4z'],
	gate: ['M4 21V11a8 8 0 0 1 16 0v10', 'M9 21v-9', 'M15 21v-9', 'M12 21V3', 'M2 21h20'],
	history: ['M4 12a8 8 0 1 0 2.5-5.800', 'M4 4v4h4', 'M12 8v4.5l3 2'],
	calendar: ['M4 6h16v14H4z', 'M4 10h16', 'M8 3.5v4', 'M16 3.5v4'],
	again: ['M20 12a8 8 0 1 1-2.5-5.800', 'M20 4v4h-4'],
	phone: ['M6 3.5h4l1.5 5l-2.5 1.5a11 11 0 0 0 5 5l1.5-2.5l5 1.5v4a2 2 0 0 1-2 2'
		+ 'C11 20 4 13 4 5.5a2 2 0 0 1 2-2z'],
};

export function icon(name, extra = '') {
	const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
	svg.setAttribute('viewBox', '0 0 24 24');
	svg.setAttribute('class', `icon ${extra}`.trim());
	svg.setAttribute('aria-hidden', 'true');
	for (const d of paths[name]) {
		const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
		path.setAttribute('d', d);
		svg.append(path);
	}
	return svg;
}
