/**
 * A HAPI FHIR server of its own for one test file (scripts/hapi), ended whatever happens to the tests.
 *
 * Choice  the server watches its standard input, so that it ends with the process that started it, killed or not
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface HapiServer {
  /** Base address without a trailing slash. */
  readonly url: string;
  stop(): Promise<void>;
}

const script = fileURLToPath(new URL('../../scripts/hapi/run.sh', import.meta.url));

/** The most resources one search hands out, without a word about the rest (HapiServer.java; 400 and a look-ahead of 2). */
export const silentCap = 402;
/** Entries per page at most, whatever `_count` asks for. */
export const largestPage = 200;

/** @throws {Error} with what the server wrote, when it ends before it answers */
export async function startHapi(): Promise<HapiServer> {
  const child = spawn(script, ['--exit-with-stdin'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-4096)));
  const url = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => String(line)),
    closed.then(([status]) => {
      throw new Error(`expected HAPI to start, found exit status ${status}: ${said.trim()}`);
    }),
  ]);
  return {
    url,
    async stop() {
      child.stdin.end();
      await closed;
    },
  };
}
