/**
 * Puts a training table into the memory of a run: its columns as bins, one copy for all threads.
 *
 * Choice  each column is copied in, quantised there and forgotten, so that beside the bins no more than one column is held
 */
import type { KernelExports } from './training-kernel.ts';
import type { MemoryPlan } from './kernel-memory.ts';
import type { RowSampling } from './row-sampling.ts';
import type { SharedMemory } from './webassembly.ts';
import type { TrainingTable } from './training-table.ts';

/** What assembling a forest needs to know of the columns, as in bins.ts. */
export interface ColumnBins {
  /** Per column the number of bins of present values, 0 where all are missing. */
  readonly binCount: Uint8Array;
  /** Per column binCount - 1 increasing borders, starting at f * maxBins. */
  readonly borders: Float64Array;
  readonly maxBins: number;
}

/** A checked table whose weights are left out where all are 1, and whose groups are numbered. */
type StoredTable = Pick<TrainingTable, 'rows' | 'columns' | 'outcome'> & Pick<RowSampling, 'weights' | 'group'>;

/** @param pause  awaited between columns */
export async function storeTable(
  memory: SharedMemory,
  plan: MemoryPlan,
  kernel: KernelExports,
  { rows, columns, outcome, weights, group }: StoredTable,
  maxBins: number,
  pause: () => Promise<void>,
): Promise<ColumnBins> {
  const { shared, stride } = plan;
  new Uint8Array(memory.buffer, shared.outcome, rows).set(outcome);
  if (weights !== undefined) new Float64Array(memory.buffer, shared.weights, rows).set(weights);
  if (group !== undefined) new Int32Array(memory.buffer, shared.group, rows).set(group);
  const { quantising, records } = plan.threads[0]!;
  const values = new Float64Array(memory.buffer, records, rows);
  const [keys, spare] = [records + 8 * rows, records + 16 * rows];
  const isByRow = shared.columnBins === 0;
  for (const [feature, column] of columns.entries()) {
    values.set(column);
    const borders = shared.borders + 8 * maxBins * feature;
    const bins = isByRow ? shared.rowBins + feature : shared.columnBins + feature * rows;
    kernel.quantise(feature, records, keys, spare, quantising, maxBins, borders, bins, isByRow ? stride : 1);
    await pause();
  }
  if (!isByRow) kernel.layRows();
  return {
    binCount: new Uint8Array(memory.buffer, shared.binCount, columns.length),
    borders: new Float64Array(memory.buffer, shared.borders, maxBins * columns.length),
    maxBins,
  };
}
