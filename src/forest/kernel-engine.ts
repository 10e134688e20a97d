/**
 * The WebAssembly engine: the same trees as the TypeScript engine (./typescript-engine.ts), to the bit, in a fraction of the time.
 *
 * Choice  trees come out of the shared memory as they are grown, so that memory need not be sized for a forest
 */
import type { EngineRun, GrownForest } from './engine.ts';
import { growInProcess, turnTaker } from './in-process.ts';
import { assembleKernelTrees } from './kernel-forest.ts';
import type { KernelTree } from './kernel-forest.ts';
import { allocateMemory, kernelNeed, planMemory } from './kernel-memory.ts';
import type { MemoryPlan } from './kernel-memory.ts';
import { storeTable } from './kernel-table.ts';
import type { ResolvedForestOptions } from './options.ts';
import { rowSampling, samplingShape } from './row-sampling.ts';
import { countNodes, nodesGrown, stateLength } from './run-state.ts';
import type { RunState } from './run-state.ts';
import type { SharedMemory } from './webassembly.ts';
import { growInThreads } from './thread-pool.ts';
import { attachKernel, callsOf, compileKernel } from './training-kernel.ts';
import type { KernelExports } from './training-kernel.ts';
import { requireMemory, watchForest } from './training-memory.ts';
import type { TrainingTable } from './training-table.ts';

const workerEntry = new URL('./kernel-worker.cjs', import.meta.url);
/** Trees are handed over once they are this large together. */
const batchBytes = 2 ** 20;
/** Rows times trees below which threads cost more than they save (about 0.3 s of work). */
const threadsPayFrom = 3_000_000;

/** @throws {ForestError} FOREST_MEMORY, FOREST_WORKER_FAILED @throws {CancelledError} when the signal is raised */
export async function growWithKernel(
  table: TrainingTable,
  options: ResolvedForestOptions,
  { onProgress, signal, maxMemoryBytes, workerEntry: entry = workerEntry }: EngineRun,
): Promise<GrownForest> {
  const { rows, featureCount } = table;
  const { trees, maxBins, minLeafRows, minLeafWeight = 0, maxDepth, seed, mtry } = options;
  const workers = rows * trees < threadsPayFrom ? 1 : Math.min(options.workers, trees);
  const shape = { ...{ rows, featureCount, maxBins, minLeafRows, maxDepth, workers }, ...samplingShape(table, options) };
  const plan = planMemory(shape);
  const need = kernelNeed(plan, shape);
  requireMemory(need, trees, maxMemoryBytes);
  const sampling = rowSampling(table, options);
  const { drawCount } = sampling;
  const module = compileKernel();
  const memory = allocateMemory(plan, shape);
  const run = { rows, featureCount, drawCount, seed, mtry, minLeafRows, minLeafWeight, maxDepth };
  const calls = plan.threads.map((_, thread) => callsOf(run, plan, thread));
  const kernel = attachKernel(module, memory, calls[0]!);
  const stored = { ...table, ...sampling };
  const columns = await storeTable(memory, plan, kernel, stored, maxBins, turnTaker(signal));
  const state: RunState = new Int32Array(memory.buffer, plan.shared.state, stateLength);
  const watched = watchForest(need, trees, maxMemoryBytes, () => countNodes(state), onProgress);
  const grown: KernelTree[] = [];
  const keep = (some: readonly KernelTree[]): void => {
    for (const tree of some) grown[tree.number] = tree;
  };
  if (workers === 1) {
    await growInProcess(growShare(kernel, memory, plan, state, trees, keep), trees, watched, signal);
  } else {
    await growInThreads<readonly KernelTree[]>({
      entry,
      data: calls.map((call, thread) => ({
        ...{ module, memory, calls: call, trees, batchBytes },
        ...{ state: plan.shared.state, regions: plan.threads[thread] },
      })),
      onMessage: keep,
      state,
      trees,
      onProgress: watched,
      signal,
    });
  }
  return {
    forest: assembleKernelTrees(grown, trees, columns, featureCount),
    outOfBag: outOfBagOf(memory, plan, rows, drawCount),
  };
}

/** Takes trees until none is left; yields after each. What threads do instead is in ./kernel-worker.cjs. */
function* growShare(
  kernel: KernelExports,
  memory: SharedMemory,
  plan: MemoryPlan,
  state: RunState,
  trees: number,
  keep: (some: readonly KernelTree[]) => void,
): Generator<void, void> {
  const { treeSplits, treeValues, treeCovers } = plan.threads[0]!;
  for (let number = kernel.takeTree(); number < trees; number = kernel.takeTree()) {
    const nodes = kernel.grow(number);
    const splits = new Uint32Array(memory.buffer, treeSplits, 2 * nodes).slice();
    const values = new Float64Array(memory.buffer, treeValues, nodes).slice();
    const covers = new Float64Array(memory.buffer, treeCovers, nodes).slice();
    Atomics.add(state, nodesGrown, nodes);
    keep([{ number, splits, values, covers }]);
    yield;
  }
}

/** The mean per row over the trees that left it out, all threads together; NaN where none did. */
function outOfBagOf(memory: SharedMemory, plan: MemoryPlan, rows: number, drawCount: number): Float64Array {
  const mean = new Float64Array(rows);
  if (drawCount === 0) return mean.fill(NaN);
  const counted = new Int32Array(rows);
  for (const { outOfBagSums, outOfBagTrees } of plan.threads) {
    const sums = new Float64Array(memory.buffer, outOfBagSums, rows);
    const trees = new Int32Array(memory.buffer, outOfBagTrees, rows);
    for (let row = 0; row < rows; row++) {
      mean[row]! += sums[row]!;
      counted[row]! += trees[row]!;
    }
  }
  for (let row = 0; row < rows; row++) mean[row]! /= counted[row]!;
  return mean;
}
