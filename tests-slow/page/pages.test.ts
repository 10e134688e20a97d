/** Each part of the page as a person finds it: by eye, by keyboard, by screen reader, narrow, enlarged, on paper. */
import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { openPatient, opener, seriousFindings, shownText } from './browser.ts';
import * as fixtures from './fixtures.ts';
import { ok } from './fixture-server.ts';

const start = opener();

describe('worklist', () => {
  test('ranks, accounts for every discharge, says what the top N would catch', async () => {
    const { page, foreign, complaints } = await start();
    await page.locator('.ranked').waitFor();
    const text = await shownText(page);
    expect(text).toContain('257\u00a0discharges from 1\u00a0Mar\u00a02026 to 30\u00a0Mar\u00a02026');
    expect(text).toContain('240 ranked + 15 not eligible + 2 failed');
    expect(text).toContain(fixtures.caution);
    const risks = await page.locator('.ranked .risk strong').allTextContents();
    expect(risks).toHaveLength(50);
    expect(risks.map(Number.parseFloat)).toEqual(risks.map(Number.parseFloat).sort((a, b) => b - a));
    for (const risk of risks) expect(risk).toMatch(/^\d{1,3}\.\d\u00a0%$/);
    // Of 240 the first 24: a tenth, of which the validation found 27.3 %.
    expect(await page.locator('.capacity .tiles strong').allTextContents()).toEqual(['27.3\u00a0%', '38.1\u00a0%', '2.6']);
    await page.getByLabel('Discharges the team can see, as a number').fill('120');
    await page.keyboard.press('Enter');
    await page.getByText('of 240\u00a0discharges (50.0\u00a0%)').waitFor();
    expect(await page.locator('.capacity .tiles strong').first().textContent()).not.toBe('27.3\u00a0%');
    expect({ foreign, complaints }).toEqual({ foreign: [], complaints: [] });
  });

  test('narrows down by text and band, and gives what is shown as a file without formulas', async () => {
    const entries = fixtures
      .worklist(60)
      .entries.map((entry, i) =>
        i === 3 ? { ...entry, person: { ...entry.person, name: '=HYPERLINK("http://x","y")' }, band: 'high' } : entry,
      );
    const { page } = await start({ 'POST /v1/worklist': () => ok(fixtures.worklist(60, { entries })) });
    await page.getByLabel('Find a name').fill('hyperlink');
    await page.getByText('1 to 1 of 1\u00a0discharge').waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /Export 1/ }).click()]);
    const csv = await readFile(await file.path(), 'utf8');
    expect(csv.split('\r\n')).toHaveLength(3);
    expect(csv).toContain(`4,${entries[3]?.person.id},"'=HYPERLINK(""http://x"",""y"")"`);
    await page.getByLabel('Find a name').fill('');
    await page.getByRole('combobox', { name: 'Band' }).selectOption('low');
    await page.getByText(/^1 to \d+ of \d+\u00a0discharges/).waitFor();
    expect(new Set(await page.locator('.ranked .band').allTextContents())).toEqual(new Set(['low']));
  });

  test('tells how far it is while it is being made', async () => {
    let asked = 0;
    const { page } = await start({
      'POST /v1/worklist': () =>
        (asked += 1) < 3 ? { status: 202, body: { progress: { done: 7 * asked, of: 40 } } } : ok(fixtures.worklist(12)),
    });
    await page.getByText('Scoring discharges: 14 of 40').waitFor();
    await page.locator('.ranked').waitFor();
    expect(asked).toBe(3);
  });
});

describe('patient', () => {
  test('risk, reasons with their records, timeline, what was not seen; no id in an address', async () => {
    const { page, foreign, complaints, addresses } = await start();
    const name = await openPatient(page, 2);
    const { person } = fixtures.worklist(240).entries[2] ?? {};
    expect(await page.locator('h1').textContent()).toBe(name);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    const reason = page.getByRole('button', { name: /hospital stays in the year before/ });
    expect(await reason.getAttribute('aria-expanded')).toBe('false');
    await reason.click();
    await page.getByText('Encounter/s1').waitFor();
    const bars = await page.locator('.waterfall svg').count();
    expect(bars).toBe(13);
    expect(await page.getByRole('img', { name: /^Timeline of two years: 4 × hospital stay/ }).count()).toBe(1);
    expect(await shownText(page)).toContain('Not recorded');
    expect(page.url()).toMatch(/#\/patient$/);
    expect(addresses.join(' ')).not.toContain(person?.id);
    expect(
      await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie, history.state, document.title])'),
    ).not.toContain(String(person?.id));
    expect({ foreign, complaints }).toEqual({ foreign: [], complaints: [] });
    await page.goBack();
    await page.locator('.ranked').waitFor();
    // Back where one was.
    expect(await page.evaluate('document.activeElement.textContent')).toBe(name);
    await page.goForward();
    await page.locator('[data-risk]').waitFor();
    expect(await page.locator('h1').textContent()).toBe(name);
  });

  test('what if asks the server, shows before and after with the caution, and goes back', async () => {
    const { page, server } = await start();
    await openPatient(page, 2);
    await page.getByRole('slider', { name: 'Last sodium' }).fill('119');
    await page.locator('[data-what-if] strong').waitFor();
    const { set } = server.asked.at(-1)?.body as { set: unknown };
    expect(set).toEqual({ last_sodium: 119 });
    const text = await page.locator('.outcome').innerText();
    expect(text).toContain('not what would happen if the value were changed');
    expect(text).toContain('near the edge of the training range');
    await page.getByLabel(/Last sodium, as a number/).fill('9999');
    await page.getByText('Expected 118 to 156 mmol/L').waitFor();
    await page.getByRole('button', { name: 'Back to the recorded values' }).click();
    await page.getByText('change a value').waitFor();
    await page.getByRole('button', { name: 'risk over its range of Last sodium' }).click();
    await page.getByRole('img', { name: /^Risk over last sodium from 118 to 156/ }).waitFor();
  });
});

