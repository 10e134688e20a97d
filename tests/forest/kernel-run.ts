/**
 * The training kernel prepared on a table, for tests that look closer than at a whole forest.
 */
import { numberGroups } from '../../src/forest/bootstrap.ts';
import type { TrainingTable } from '../../src/forest/index.ts';
import { allocateMemory, planMemory } from '../../src/forest/kernel-memory.ts';
import type { MemoryPlan } from '../../src/forest/kernel-memory.ts';
import { storeTable } from '../../src/forest/kernel-table.ts';
import type { ColumnBins } from '../../src/forest/kernel-table.ts';
import type { ResolvedForestOptions } from '../../src/forest/options.ts';
import type { SharedMemory } from '../../src/forest/shared-wasm.ts';
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
): Promise<KernelTest> {
  const { rows, featureCount } = table;
  const grouped = options.bootstrap === 'group' ? numberGroups(table.groups!) : undefined;
  const drawCount = options.bootstrap === 'none' ? 0 : (grouped?.groupCount ?? rows);
  const shape = {
    ...options,
    ...{ rows, featureCount, drawCount, workers: 1 },
    hasWeights: table.weights !== undefined,
    hasGroups: grouped !== undefined,
  };
  const plan = planMemory(shape);
  const memory = allocateMemory(plan, shape);
  const run = { ...options, rows, featureCount, drawCount, minLeafWeight: options.minLeafWeight ?? 0 };
  const kernel = attachKernel(compileKernel(), memory, callsOf(run, plan, 0, limits));
  const stored = { ...table, weights: table.weights, group: grouped?.group };
  const columns = await storeTable(memory, plan, kernel, stored, options.maxBins, () => Promise.resolve());
  return { kernel, memory, plan, columns };
}
