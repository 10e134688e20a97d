/**
 * The TypeScript engine: the readable reference of the WebAssembly engine (./kernel-engine.ts), and what runs where WebAssembly threads are missing.
 */
import { assembleForest, requireTree } from './assemble.ts';
import type { EngineRun, GrownForest } from './engine.ts';
import { growShare } from './grow-trees.ts';
import type { GrownShare } from './grow-trees.ts';
import { growInProcess } from './in-process.ts';
import type { ResolvedForestOptions } from './options.ts';
import { createOutOfBagSums, mergeOutOfBag, outOfBagMean } from './out-of-bag.ts';
import { samplingShape } from './row-sampling.ts';
import { countNodes, createRunState } from './run-state.ts';
import { growInThreads } from './thread-pool.ts';
import { createTrainingJob } from './training-job.ts';
import { requireMemory, watchForest } from './training-memory.ts';
import type { TrainingTable } from './training-table.ts';
import type { GrownTree } from './tree-grower.ts';
import { typescriptNeed } from './typescript-memory.ts';

// Under Node 20 a thread cannot start on a .ts file, so from source it starts on an entry that registers tsx; from dist on .js.
const workerEntry = new URL(import.meta.url.endsWith('.ts') ? './tree-worker-source.mjs' : './tree-worker.js', import.meta.url);
/** Rows times trees below which threads cost more than they save (about 0.1 s of work). */
const threadsPayFrom = 250_000;

/** @throws {ForestError} FOREST_MEMORY, FOREST_WORKER_FAILED @throws {CancelledError} when the signal is raised */
export async function growWithTypeScript(
  table: TrainingTable,
  options: ResolvedForestOptions,
  { onProgress, signal, maxMemoryBytes, workerEntry: entry = workerEntry }: EngineRun,
): Promise<GrownForest> {
  const { trees } = options;
  const workers = table.rows * trees < threadsPayFrom ? 1 : Math.min(options.workers, trees);
  const need = typescriptNeed({ ...options, ...table, ...samplingShape(table, options), workers });
  requireMemory(need, trees, maxMemoryBytes);
  const job = createTrainingJob(table, options);
  const state = createRunState();
  const watched = watchForest(need, trees, maxMemoryBytes, () => countNodes(state), onProgress);
  const shares: GrownShare[] = [];
  if (workers === 1) {
    shares.push(await growInProcess(growShare(job, state), trees, watched, signal));
  } else {
    const data = Array.from({ length: workers }, () => ({ job, state }));
    const onMessage = (share: GrownShare): void => void shares.push(share);
    await growInThreads({ entry, data, onMessage, state, trees, onProgress: watched, signal });
  }
  const outOfBag = createOutOfBagSums(table.rows);
  for (const share of shares) mergeOutOfBag(outOfBag, share.outOfBag);
  return { forest: assembleForest(inOrder(shares, trees), job.table), outOfBag: outOfBagMean(outOfBag) };
}

function inOrder(shares: readonly GrownShare[], count: number): GrownTree[] {
  const trees = new Array<GrownTree | undefined>(count).fill(undefined);
  for (const share of shares) share.numbers.forEach((number, i) => (trees[number] = share.trees[i]));
  return trees.map((tree, number) => requireTree(tree, number, count));
}