test('model: validation beside baselines, curves, groups, card; what it is not for comes first', async () => {
  const { page, foreign, complaints } = await start({}, {}, '/#/model');
  await page.locator('.card').first().waitFor();
  for (const name of ['Calibration curve', 'ROC curve', 'Decision curve', 'Mean absolute attribution', 'Cumulative incidence'])
    await page.getByRole('img', { name: new RegExp(`^${name}`) }).waitFor();
  const text = await shownText(page);
  for (const part of [
    '0.712',
    '0.674 to 0.743',
    'LACE',
    'HOSPITAL (2013)',
    'withheld',
    'fewer than 10 events',
    'Nothing was monitored yet',
    'Intended use',
  ])
    expect(text).toContain(part);
  expect(await page.getByRole('link', { name: 'The full report' }).getAttribute('href')).toBe('/v1/model/report');
  expect({ foreign, complaints }).toEqual({ foreign: [], complaints: [] });
});

test('model: monitoring is told where it was done', async () => {
  const card = fixtures.card();
  const run = {
    when: '2026-10-01T00:00:00Z',
    rows: 412,
    patients: 300,
    stability: { risk: 0.31, features: [{ name: 'last_sodium', index: 0.27 }] },
    figures: { auroc: { estimate: 0.69, lower: 0.61, upper: 0.76 } },
    exceeded: ['risk: population stability index 0.31, above 0.25'],
  };
  const { page } = await start({ 'GET /v1/model/card': () => ok({ ...card, records: { monitoring: [run] } }) }, {}, '/#/model');
  await page.getByText('risk: population stability index 0.31, above 0.25').waitFor();
  await page.getByRole('img', { name: /^Population stability index: risk 0.310; last sodium 0.270/ }).waitFor();
});

test.each([
  ['worklist', '/'],
  ['model', '/#/model'],
  ['patient', '/'],
] as const)('%s has no serious finding of axe, light and dark', async (part, at) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, close } = await start({}, { colorScheme }, at);
    if (part === 'patient') {
      await openPatient(page, 1);
      await page.locator('button.reason').first().click();
    } else
      await page
        .locator(part === 'model' ? '.card' : '.ranked')
        .first()
        .waitFor();
    await page.locator('.drawing svg').first().waitFor({ state: 'attached' });
    expect(await seriousFindings(page)).toEqual([]);
    await close();
  }
});

test.each([
  ['a telephone', 375, 1],
  ['200 % zoom', 640, 2],
  ['the narrowest that WCAG asks for', 320, 1],
])('nothing lies beyond the side of the window on %s', async (_name, width, deviceScaleFactor) => {
  const { page } = await start({}, { viewport: { width, height: 700 }, deviceScaleFactor });
  const overflow = (): Promise<unknown> => page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
  await page.locator('.ranked').waitFor();
  expect(await overflow()).toBeLessThanOrEqual(0);
  await openPatient(page, 2);
  await page.locator('button.reason').first().click();
  expect(await overflow()).toBeLessThanOrEqual(0);
  await page.getByRole('link', { name: 'Model', exact: true }).click();
  await page.locator('.card').first().waitFor();
  expect(await overflow()).toBeLessThanOrEqual(0);
});

test('by keyboard alone: to a patient, into the records behind a reason, back, to the model', async () => {
  const { page } = await start();
  await page.locator('.ranked').waitFor();
  const focused = (): Promise<string> =>
    page.evaluate(
      '(document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent ?? "").trim()',
    ) as Promise<string>;
  const tabTo = async (what: RegExp, key = 'Tab'): Promise<void> => {
    for (let i = 0; i < 60; i += 1) {
      await page.keyboard.press(key);
      const unmarked = await page.evaluate(
        'getComputedStyle(document.activeElement).outlineStyle === "none" ? document.activeElement.outerHTML : null',
      );
      expect(unmarked).toBeNull();
      if (what.test(await focused())) return;
    }
    throw new Error(`expected to reach ${what} by Tab, did not`);
  };
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('Skip to content');
  await page.keyboard.press('Enter');
  const first = (await page.locator('.ranked .link').first().textContent()) ?? '';
  await tabTo(new RegExp(`^${first}$`));
  await page.keyboard.press('Enter');
  await page.locator('[data-risk]').waitFor();
  await tabTo(/hospital stays in the year before/);
  await page.keyboard.press('Enter');
  await page.getByText('Encounter/s1').waitFor();
  await tabTo(/Worklist$/, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.locator('.ranked').waitFor();
  await tabTo(/^Model$/, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.locator('.card').first().waitFor();
  expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
});

test('the server lets nothing inline or foreign run, keeps no document and may not be framed', async () => {
  const { server } = await start();
  const document = await fetch(server.url, { headers: { accept: 'text/html' } });
  expect(document.headers.get('cache-control')).toBe('no-store');
  expect(document.headers.get('x-frame-options')).toBe('DENY');
  const policy = document.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  const html = await document.text();
  expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|\bon\w+=/i);
  const [, script = ''] = /src="\.(\/assets\/[^"]+)"/.exec(html) ?? [];
  const asset = await fetch(server.url + script);
  expect([asset.status, asset.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
  expect((await fetch(`${server.url}/assets/..%2findex.html`)).status).toBe(404);
  const text = await (await fetch(server.url, { headers: { accept: 'text/plain' } })).text();
  expect(text).toContain('/openapi.json');
});
