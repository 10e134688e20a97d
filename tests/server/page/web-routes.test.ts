/** The page at `/`: which files, under which policy, for whom; and what stands there where it was not built. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readWebPage } from '../../../src/server/page/web-routes.ts';
import { closeAll, raw, serve } from '../support/served.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'readmission-web-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(folder, 'assets', 'page-0a1b.js'), 'export {};');
  await writeFile(join(folder, 'assets', 'page.css'), 'p {}');
  await writeFile(join(folder, 'assets', 'notes.txt'), 'not of the page');
});
afterEach(async () => {
  await closeAll();
  await rm(folder, { recursive: true, force: true });
});

describe('a page that was built', () => {
  test('is given to who accepts HTML, the paths to who accepts text', async () => {
    const { url } = await serve({ webPage: readWebPage(folder) });
    for (const accept of ['text/html,application/xhtml+xml,*/*;q=0.8', '*/*']) {
      const page = await fetch(url, { headers: { accept } });
      expect([page.status, await page.text()]).toEqual([200, '<!doctype html><title>page</title>']);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    }
    const text = await fetch(url, { headers: { accept: 'text/plain' } });
    expect(text.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await text.text()).toContain('/v1/worklist');
    expect((await fetch(url, { headers: { accept: 'application/json' } })).status).toBe(406);
  });

  test('may run nothing inline or foreign, be framed by nobody, be kept by nobody', async () => {
    const { url } = await serve({ webPage: readWebPage(folder) });
    const { headers } = await fetch(url);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect([headers.get('x-frame-options'), headers.get('cache-control'), headers.get('vary')]).toEqual([
      'DENY',
      'no-store',
      'Accept',
    ]);
  });

  test('gives the files it names and no other, from memory', async () => {
    const { url, port } = await serve({ webPage: readWebPage(folder) });
    await rm(folder, { recursive: true });
    const script = await fetch(`${url}/assets/page-0a1b.js`);
    expect([script.status, script.headers.get('content-type'), await script.text()]).toEqual([
      200,
      'text/javascript; charset=utf-8',
      'export {};',
    ]);
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await fetch(`${url}/assets/page.css`)).headers.get('content-type')).toBe('text/css; charset=utf-8');
    for (const name of ['notes.txt', 'nothing.js', 'constructor', '..%2findex.html', '%2e%2e%2findex.html', 'page.css%00'])
      expect([name, (await fetch(`${url}/assets/${name}`)).status]).toEqual([name, 404]);
    expect(await raw(port, 'GET /assets/../index.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 404/,
    );
  });

  test('is open and leaves no audit entry', async () => {
    const served = await serve({ webPage: readWebPage(folder) });
    await fetch(served.url);
    await fetch(`${served.url}/assets/page.css`);
    expect(served.audited).toEqual([]);
  });
});

test('a page that was not built: its sources are not served, the paths are', async () => {
  expect(readWebPage('src/web')).toBeNull();
  expect(readWebPage(join(folder, 'nowhere'))).toBeNull();
  const { url } = await serve({ webPage: null });
  const text = await (await fetch(url, { headers: { accept: '*/*' } })).text();
  expect(text).toContain('/openapi.json');
  expect((await fetch(`${url}/assets/page.css`)).status).toBe(404);
});
