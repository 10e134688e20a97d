/** Threads that crash, hang and run out of memory: one call is lost with each, and no other. */
import { afterEach, expect, test } from '@jest/globals';
import { ModelError } from '../../../src/errors.ts';
import { PoolWatch, type LossReason } from '../../../src/server/scoring-pool/pool-watch.ts';
import { ThreadPool, type ThreadPoolOptions } from '../../../src/server/scoring-pool/thread-pool.ts';

const open: ThreadPool[] = [];
afterEach(async () => {
  for (const pool of open.splice(0)) await pool.close();
});

async function poolOf(
  options: Partial<ThreadPoolOptions> = {},
): Promise<{ pool: ThreadPool; watch: PoolWatch; lost: LossReason[] }> {
  const lost: LossReason[] = [];
  const watch = new PoolWatch((reason) => lost.push(reason));
  const entry = new URL('./threads.mjs', import.meta.url);
  const pool = new ThreadPool({ entry, workerData: {}, workers: 1, spares: 0, queue: 4, deadlineMs: 30_000, watch, ...options });
  open.push(pool);
  await pool.ready;
  return { pool, watch, lost };
}

test('calls are answered, and what they throw is thrown', async () => {
  const { pool } = await poolOf({ workers: 2 });
  await expect(Promise.all([1, 2, 3, 4].map((n) => pool.run('echo', [n])))).resolves.toEqual([1, 2, 3, 4]);
  await expect(pool.run('nonsense', [])).rejects.toThrow(/not a function/);
});

test.each(['exit', 'abort', 'throwLater', 'memory'])('%s: that call is refused, the ones behind it are answered', async (end) => {
  const { pool, lost, watch } = await poolOf(end === 'memory' ? { resourceLimits: { maxOldGenerationSizeMb: 24 } } : {});
  const ended = pool.run(end, []);
  const behind = pool.run('echo', ['behind']);
  // Abort is refused inside a thread; the call throws, and nothing is lost.
  await expect(ended).rejects.toMatchObject(
    end === 'abort' ? { message: expect.stringContaining('abort') } : { code: 'SERVER_WORKER_LOST' },
  );
  await expect(behind).resolves.toBe('behind');
  expect(lost).toEqual(end === 'abort' ? [] : ['ended']);
  expect(watch.now).toMatchObject({ waiting: 0, busy: 0, ready: 1 });
});

test('a call that does not come back ends with its thread, and the others go on', async () => {
  const { pool, lost } = await poolOf({ workers: 2, deadlineMs: 300 });
  const hanging = pool.run('hang', []);
  await expect(pool.run('echo', [1])).resolves.toBe(1);
  await expect(hanging).rejects.toMatchObject({ code: 'SERVER_WORKER_TIMEOUT' });
  await expect(Promise.all([pool.run('echo', [2]), pool.run('slow', [1, 3])])).resolves.toEqual([2, 3]);
  expect(lost).toEqual(['timeout']);
});

test('a spare takes over at once, and is replaced', async () => {
  const { pool, watch, lost } = await poolOf({ spares: 1 });
  while (watch.now.ready < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const first = await pool.run('thread', []);
  // One at a time, however many stand by.
  const order: number[] = [];
  await Promise.all([pool.run('slow', [30, 1]).then(() => order.push(1)), pool.run('echo', [2]).then(() => order.push(2))]);
  expect(order).toEqual([1, 2]);
  await expect(pool.run('exit', [])).rejects.toMatchObject({ code: 'SERVER_WORKER_LOST' });
  expect(watch.now.ready).toBe(1);
  expect(await pool.run('thread', [])).not.toBe(first);
  while (watch.now.ready < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(lost).toEqual(['ended']);
});

test('threads that are lost again and again cost one call each', async () => {
  const { pool, lost } = await poolOf();
  for (let round = 0; round < 10; round += 1) {
    const calls = [pool.run('echo', [round]), pool.run('exit', []), pool.run('echo', [-round])];
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  }
  expect(lost).toHaveLength(10);
});

test('what is too much is refused before it waits, and work in the background does not take the place of others', async () => {
  const { pool } = await poolOf();
  const order: string[] = [];
  const note = async (name: string, background: boolean): Promise<void> => {
    await pool.run('echo', [name], { background });
    order.push(name);
  };
  const first = pool.run('slow', [50, null]);
  const background = ['b1', 'b2', 'b3', 'b4'].map((name) => note(name, true));
  const urgent = ['u1', 'u2', 'u3', 'u4'].map((name) => note(name, false));
  await expect(pool.run('echo', ['u5'])).rejects.toMatchObject({ code: 'SERVER_BUSY' });
  await expect(pool.run('echo', ['b5'], { background: true })).rejects.toMatchObject({ code: 'SERVER_BUSY' });
  await Promise.all([first, ...background, ...urgent]);
  expect(order).toEqual(['u1', 'u2', 'u3', 'u4', 'b1', 'b2', 'b3', 'b4']);
});

test('who has gone away is not worked for', async () => {
  const { pool } = await poolOf();
  const first = pool.run('slow', [50, 1]);
  const gone = new AbortController();
  const left = pool.run('exit', [], { signal: gone.signal });
  gone.abort();
  await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(first).resolves.toBe(1);
  // Had it been worked on, the thread would be gone.
  await expect(pool.run('echo', [2])).resolves.toBe(2);
  await expect(pool.run('echo', [3], { signal: gone.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('a thread that cannot be made ready tells why', async () => {
  const refused = poolOf({ workerData: { refuse: true } });
  await expect(refused).rejects.toBeInstanceOf(ModelError);
  await expect(refused).rejects.toMatchObject({ code: 'MODEL_X', message: 'MODEL_X: not this one' });
});

test('a retired pool gives its threads back, and serves who still asks', async () => {
  const { pool, watch } = await poolOf({ workers: 2, idleMs: 20 });
  pool.retire();
  while (watch.now.ready > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await expect(pool.run('echo', [1])).resolves.toBe(1);
  while (watch.now.ready > 0) await new Promise((resolve) => setTimeout(resolve, 10));
});

test('closing refuses what is under way and what waits', async () => {
  const { pool } = await poolOf();
  const outcomes = [pool.run('hang', []), pool.run('echo', [1])];
  const closed = pool.close();
  for (const outcome of outcomes) await expect(outcome).rejects.toMatchObject({ code: 'SERVER_STOPPING' });
  await closed;
  await expect(pool.run('echo', [2])).rejects.toMatchObject({ code: 'SERVER_STOPPING' });
});
