/**
 * Serves one page from localhost, opens it in a headless Chromium and waits for what it sends back.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';

export interface Served {
  readonly type: string;
  readonly body: string | Uint8Array;
  /** Beside its type. */
  readonly headers?: Readonly<Record<string, string>>;
}

const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function browserPath(): string {
  const found = [process.env['CHROMIUM_PATH'] ?? '', ...browsers].find((path) => path !== '' && existsSync(path));
  if (found === undefined)
    throw new Error(`expected a Chromium at ${browsers.join(', ')} or where CHROMIUM_PATH says, found none`);
  return found;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * @param files  by path; the page is `/`, and sends its JSON to `/report`
 * @returns      that JSON
 */
export async function visit(files: Readonly<Record<string, Served>>, timeoutMs: number): Promise<unknown> {
  let deliver: (text: string) => void = () => undefined;
  const delivered = new Promise<string>((resolve) => (deliver = resolve));
  const server = createServer((request, response) => {
    if (request.method === 'POST' && request.url === '/report') {
      void textOf(request).then((text) => {
        response.end();
        deliver(text);
      });
      return;
    }
    const file = files[request.url ?? ''];
    response.writeHead(file === undefined ? 404 : 200, file === undefined ? {} : { 'content-type': file.type, ...file.headers });
    response.end(file?.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const profile = await mkdtemp(join(tmpdir(), 'readmission-browser-'));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const browser = spawn(browserPath(), [...flags, `--user-data-dir=${profile}`, url], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  browser.stderr.on('data', (chunk: Buffer) => (complaints = `${complaints}${chunk.toString('utf8')}`.slice(-4000)));
  const gone = once(browser, 'exit');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = (what: string): void => reject(new Error(`expected the page to report, found ${what}\n${complaints}`));
    timer = setTimeout(() => fail(`nothing within ${timeoutMs} ms`), timeoutMs);
    void gone.then(() => fail('that the browser ended'));
  });
  try {
    return JSON.parse(await Promise.race([delivered, late])) as unknown;
  } finally {
    clearTimeout(timer);
    browser.kill();
    await gone;
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
