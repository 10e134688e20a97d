/**
 * The command `serve` as a process of its own, from the sources as they are, and what it says in its log.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

export interface Server {
  readonly url: string;
  /** Lines of the log that tell of an error nobody foresaw, and whatever else was written to standard error. */
  faults(): string[];
  stop(): Promise<void>;
}

/** @throws {Error} with what it wrote, when it ends before it answers */
export async function startServer(options: readonly string[]): Promise<Server> {
  const command = process.env['READMISSION_TEST_COMMAND'] as string;
  const child = spawn(process.execPath, [command, 'serve', '--model', 'models/planted', '--json', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const faults: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    if (!line.startsWith('{') || line.includes('"code":"SERVER_FAULT"') || line.includes('"at":')) faults.push(line);
  });
  const first = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => String(line)),
    closed.then(([status]) => {
      throw new Error(`expected a server, found exit status ${status}: ${faults.join(' ')}`);
    }),
  ]);
  return {
    url: (JSON.parse(first) as { url: string }).url,
    faults: () => [...faults],
    async stop() {
      child.kill('SIGTERM');
      await closed;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The whole answer of a search. */
export function bundleOf(resources: readonly object[]): object {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: resources.length,
    entry: resources.map((resource) => ({ resource })),
  };
}
