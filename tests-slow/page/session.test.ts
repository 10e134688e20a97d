/** Signing in with a token, and that nothing about a patient outlives the session. */
import { expect, test } from '@jest/globals';
import { openPatient, opener, seriousFindings, shownText } from './browser.ts';
import { refusal, usual, type Answers, type Asked, type Reply } from './fixture-server.ts';

const start = opener();
const token = 'eyJhbGciOiJFUzI1NiJ9.canary.c2ln';

/** Every route asks for this token. */
function guarded(good: string): Answers {
  const guard =
    (route: (asked: Asked) => Reply) =>
    (asked: Asked): Reply =>
      asked.authorization === `Bearer ${good}`
        ? route(asked)
        : refusal(401, 'SERVER_UNAUTHENTICATED', 'Not authenticated', 'expected a token');
  return Object.fromEntries(Object.entries(usual).map(([name, route]) => [name, guard(route)]));
}

test('401 asks for a token, keeps it in memory only, and says when it is not taken', async () => {
  const { page, addresses, complaints } = await start(guarded(token));
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  const field = page.getByLabel('Bearer token');
  await field.fill('two words');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This is no bearer token').waitFor();
  await field.fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('The server did not take the token').waitFor();
  await field.fill(`Bearer ${token}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.ranked').waitFor();
  const kept = await page.evaluate(
    'JSON.stringify([localStorage, sessionStorage, document.cookie, history.state, document.documentElement.outerHTML])',
  );
  expect(kept).not.toContain('canary');
  expect(addresses.join(' ')).not.toContain('canary');
  expect(complaints).toEqual([]);
  await page.getByRole('link', { name: 'Model', exact: true }).click();
  await page.getByRole('button', { name: 'Download the full report' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'The page was cleared' }).waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('a token that expires while a patient is open takes the patient off the screen', async () => {
  const { page, server } = await start(guarded(token));
  await page.getByLabel('Bearer token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const name = await openPatient(page, 0);
  server.answer(guarded('another'));
  await page.getByRole('slider', { name: 'Last sodium' }).fill('120');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  const text = await shownText(page);
  expect(text).not.toContain(name);
  expect(text).not.toMatch(/\d\u00a0%/);
});

test('15 minutes without use, also asleep: all is gone, and going back does not bring it back', async () => {
  const { page } = await start();
  await page.clock.install();
  const name = await openPatient(page, 0);
  await page.clock.fastForward(14 * 60_000);
  await page.mouse.click(5, 400);
  await page.clock.fastForward(14 * 60_000);
  expect(await page.locator('[data-risk]').count()).toBe(1);
  await page.clock.fastForward(61_000);
  await page.getByRole('heading', { name: 'The page was cleared' }).waitFor();
  const gone = async (): Promise<void> => {
    const text = await shownText(page);
    expect(text).not.toContain(name);
    expect(text).not.toMatch(/\d\u00a0%/);
  };
  await gone();
  await page.goBack();
  await gone();
  await page.goForward();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'No patient is open' }).waitFor();
  await gone();
});

test('a reload of a patient forgets whom it was about', async () => {
  const { page } = await start();
  const name = await openPatient(page, 0);
  await page.reload();
  await page.getByRole('heading', { name: 'No patient is open' }).waitFor();
  expect(await shownText(page)).not.toContain(name);
});
