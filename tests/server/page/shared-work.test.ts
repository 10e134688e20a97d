/** Long work that several callers ask for: shared, kept, ended, and told of. */
import { expect, jest, test, beforeEach, afterEach } from '@jest/globals';
import { sharedWork, type WorkRun } from '../../../src/server/page/shared-work.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const here = (): AbortSignal => new AbortController().signal;

/** Work that ends when it is told to. */
function controlled() {
  const runs: (WorkRun & { finish: (value: string) => void; fail: (error: Error) => void })[] = [];
  const begin = (run: WorkRun): Promise<string> =>
    new Promise((finish, fail) => {
      runs.push({ ...run, finish, fail });
      run.signal.addEventListener('abort', () => fail(new Error('stopped')));
    });
  return { runs, begin };
}

function shared(stopping = (): boolean => false) {
  return sharedWork<string>({
    waitMs: 1000,
    keepMs: 60_000,
    idleMs: 15_000,
    most: 2,
    stopping,
    monotonic: () => Date.now(),
  });
}

test('who asks for the same shares the work, is told how far it is, and asks again', async () => {
  const { runs, begin } = controlled();
  const work = shared();
  const first = work.ask('a', begin, here());
  const second = work.ask('a', begin, here());
  await jest.advanceTimersByTimeAsync(500);
  expect(runs).toHaveLength(1);
  runs[0]?.onProgress({ done: 3, of: 10 });
  await jest.advanceTimersByTimeAsync(500);
  expect(await first).toEqual({ progress: { done: 3, of: 10 } });
  expect(await second).toEqual({ progress: { done: 3, of: 10 } });
  const third = work.ask('a', begin, here());
  runs[0]?.finish('done');
  await jest.advanceTimersByTimeAsync(0);
  expect(await third).toEqual({ result: 'done' });
  expect(runs).toHaveLength(1);
});

test('a result is kept for a minute, however often it is asked for', async () => {
  const { runs, begin } = controlled();
  const work = shared();
  const first = work.ask('a', begin, here());
  await jest.advanceTimersByTimeAsync(0);
  runs[0]?.finish('one');
  await first;
  for (let seconds = 0; seconds < 60; seconds += 20) {
    expect(await work.ask('a', begin, here())).toEqual({ result: 'one' });
    await jest.advanceTimersByTimeAsync(20_000);
  }
  await jest.advanceTimersByTimeAsync(1001);
  void work.ask('a', begin, here());
  await jest.advanceTimersByTimeAsync(0);
  expect(runs).toHaveLength(2);
});

test('work that nobody asks for any more is ended', async () => {
  const { runs, begin } = controlled();
  const work = shared();
  await Promise.all([work.ask('a', begin, here()), jest.advanceTimersByTimeAsync(1000)]);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(runs[0]?.signal.aborted).toBe(false);
  await Promise.all([work.ask('a', begin, here()), jest.advanceTimersByTimeAsync(1000)]);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(runs[0]?.signal.aborted).toBe(false);
  await jest.advanceTimersByTimeAsync(7000);
  expect(runs[0]?.signal.aborted).toBe(true);
});

test('a caller that goes away is let go; the others are not', async () => {
  const { runs, begin } = controlled();
  const work = shared();
  const gone = new AbortController();
  const leaving = work.ask('a', begin, gone.signal);
  const staying = work.ask('a', begin, here());
  const left = expect(leaving).rejects.toMatchObject({ code: 'CANCELLED' });
  gone.abort();
  await left;
  await jest.advanceTimersByTimeAsync(0);
  runs[0]?.finish('done');
  await jest.advanceTimersByTimeAsync(0);
  expect(await staying).toEqual({ result: 'done' });
});

test('a failure between two questions is told to the next one, and once', async () => {
  const { runs, begin } = controlled();
  const work = shared();
  await Promise.all([work.ask('a', begin, here()), jest.advanceTimersByTimeAsync(1000)]);
  runs[0]?.fail(new Error('broken'));
  await jest.advanceTimersByTimeAsync(0);
  await expect(work.ask('a', begin, here())).rejects.toThrow('broken');
  void work.ask('a', begin, here());
  await jest.advanceTimersByTimeAsync(0);
  expect(runs).toHaveLength(2);
});

test('so much at once and no more', async () => {
  const { begin } = controlled();
  const work = shared();
  void work.ask('a', begin, here());
  void work.ask('b', begin, here());
  await expect(work.ask('c', begin, here())).rejects.toMatchObject({ code: 'SERVER_BUSY' });
  const again = work.ask('a', begin, here());
  await jest.advanceTimersByTimeAsync(1000);
  expect(await again).toEqual({ progress: { done: 0, of: null } });
});

test('a server that stops ends the work', async () => {
  const { runs, begin } = controlled();
  let stopping = false;
  const work = shared(() => stopping);
  const asked = work.ask('a', begin, here());
  const ended = expect(asked).rejects.toThrow('stopped');
  await jest.advanceTimersByTimeAsync(0);
  stopping = true;
  await jest.advanceTimersByTimeAsync(1000);
  expect(runs[0]?.signal.aborted).toBe(true);
  await ended;
});
