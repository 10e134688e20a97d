/** Answers in any order: only that to the last question is shown, and a failure leaves no number. */
import { describe, expect, test } from '@jest/globals';
import { PageError, problemOf } from '../../src/web/api/problem.ts';
import { LatestAnswer, type Remote } from '../../src/web/state/latest-answer.ts';

interface Pending {
  readonly asked: string;
  readonly signal: AbortSignal;
  readonly answer: (value: string) => void;
  readonly fail: (error: unknown) => void;
  readonly progress: (done: number) => void;
}

function question(belongs?: (asked: string, value: string) => boolean) {
  const pending: Pending[] = [];
  const told: string[] = [];
  const seen: Remote<string>[] = [];
  const latest = new LatestAnswer<string, string>({
    ask: (asked, signal, onProgress) =>
      new Promise((answer, fail) => {
        pending.push({ asked, signal, answer, fail, progress: (done) => onProgress({ done, total: 9 }) });
      }),
    ...(belongs === undefined ? {} : { belongs }),
    onProblem: ({ kind }) => void told.push(kind),
  });
  latest.watch(() => void seen.push(latest.value));
  return { latest, pending, told, seen, values: () => seen.flatMap((state) => (state.status === 'ready' ? [state.value] : [])) };
}

describe('two questions', () => {
  test.each([
    ['first answer last', [1, 0]],
    ['first answer first', [0, 1]],
  ])('%s: only the second is shown, the first is taken back', async (_name, order) => {
    const { latest, pending, values, told } = question();
    const asks = [latest.ask('a'), latest.ask('b')];
    expect(pending[0]?.signal.aborted).toBe(true);
    for (const i of order) pending[i]?.answer(`answer to ${pending[i]?.asked}`);
    await Promise.all(asks);
    expect(values()).toEqual(['answer to b']);
    expect(told).toEqual([]);
  });

  test('a failure of the first is not told, its progress is not shown', async () => {
    const { latest, pending, told } = question();
    const asks = [latest.ask('a'), latest.ask('b')];
    pending[0]?.progress(3);
    pending[0]?.fail(new PageError(problemOf('server')));
    await asks[0];
    expect(latest.value).toEqual({ status: 'loading', progress: null });
    pending[1]?.progress(4);
    expect(latest.value).toEqual({ status: 'loading', progress: { done: 4, total: 9 } });
    pending[1]?.answer('b');
    await asks[1];
    expect(latest.value).toEqual({ status: 'ready', value: 'b' });
    expect(told).toEqual([]);
  });
});

test('the old answer is gone as soon as a new question is asked, and where that fails', async () => {
  const { latest, pending, told } = question();
  const first = latest.ask('a');
  pending[0]?.answer('old');
  await first;
  const second = latest.ask('b');
  expect(latest.value.status).toBe('loading');
  pending[1]?.fail(new PageError(problemOf('offline')));
  await second;
  expect(latest.value).toMatchObject({ status: 'failed', problem: { kind: 'offline' } });
  expect(told).toEqual(['offline']);
});

test('an answer about something else is a problem', async () => {
  const { latest, pending } = question((asked, value) => asked === value);
  const ask = latest.ask('a');
  pending[0]?.answer('b');
  await ask;
  expect(latest.value).toMatchObject({ status: 'failed', problem: { kind: 'mismatch' } });
});

test('an error of any kind is a problem', async () => {
  const { latest, pending } = question();
  const ask = latest.ask('a');
  pending[0]?.fail(new TypeError('x'));
  await ask;
  expect(latest.value).toMatchObject({ status: 'failed', problem: { kind: 'unreadable' } });
});

test('cleared: nothing is left, and what was under way is not shown', async () => {
  const { latest, pending, values } = question();
  const ask = latest.ask('a');
  latest.clear();
  expect(pending[0]?.signal.aborted).toBe(true);
  pending[0]?.answer('late');
  await ask;
  expect(latest.value).toEqual({ status: 'idle' });
  expect(latest.asked).toBeNull();
  expect(values()).toEqual([]);
});
