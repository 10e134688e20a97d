/**
 * A folder to write into: new or empty, so that no file of another run is taken for one of this.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { SimulationError } from '../errors.ts';

/** @throws {SimulationError} SIM_OUT_TAKEN */
export async function requireNewFolder(out: string): Promise<void> {
  await mkdir(out, { recursive: true });
  if ((await readdir(out)).length === 0) return;
  throw new SimulationError(
    'SIM_OUT_TAKEN',
    `expected a new or empty folder, found files in ${out}; choose another --out or empty it`,
  );
}
