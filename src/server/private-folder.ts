/**
 * A folder for its owner alone, that is still there after a power loss.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { syncFolder } from '../util/atomic-file.ts';

/** Makes it, and what is missing above it, with rights 0700; one that is there is left as it is. */
export async function makePrivateFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  // A new folder is known on disk once the one above it is.
  for (let made = resolve(path); made.length >= resolve(first).length; made = dirname(made)) await syncFolder(dirname(made));
}
