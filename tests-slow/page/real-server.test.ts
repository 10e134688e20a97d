/** The page over the server as it is built, with the records and the model of this repository. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPatient, opener, seriousFindings, shownText } from './browser.ts';

const start = opener();

let server: ChildProcess;
let url: string;
let state: string;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'readmission-page-'));
  const flags = ['--data', 'synthea-data', '--model', 'models/planted', '--port', '0', '--state', join(state, 'state'), '--json'];
  server = spawn(process.execPath, ['dist/cli/main.js', 'serve', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  server.stderr?.on('data', (part: Buffer) => (complaints += part.toString('utf8')));
  const line = await Promise.race([
    once(server.stdout as NodeJS.ReadableStream, 'data').then(([part]) => String(part)),
    once(server, 'exit').then(() =>
      Promise.reject(new Error(`expected the server to start, found that it ended\n${complaints}`)),
    ),
  ]);
  ({ url } = JSON.parse(line) as { url: string });
}, 180_000);
afterAll(async () => {
  server.kill('SIGTERM');
  await once(server, 'exit');
  await rm(state, { recursive: true, force: true });
});

test('worklist, patient, what if, model', async () => {
  const { page, foreign, complaints, addresses } = await start({}, {}, '/', url);
  await page.locator('.ranked').waitFor({ timeout: 120_000 });
  const text = await shownText(page);
  const numbers =
    /(\d[\d,]*)\u00a0discharges? from .* = (\d[\d,]*) ranked \+ (\d[\d,]*) not eligible \+ (\d[\d,]*) failed/
      .exec(text)
      ?.slice(1) ?? [];
  const [found = 0, ranked = 0, notEligible = 0, failed = 0] = numbers.map((number) => Number(number.replaceAll(',', '')));
  expect(ranked).toBeGreaterThan(0);
  expect(ranked + notEligible + failed).toBe(found);
  const listed = await page.locator('.ranked .risk strong').first().textContent();
  const name = await openPatient(page, 0);
  // List and patient are of one model and one record.
  expect(await page.locator('[data-risk]').textContent()).toBe(listed);
  expect(await page.locator('h1').textContent()).toBe(name);
  await page.locator('button.reason').first().click();
  await page.locator('.records:not([hidden])').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  const slider = page.locator('.field input[type=range]').first();
  await slider.fill((await slider.getAttribute('min')) ?? '0');
  await page.locator('[data-what-if] strong').waitFor();
  await page.locator('.field .small').first().click();
  await page.getByRole('img', { name: /^Risk over/ }).waitFor();
  await page.getByRole('link', { name: 'Model', exact: true }).click();
  await page.locator('.card').first().waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  const id = /[0-9a-f]{8}-[0-9a-f]{4}/.exec(name)?.[0] ?? 'no id in the name';
  expect(addresses.join(' ')).not.toContain(id);
  expect({ foreign, complaints }).toEqual({ foreign: [], complaints: [] });
});
