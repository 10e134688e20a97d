/** What the client sends, and that every end of a request is an answer of the right form or a problem. */
import { describe, expect, test } from '@jest/globals';
import { createClient, type Sent } from '../../src/web/api/client.ts';
import { kindOfStatus, PageError, problemOfAnswer, type ProblemKind } from '../../src/web/api/problem.ts';

const signal = (): AbortSignal => new AbortController().signal;
const list = { entries: [], model: { sha256: 'ab' } };

function client(
  answer: (path: string, init: Sent) => Response | Promise<Response>,
  token: string | null = null,
  timeoutMs = 1000,
) {
  const asked: { path: string; init: Sent }[] = [];
  const slept: number[] = [];
  const made = createClient({
    fetch: (path, init) => {
      asked.push({ path, init });
      return Promise.resolve(answer(path, init));
    },
    token: () => token,
    timeoutMs,
    sleep: (ms) => Promise.resolve(void slept.push(ms)),
  });
  return { asked, slept, ...made };
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });
const kindOf = (work: Promise<unknown>): Promise<ProblemKind | 'answered'> =>
  work.then(
    () => 'answered' as const,
    (error: unknown) => (error as PageError).problem.kind,
  );

describe('a request', () => {
  test('carries the token in its header and the patient in its body only', async () => {
    const { asked, patient } = client(() => json({}, 500), 'secret');
    await kindOf(patient({ patientId: 'p1' }, signal()));
    expect(asked[0]?.path).toBe('/v1/patient');
    expect(asked[0]?.init).toMatchObject({ method: 'POST', cache: 'no-store', redirect: 'manual', body: '{"patientId":"p1"}' });
    expect(asked[0]?.init.headers).toMatchObject({ authorization: 'Bearer secret' });
  });

  test('without a token has no such header', async () => {
    const { asked, model } = client(() => json({}, 500));
    await kindOf(model(signal()));
    expect(asked[0]?.init.headers).not.toHaveProperty('authorization');
  });
});

test('a worklist that is being made is asked for again, with its progress, as late as the server says', async () => {
  const answers = [
    json({ progress: { done: 0, of: null } }, 202),
    json({ progress: { done: 3, of: 8 } }, 202, { 'retry-after': '2' }),
    json(list),
  ];
  const { worklist, asked, slept } = client(() => answers.shift() as Response);
  const progress: unknown[] = [];
  expect(await worklist({ days: 30 }, signal(), (told) => progress.push(told))).toEqual(list);
  expect(progress).toEqual([
    { done: 0, total: null },
    { done: 3, total: 8 },
  ]);
  expect(asked.map(({ init }) => init.body)).toEqual(Array(3).fill('{"days":30}'));
  expect(slept).toEqual([700, 2000]);
});

describe('an end', () => {
  test.each<[string, () => Response | Promise<Response>, ProblemKind]>([
    ['no connection', () => Promise.reject(new TypeError('failed to fetch')), 'offline'],
    ['no JSON', () => new Response('<html>'), 'unreadable'],
    ['an empty body', () => new Response(null), 'unreadable'],
    ['another form', () => json({ entries: 5 }), 'unreadable'],
    ['a risk beyond 1', () => json({ ...list, entries: [{ risk: 30, person: { id: 'a' } }] }), 'unreadable'],
    ['a status', () => json({ title: 'x' }, 422), 'refused'],
  ])('%s', async (_name, answer, kind) => {
    const { worklist } = client(answer);
    expect(await kindOf(worklist({}, signal(), () => undefined))).toBe(kind);
  });

  test('no answer within the time', async () => {
    const hanging = (_path: string, { signal: given }: Sent): Promise<Response> =>
      new Promise((_, reject) => given.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))));
    const { model } = client(hanging, null, 5);
    expect(await kindOf(model(signal()))).toBe('timeout');
  });

  test('metrics that are not there are none; those that fail are a problem', async () => {
    expect(await client(() => json({}, 404)).metrics(signal())).toBeNull();
    expect(await kindOf(client(() => json({}, 500)).metrics(signal()))).toBe('server');
  });
});

test.each<[number, ProblemKind]>([
  [401, 'unauthenticated'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [412, 'refused'],
  [422, 'refused'],
  [408, 'timeout'],
  [504, 'timeout'],
  [429, 'busy'],
  [503, 'busy'],
  [500, 'server'],
  [502, 'server'],
])('status %i', (status, kind) => {
  expect(kindOfStatus(status)).toBe(kind);
});

test('words of the server: problem+json, OperationOutcome, nothing', () => {
  expect(
    problemOfAnswer(422, { title: 'Not eligible', detail: 'age', code: 'SCORING_NOT_ELIGIBLE', requestId: 'r' }),
  ).toMatchObject({
    detail: 'Not eligible: age',
    code: 'SCORING_NOT_ELIGIBLE',
    requestId: 'r',
  });
  expect(problemOfAnswer(422, { issue: [{ diagnostics: 'age' }] }).detail).toBe('age');
  expect(problemOfAnswer(500, '<html>').detail).toBeNull();
});
