/**
 * Entry of a training thread: grows its share of the trees.
 */
import { growShare } from './grow-trees.ts';
import type { GrownShare, RunState } from './grow-trees.ts';
import type { TrainingJob } from './training-job.ts';

export interface ShareTask {
  readonly job: TrainingJob;
  readonly state: RunState;
}

export function growTask({ job, state }: ShareTask): GrownShare {
  const growing = growShare(job, state);
  let step = growing.next();
  while (step.done !== true) step = growing.next();
  return step.value;
}
