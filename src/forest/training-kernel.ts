/**
 * The training kernel (assembly/trainer.ts) as a thread sees it: compiled once, attached to the run's memory, told what lies where.
 */
import { Buffer } from 'node:buffer';
import { trainerBytes } from './generated/trainer-bytes.ts';
import type { MemoryPlan } from './kernel-memory.ts';
import { wasm } from './webassembly.ts';
import type { SharedMemory, WasmModule } from './webassembly.ts';

/** What the kernel exports; arguments are those of assembly/job.ts and assembly/trainer.ts. */
export interface KernelExports {
  readonly setTable: (...values: number[]) => void;
  readonly setOptions: (...values: number[]) => void;
  readonly setScratch: (...values: number[]) => void;
  /** Quantises a column (assembly/quantising.ts). */
  readonly quantise: (...values: number[]) => void;
  /** Lays the bins out by rows beside those by columns. */
  readonly layRows: () => void;
  /** The next tree number nobody has taken. */
  readonly takeTree: () => number;
  /** Grows a tree into the thread's scratch memory; returns its nodes, -1 when the run was cancelled. */
  readonly grow: (tree: number) => number;
}

/** Arguments of the three calls that prepare a thread. */
export interface KernelCalls {
  readonly table: readonly number[];
  readonly options: readonly number[];
  readonly scratch: readonly number[];
}

/** What the options of a run and its table come to in the kernel. */
export interface KernelRun {
  readonly rows: number;
  readonly featureCount: number;
  readonly drawCount: number;
  readonly seed: number;
  readonly mtry: number;
  readonly minLeafRows: number;
  readonly minLeafWeight: number;
  readonly maxDepth: number;
}

/** From where on the kernel counts in f64, which takes longer: a node's weight, and how often one row is drawn (assembly/packing.ts, sample.ts). */
export interface CountingLimits {
  readonly packedWeight: number;
  readonly timesDrawn: number;
}
const countingLimits: CountingLimits = { packedWeight: 2 ** 21, timesDrawn: 15 };

let compiled: WasmModule | undefined;

/** @throws {Error} where threads or SIMD are missing */
export function compileKernel(): WasmModule {
  return (compiled ??= new (wasm().Module)(Buffer.from(trainerBytes, 'base64')));
}

/**
 * @param thread  0 .. workers - 1
 * @param limits  not above the usual ones
 */
export function callsOf(run: KernelRun, plan: MemoryPlan, thread: number, limits = countingLimits): KernelCalls {
  const { shared, stride } = plan;
  const own = plan.threads[thread]!;
  return {
    table: [
      run.rows,
      run.featureCount,
      stride,
      shared.rowBins,
      shared.columnBins,
      shared.binCount,
      shared.columnKind,
      shared.outcome,
      shared.weights,
      shared.group,
      run.drawCount,
      shared.state,
    ],
    options: [run.seed, run.mtry, run.minLeafRows, run.minLeafWeight, run.maxDepth, limits.packedWeight, limits.timesDrawn],
    scratch: [
      own.drawn,
      own.records,
      own.movedRecords,
      own.masses,
      own.movedMasses,
      own.local,
      plan.localRows,
      own.counts,
      own.order,
      own.pending,
      own.held,
      own.treeSplits,
      own.treeValues,
      own.treeCovers,
      own.outOfBagSums,
      own.outOfBagTrees,
    ],
  };
}

export function attachKernel(module: WasmModule, memory: SharedMemory, calls: KernelCalls): KernelExports {
  const { exports } = new (wasm().Instance)(module, { env: { memory } });
  const kernel = exports as unknown as KernelExports;
  kernel.setTable(...calls.table);
  kernel.setOptions(...calls.options);
  kernel.setScratch(...calls.scratch);
  return kernel;
}
