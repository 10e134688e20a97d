/** A request that is sent again: the same answer, on record once; another body by the same key is refused. */
import { afterEach, expect, test } from '@jest/globals';
import { localPrincipal, type Access } from '../../src/server/access/principal.ts';
import { RepeatedAnswers } from '../../src/server/repeated-answers.ts';
import type { Answer, Asked } from '../../src/server/route.ts';
import { answer, closeAll, serve } from './support/served.ts';

afterEach(closeAll);

const body = { features: { age_years: 70 } };
const key = { 'idempotency-key': 'k-1' };

test('the same key, body and caller: one score, one entry, one answer', async () => {
  let scores = 0;
  const access: Access = { identify: ({ headers }) => ({ ...localPrincipal, subject: String(headers['x-who']) }) };
  const served = await serve({ access }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { ...answer, risk: (scores += 1) / 100 };
  });
  const responses = await Promise.all([served.score(body, key), served.score(body, key)]);
  responses.push(await served.score(body, key));
  const told = await Promise.all(responses.map((response) => response.text()));
  expect(new Set(told).size).toBe(1);
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(responses.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(2);
  expect(served.audited).toHaveLength(1);
  const other = await served.score({ features: { age_years: 71 } }, key);
  expect([other.status, ((await other.json()) as { code: string }).code]).toEqual([422, 'SERVER_IDEMPOTENCY']);
  expect((await served.score(body, { ...key, 'x-who': 'b' })).headers.get('idempotency-replayed')).toBeNull();
  expect((await served.score(body)).headers.get('idempotency-replayed')).toBeNull();
  expect(scores).toBe(3);
});

test('what failed is not given again', async () => {
  let calls = 0;
  const served = await serve({}, () => {
    calls += 1;
    if (calls === 1) throw new Error('not this time');
    return answer;
  });
  expect((await served.score(body, key)).status).toBe(500);
  expect((await served.score(body, key)).status).toBe(200);
  expect((await served.score(body, key)).headers.get('idempotency-replayed')).toBe('true');
  expect(calls).toBe(2);
});

test('what was never given, and what is old, is a first request again', async () => {
  let nowMs = 0;
  let works = 0;
  const repeats = new RepeatedAnswers(() => nowMs);
  const asked = { principal: localPrincipal, request: { headers: key, body: Buffer.from('x') } } as unknown as Asked;
  const ask = (): Promise<Answer> => repeats.answer(asked, () => Promise.resolve({ body: String((works += 1)) }));
  await (await ask()).settle?.(false);
  await (await ask()).settle?.(true);
  expect(await ask()).toMatchObject({ body: '2', isOnRecord: true });
  nowMs = 600_001;
  expect((await ask()).isOnRecord).toBeUndefined();
  expect(works).toBe(3);
});
