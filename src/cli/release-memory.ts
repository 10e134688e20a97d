/**
 * Gives back what earlier steps of a long command left behind.
 *
 * Why  a step that reads a whole cohort leaves hundreds of megabytes of garbage, which the runtime would keep while the next step asks the
 *      system for as much again outside its heap
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | null = null;

/** A full collection, about a tenth of a second; call it between steps, never in one. */
export function releaseMemory(): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
