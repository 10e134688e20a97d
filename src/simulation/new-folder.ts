/**
 * A folder that is filled whole or not at all.
 *
 * In      a path where nothing is yet, or an empty folder, so that no file of another run is taken for one of this
 * Out     the filled folder; on any error or cancellation what was there before, so that the same call can be made again
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SimulationError } from '../errors.ts';

/**
 * @param fill  writes into the folder; when it fails, nothing of it may still be writing
 * @throws {SimulationError} SIM_OUT_TAKEN; whatever `fill` throws; the file system's own error
 */
export async function fillNewFolder<T>(out: string, fill: () => Promise<T>): Promise<T> {
  const before = await entriesOf(out);
  if (before !== null && before.length > 0) {
    throw new SimulationError(
      'SIM_OUT_TAKEN',
      `expected a new or empty folder, found files in ${out}; choose another --out or empty it`,
    );
  }
  await mkdir(out, { recursive: true });
  try {
    return await fill();
  } catch (error) {
    // What went wrong first is what is told: a folder that cannot be emptied is refused by its name the next time.
    await (before === null ? remove(out) : empty(out)).catch(() => undefined);
    throw error;
  }
}

async function entriesOf(folder: string): Promise<string[] | null> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await remove(join(folder, name));
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}
