/** What is shown when something goes wrong: never an old number, never somebody else's. */
import { describe, expect, test } from '@jest/globals';
import { openPatient, opener, shownText } from './browser.ts';
import * as fixtures from './fixtures.ts';
import { ok, refusal, usual, type Asked, type Reply } from './fixture-server.ts';

const start = opener();
const id = (place: number): string => fixtures.worklist(240).entries[place]?.person.id ?? '';

const problems: readonly (readonly [name: string, reply: Reply, kind: string, told: RegExp])[] = [
  [
    '403',
    refusal(403, 'SERVER_FORBIDDEN', 'Not permitted', 'expected a token with the scope score:read'),
    'forbidden',
    /SERVER_FORBIDDEN/,
  ],
  ['404', refusal(404, 'SERVER_NOT_FOUND', 'Nothing at this path', 'nothing here'), 'not-found', /nothing here/],
  ['412', refusal(412, 'CDS_PREFETCH', 'Prefetch missing', 'expected the encounter'), 'refused', /expected the encounter/],
  [
    '422',
    refusal(422, 'SCORING_NOT_ELIGIBLE', 'Not eligible for a score', 'rule age: under 18'),
    'refused',
    /Not eligible for a score: rule age/,
  ],
  ['429', refusal(429, 'SERVER_RATE', 'Too many requests', 'wait a second'), 'busy', /wait a second/],
  ['500', refusal(500, 'SERVER_FAULT', 'Server fault', 'its log names the request'), 'server', /7d1c2f34/],
  ['503', refusal(503, 'SERVER_AUDIT', 'Not recorded, so not answered', 'disk'), 'busy', /disk/],
  [
    'a proxy that answers with a page',
    { status: 502, body: '<html><script>alert(1)</script>', headers: { 'content-type': 'text/html' } },
    'server',
    /status 502/,
  ],
  ['an answer of another form', ok({ risk: 0.5 }), 'unreadable', /reload the page/],
  ['an answer that is no JSON', ok('<html>'), 'unreadable', /reload the page/],
  [
    'a risk beyond 1',
    ok({ ...fixtures.patientView(5), explanation: { answer: { ...fixtures.patientView(5).explanation.answer, risk: 50.4 } } }),
    'unreadable',
    /reload/,
  ],
  ['another patient', ok(fixtures.patientView(5)), 'mismatch', /about another patient/],
  ['a connection that ends', 'cut', 'offline', /cannot be reached/],
];

