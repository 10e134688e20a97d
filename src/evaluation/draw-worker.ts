/**
 * Entry of a resampling thread: prepares its copy of the work once, then measures the draws it is asked for.
 */
import { workerData } from 'node:worker_threads';
import { move } from 'piscina';
import { drawPanel } from './bootstrap.ts';
import { prepareWork, type DrawWork, type PreparedWork } from './draw-work.ts';

/** Resamples `from` to `to` (exclusive). */
export interface DrawTask {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

let prepared: PreparedWork | undefined;

export function drawTask({ seed, from, to }: DrawTask): Float64Array {
  prepared ??= prepareWork(workerData as DrawWork);
  return move(drawPanel(prepared.panel, prepared.groups, seed, from, to)) as Float64Array;
}
