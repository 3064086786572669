// site: a running Gatehouse for tests in JavaScript: the one scripts/test shares
// (GATEHOUSE_TEST_URL, GATEHOUSE_TEST_VAR), or one of the test's own with settings of its own. The
// people and places come from Gatehouse::World, as in the tests in Perl.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, chmodSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

// Rows that a fresh world is made of, told as JSON.
const MAKE_WORLD = `
	use Gatehouse::Server; use Gatehouse::World; use JSON::PP;
	my ($url, $var) = @ARGV;
	my $w = Gatehouse::World->fresh(Gatehouse::Server->attach($url, $var));
	my %w = map { $_ => $w->$_ } qw(society_id guard_id tablet_id tablet_token pin);
	$w{flats} = $w->{flats};
	$w{people} = { map {
		$_ => { email => $w->email($_), password => $w->password($_), id => $w->user_id($_) }
	} keys %{ $w->{people} } };
	print JSON::PP->new->utf8->encode(\\%w);
`;

function settingsOfTests() {
	const lines = readFileSync(join(root, 'tests/lib/test.env'), 'utf8').split('\n');
	const settings = lines.map((line) => /^(\w+)=(.*)$/.exec(line)).filter(Boolean);
	return Object.fromEntries(settings.map(([, name, value]) => [name, value]));
}

// A port below the range that the kernel gives to others.
async function freePort() {
	for (;;) {
		const port = 20000 + Math.floor(Math.random() * 12000);
		const free = await new Promise((done) => {
			const server = createServer().once('error', () => done(false));
			server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
		});
		if (free)
			return port;
	}
}

function script(name, args, env) {
	return new Promise((done, fail) => {
		const child = spawn(join(root, 'scripts', name), args, { env: { ...process.env, ...env } });
		let output = '';
		child.stdout.on('data', (text) => { output += text; });
		child.stderr.on('data', (text) => { output += text; });
		child.on('close', (code) => (code ? fail(new Error(`${name}: ${output}`)) : done(output)));
	});
}

class Site {
	constructor(url, dir, own) {
		Object.assign(this, { url, dir, own });
	}

	// A society with flats 101 to 104, residents, a guard and a tablet, of this test's own.
	world() {
		const made = spawnSync('perl', ['-I', join(root, 'tests/lib'), '-e', MAKE_WORLD, this.url, this.dir],
			{ encoding: 'utf8' });
		if (made.status)
			throw new Error(made.stderr);
		return JSON.parse(made.stdout);
	}

	// Rows of a statement run as the superuser, each a line of fields split by |.
	sql(text) {
		const done = spawnSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', join(this.dir, 'run'),
			'-U', 'gatehouse', '-d', 'gatehouse', '-c', text], { encoding: 'utf8' });
		if (done.status)
			throw new Error(done.stderr);
		return done.stdout.trim();
	}

	// The pid of scripts/keep for a service, and of the program it keeps.
	keep(service) {
		return Number(readFileSync(join(this.dir, 'run', `${service}.keep`), 'utf8').split(' ')[0]);
	}

	program(service) {
		const keep = this.keep(service);
		return Number(readFileSync(`/proc/${keep}/task/${keep}/children`, 'utf8').split(' ')[0]);
	}

	// Takes a service away until bring() is called.
	take(service) {
		const pid = this.program(service);
		process.kill(this.keep(service), 'SIGSTOP');
		process.kill(pid, 'SIGKILL');
	}

	bring(service) {
		process.kill(this.keep(service), 'SIGCONT');
	}

	async stop() {
		if (!this.own)
			return;
		await script('stop', [], { GATEHOUSE_VAR: this.dir });
		rmSync(this.dir, { recursive: true, force: true });
	}
}

// A new one; `settings` are added to those of tests.
export async function startSite(settings = {}) {
	const dir = mkdtempSync(join(process.env.GATEHOUSE_TEST_TMP || tmpdir(), 'gh'));
	chmodSync(dir, 0o755);
	const port = await freePort();
	const place = { GATEHOUSE_VAR: dir, PORT: String(port) };
	await script('run', ['--detach'], { ...settingsOfTests(), ...settings, ...place });
	return new Site(`http://localhost:${port}`, dir, true);
}

export async function sharedSite() {
	const { GATEHOUSE_TEST_URL: url, GATEHOUSE_TEST_VAR: dir } = process.env;
	// Web Locks and the like need a secure context: localhost is one by name as well.
	return url ? new Site(url.replace('127.0.0.1', 'localhost'), dir, false) : startSite();
}