describe('a patient', () => {
  test.each(problems)('%s: the risk of the patient before is gone and the reason is told', async (_name, reply, kind, told) => {
    const { page, server, complaints } = await start();
    await openPatient(page, 0);
    const old = (await page.locator('[data-risk]').textContent()) ?? 'none';
    await page.goBack();
    server.answer({ 'POST /v1/patient': () => reply });
    await page.locator('.ranked .link').nth(1).click();
    const problem = page.locator(`.problem[data-kind=${kind}]`);
    await problem.waitFor();
    expect(await problem.innerText()).toMatch(told);
    expect(await problem.innerText()).toContain('The risk of this patient is not shown.');
    expect(await problem.getAttribute('role')).toBe('alert');
    const text = await shownText(page);
    expect(text).not.toContain(old);
    expect(text).not.toMatch(/\d\u00a0%/);
    expect(await page.locator('[data-risk], .waterfall').count()).toBe(0);
    if (kind !== 'refused') {
      server.answer({ 'POST /v1/patient': usual['POST /v1/patient'] as (asked: Asked) => Reply });
      await problem.getByRole('button', { name: 'Try again' }).click();
      await page.locator('[data-risk]').waitFor();
    }
    expect(complaints).toEqual([]);
  });

  test('no answer within the time: told, and nothing shown', async () => {
    const { page, server } = await start({}, {}, '/');
    await page.clock.install();
    await openPatient(page, 0);
    await page.goBack();
    server.answer({ 'POST /v1/patient': () => 'hang' });
    await page.locator('.ranked .link').nth(1).click();
    await page.getByText('Reading the records of this patient').waitFor();
    expect(await page.locator('[data-risk]').count()).toBe(0);
    await page.clock.fastForward(61_000);
    await page.locator('.problem[data-kind=timeout]').waitFor();
  });

  test('offline: told, and nothing shown', async () => {
    const { page } = await start();
    await page.locator('.ranked').waitFor();
    await page.context().setOffline(true);
    await page.locator('.ranked .link').nth(1).click();
    await page.locator('.problem[data-kind=offline]').waitFor();
    expect(await shownText(page)).not.toMatch(/\d\u00a0%/);
  });

  test('two quick switches with the first answer last: only the second patient is ever shown', async () => {
    const delays: Readonly<Record<string, number>> = { [id(0)]: 1500, [id(1)]: 300 };
    const { page, server } = await start({
      'POST /v1/patient': ({ body }) =>
        ok(fixtures.patientView(Number(String(body['patientId']).slice(1))), delays[String(body['patientId'])]),
    });
    await page.locator('.ranked').waitFor();
    const names = await page.locator('.ranked .link').allTextContents();
    await page.evaluate(`window.seen = []; new MutationObserver(() => {
      const risk = document.querySelector('[data-risk]');
      if (risk !== null) window.seen.push(document.querySelector('h1').textContent + ' ' + risk.textContent);
    }).observe(document.body, { childList: true, subtree: true, characterData: true })`);
    await page.locator('.ranked .link').nth(0).click();
    await page.goBack();
    await page.locator('.ranked .link').nth(1).click();
    await page.locator('[data-risk]').waitFor();
    await page.waitForTimeout(1800);
    expect(server.asked.filter(({ path }) => path === '/v1/patient').map(({ body }) => body['patientId'])).toEqual([
      id(0),
      id(1),
    ]);
    const seen = (await page.evaluate('[...new Set(window.seen)]')) as string[];
    expect(seen).toHaveLength(1);
    expect(seen[0]).toContain(names[1]);
    expect(await page.locator('h1').textContent()).toBe(names[1]);
  });

  test('what if: an answer that comes late does not take the place of a later one; a failure removes the number', async () => {
    const { page, server } = await start({
      'POST /v1/patient': ({ body }) => {
        const set = body['set'] as Record<string, number> | undefined;
        const i = Number(String(body['patientId']).slice(1));
        if (set?.['last_sodium'] === 140) return refusal(500, 'SERVER_FAULT', 'Server fault', 'log');
        return ok(fixtures.patientView(i, set === undefined ? {} : { set }), set?.['last_sodium'] === 120 ? 2000 : 0);
      },
    });
    await openPatient(page, 0);
    const sodium = page.getByRole('slider', { name: 'Last sodium' });
    await sodium.fill('120');
    await page.waitForTimeout(500);
    await page.getByRole('slider', { name: 'Last urea nitrogen' }).fill('10');
    await sodium.fill('130');
    await page.locator('[data-what-if] strong').waitFor();
    const shown = await page.locator('[data-what-if] strong').textContent();
    await page.waitForTimeout(2200);
    expect(await page.locator('[data-what-if] strong').textContent()).toBe(shown);
    await sodium.fill('140');
    await page.locator('.problem[data-kind=server]').waitFor();
    expect(await page.locator('[data-what-if]').count()).toBe(0);
    expect(server.asked.at(-1)?.body['set']).toEqual({ last_sodium: 140, last_urea_nitrogen: 10 });
  });

  test('a model replaced between list and patient is told', async () => {
    const other = '99ee'.repeat(16);
    const { page, server } = await start();
    await page.locator('.ranked').waitFor();
    server.answer({
      'POST /v1/patient': ({ body }) => ok(fixtures.patientView(Number(String(body['patientId']).slice(1)), {}, other)),
      'GET /v1/model': () => ok(fixtures.description(other)),
    });
    await openPatient(page, 0);
    await page.getByText('The model was replaced.').waitFor();
    expect(await shownText(page)).toContain(other.slice(0, 8));
    await page.locator('.top-model', { hasText: other.slice(0, 8) }).waitFor();
  });
});

test.each(problems.filter(([, , kind]) => kind !== 'mismatch' && kind !== 'unreadable'))(
  'worklist and model, %s: told, and no number shown',
  async (_name, reply, kind) => {
    const failing = Object.fromEntries(Object.keys(usual).map((route) => [route, () => reply]));
    const { page } = await start({ ...failing, 'GET /v1/model': usual['GET /v1/model'] as () => Reply });
    await page.locator(`.problem[data-kind=${kind}]`).first().waitFor();
    expect(await page.locator('.ranked, .capacity').count()).toBe(0);
    await page.getByRole('link', { name: 'Model', exact: true }).click();
    // Metrics that are not there are no problem but a model without a validation.
    if (kind !== 'not-found') await page.getByText('How well the model does is not shown.').waitFor();
    await page.getByText('The model card is not shown.').waitFor();
    expect(await page.locator('.tiles, .card').count()).toBe(0);
  },
);

test('a list asked for again and failing leaves nothing of the old one', async () => {
  const { page, server } = await start();
  await page.locator('.ranked').waitFor();
  server.answer({ 'POST /v1/worklist': () => refusal(503, 'FHIR_UNAVAILABLE', 'FHIR server unavailable', 'try again later') });
  await page.getByRole('button', { name: 'Show' }).click();
  await page.locator('.problem[data-kind=busy]').waitFor();
  expect(await page.locator('.ranked, .capacity, .accounting').count()).toBe(0);
});
