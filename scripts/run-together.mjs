// Runs npm scripts at the same time, as `npm run a && npm run b` would one after the other: what each prints is told whole when it ends, and the
// exit code is 1 where any of them failed.
import { spawn } from 'node:child_process';

const names = process.argv.slice(2);

/** What a script printed, and whether it succeeded. */
function run(name) {
  return new Promise((resolve) => {
    const script = spawn('npm', ['run', '--silent', name], {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    const printed = [];
    for (const stream of [script.stdout, script.stderr]) stream.setEncoding('utf8').on('data', (text) => printed.push(text));
    script.on('error', (error) => resolve({ printed: String(error), succeeded: false }));
    script.on('close', (code) => resolve({ printed: printed.join(''), succeeded: code === 0 }));
  });
}

await Promise.all(
  names.map(async (name) => {
    const { printed, succeeded } = await run(name);
    console.log(`${printed}${name}: ${succeeded ? 'passed' : 'FAILED'}`);
    if (!succeeded) process.exitCode = 1;
  }),
);
