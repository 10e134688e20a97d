/**
 * What the page runs: puts a model's forest into memory to be shared, has two workers answer from it, and sends what they said back.
 */
import { shareForest } from '../../src/forest/shared-forest.ts';
import { readModel } from '../../src/model/model-reading.ts';
import type { Answers, Question, SharedReport } from './shared-report.ts';

interface PageWorker {
  postMessage(question: Question): void;
  onmessage: (event: { readonly data: Answers }) => void;
  onerror: (event: { readonly message?: string }) => void;
}
const page = globalThis as unknown as {
  readonly location: { readonly origin: string };
  readonly crossOriginIsolated: boolean;
  readonly Worker: new (url: string, options: { readonly type: 'module' }) => PageWorker;
};
const { origin } = page.location;

function ask(question: Question): Promise<Answers> {
  return new Promise((resolve, reject) => {
    const worker = new page.Worker(`${origin}/worker.js`, { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message ?? 'the worker failed'));
    worker.postMessage(question);
  });
}

async function report(): Promise<SharedReport> {
  const { forest } = readModel(new Uint8Array(await (await fetch(`${origin}/model.bin`)).arrayBuffer()));
  const rows = ((await (await fetch(`${origin}/rows.json`)).json()) as (number | null)[][]).map((row) =>
    Float64Array.from(row, (x) => x ?? NaN),
  );
  const shared = shareForest(forest);
  const { buffer } = shared.memory;
  const before = buffer.byteLength;
  const parts = [0, 1].map((part) => rows.filter((_, r) => r % 2 === part));
  let refusal: string | null = null;
  const answers = await Promise.all(parts.map((part) => ask({ shared, rows: part }))).catch((error: unknown) => {
    refusal = String(error);
    return null;
  });
  return {
    isIsolated: page.crossOriginIsolated,
    buffer: Object.prototype.toString.call(buffer),
    answers,
    refusal,
    bytes: [before, shared.memory.buffer.byteLength],
  };
}

const body = await report().catch((error: unknown) => ({ error: String(error) }));
await fetch(`${origin}/report`, { method: 'POST', body: JSON.stringify(body) });
