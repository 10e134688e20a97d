/** A client that goes away while its score is made: the work is told, nothing is sent, and the audit trail has it as aborted. */
import { afterEach, expect, test } from '@jest/globals';
import { CancelledError } from '../../src/errors.ts';
import { answer, closeAll, serve } from './support/served.ts';

afterEach(closeAll);

const bundle = { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Patient', id: 'p1' } }] };
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

test.each([
  ['the work ends with it', true],
  ['the work is done all the same', false],
])('%s', async (_title, cancels) => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const served = await serve({}, async () => {
    await held;
    if (cancels) throw new CancelledError('a score');
    return { ...answer, encounter: 'Encounter/e1' };
  });
  const gone = new AbortController();
  const asked = fetch(`${served.url}/v1/score`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ bundle, encounter: 'e1' }),
    signal: gone.signal,
  });
  await until(() => served.calls.bundles.length === 1);
  gone.abort();
  await expect(asked).rejects.toThrow();
  await until(() => served.log.length === 1);
  release();
  await until(() => served.audited.length === 1);
  expect(served.audited).toMatchObject([
    { action: 'score', outcome: 'aborted', patients: ['Patient/p1'], encounter: 'Encounter/e1' },
  ]);
  expect(JSON.parse(served.log[0] ?? '')).toMatchObject({ aborted: true, route: '/v1/score' });
  const metrics = await (await fetch(`${served.url}/metrics`)).text();
  expect(metrics).toMatch(/readmission_http_request_duration_seconds_count\{method="POST",route="\/v1\/score"/);
  expect((await served.score({ features: { age_years: 70 } })).status).toBe(cancels ? 503 : 200);
});
