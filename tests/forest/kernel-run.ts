/**
 * The training kernel prepared on a table, for tests that look closer than at a whole forest.
 */
import { numberGroups } from '../../src/forest/bootstrap.ts';
import type { FlatForest, TrainingTable } from '../../src/forest/index.ts';
import { assembleKernelTrees } from '../../src/forest/kernel-forest.ts';
import { allocateMemory, planMemory } from '../../src/forest/kernel-memory.ts';
import type { CacheSizes, MemoryPlan } from '../../src/forest/kernel-memory.ts';
import { storeTable } from '../../src/forest/kernel-table.ts';
import type { ColumnBins } from '../../src/forest/kernel-table.ts';
import type { ResolvedForestOptions } from '../../src/forest/options.ts';
import type { SharedMemory } from '../../src/forest/webassembly.ts';
import { attachKernel, callsOf, compileKernel } from '../../src/forest/training-kernel.ts';
import type { CountingLimits, KernelExports } from '../../src/forest/training-kernel.ts';

export interface KernelTest {
  readonly kernel: KernelExports;
  readonly memory: SharedMemory;
  readonly plan: MemoryPlan;
  readonly columns: ColumnBins;
}

export async function prepareKernel(
  table: TrainingTable,
  options: ResolvedForestOptions,
  limits?: CountingLimits,
  caches?: CacheSizes,
): Promise<KernelTest> {
  const { rows, featureCount } = table;
  const grouped = options.bootstrap === 'group' && table.groups !== undefined ? numberGroups(table.groups) : undefined;
  const drawCount = options.bootstrap === 'none' ? 0 : (grouped?.groupCount ?? rows);
  const shape = {
    ...options,
    ...{ rows, featureCount, drawCount, workers: 1 },
    hasWeights: table.weights !== undefined,
    hasGroups: grouped !== undefined,
  };
  const plan = planMemory(shape, caches);
  const memory = allocateMemory(plan, shape);
  const run = { ...options, rows, featureCount, drawCount, minLeafWeight: options.minLeafWeight ?? 0 };
  const kernel = attachKernel(compileKernel(), memory, callsOf(run, plan, 0, limits));
  const stored = { ...table, weights: table.weights, group: grouped?.group };
  const columns = await storeTable(memory, plan, kernel, stored, options.maxBins, () => Promise.resolve());
  return { kernel, memory, plan, columns };
}

/** All trees of a forest, on this thread. */
export function growForest({ kernel, memory, plan, columns }: KernelTest, trees: number, featureCount: number): FlatForest {
  const { treeSplits, treeValues, treeCovers } = plan.threads[0]!;
  const grown = Array.from({ length: trees }, (_, number) => {
    const nodes = kernel.grow(number);
    return {
      number,
      splits: new Uint32Array(memory.buffer, treeSplits, 2 * nodes).slice(),
      values: new Float64Array(memory.buffer, treeValues, nodes).slice(),
      covers: new Float64Array(memory.buffer, treeCovers, nodes).slice(),
    };
  });
  return assembleKernelTrees(grown, trees, columns, featureCount);
}
