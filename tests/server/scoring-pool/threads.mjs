/* global setTimeout */
// A thread of the pool that does what it is told: echoes, throws, hangs, ends, runs out of memory.
import { parentPort, threadId, workerData } from 'node:worker_threads';

const calls = {
  echo: (value) => value,
  thread: () => threadId,
  slow: async (ms, value) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return value;
  },
  hang: () => {
    for (;;);
  },
  exit: () => process.exit(3),
  abort: () => process.abort(),
  throwLater: () =>
    setTimeout(() => {
      throw new Error('uncaught');
    }),
  memory: () => {
    const all = [];
    for (;;) all.push(new Array(1e6).fill(all.length));
  },
};

parentPort.on('message', async ({ task, call, args }) => {
  try {
    parentPort.postMessage({
      kind: 'value',
      task,
      value: await (call === 'throwLater' ? new Promise(() => calls.throwLater()) : calls[call](...args)),
    });
  } catch (error) {
    parentPort.postMessage({
      kind: 'error',
      task,
      error: { className: null, code: '', message: error.message, details: {}, stack: error.stack },
    });
  }
});
if (workerData.refuse) {
  parentPort.postMessage({
    kind: 'failed',
    error: { className: 'ModelError', code: 'MODEL_X', message: 'not this one', details: {}, stack: '' },
  });
  parentPort.close();
} else parentPort.postMessage({ kind: 'ready' });
