// sound: short tones made on the spot, and vibration, so that an answer is noticed by somebody who
// is not looking. Browsers allow sound only after a first touch; until then there is none.
let context = null;

function unlock() {
	context ??= new (window.AudioContext ?? window.webkitAudioContext)();
	if (context.state === 'suspended')
		context.resume().catch(() => {});
}

for (const type of ['pointerdown', 'keydown'])
	addEventListener(type, unlock, { passive: true });

// Frequencies in Hz, one after the other; vibration in ms on, off, on.
const signals = {
	accepted: { notes: [660, 880, 1100], buzz: [120, 60, 240] },
	denied: { notes: [392, 262, 262], buzz: [400, 120, 400] },
	expired: { notes: [440, 440], buzz: [200, 100, 200] },
	request: { notes: [784, 622, 784, 622], buzz: [300, 150, 300, 150, 300] },
	done: { notes: [880], buzz: [60] },
};

export function signal(name) {
	const { notes, buzz } = signals[name];
	navigator.vibrate?.(buzz);
	if (context?.state !== 'running')
		return;
	notes.forEach((frequency, i) => note(frequency, context.currentTime + i * 0.18));
}

function note(frequency, at) {
	const tone = context.createOscillator();
	const volume = context.createGain();
	tone.type = 'triangle';
	tone.frequency.value = frequency;
	volume.gain.setValueAtTime(0, at);
	volume.gain.linearRampToValueAtTime(0.4, at + 0.02);
	volume.gain.exponentialRampToValueAtTime(0.001, at + 0.17);
	tone.connect(volume).connect(context.destination);
	tone.start(at);
	tone.stop(at + 0.18);
}
