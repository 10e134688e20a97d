/**
 * The folder in which a server keeps what has to outlive it: audit trail, feedback, jobs.
 *
 * Choice  it tells of patients, so nobody but its owner (and a group, where its owner gave it one) may look into it: a folder that others
 *         may is refused rather than mended, because whoever opened it may have had a reason, and others may have looked already
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { makePrivateFolder } from './private-folder.ts';

/** In the working folder. */
export const defaultStateDir = 'readmission-state';

/**
 * @returns its absolute path; made with rights 0700 where it was missing
 * @throws {UsageError} SERVER_STATE_DIR; the file system's own error where it cannot be made
 */
export async function openStateDir(dir: string): Promise<string> {
  const path = resolve(dir);
  await makePrivateFolder(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST' || error.code === 'ENOTDIR') throw refused(path, 'a file in its place', 'choose another path');
    throw error;
  });
  const { mode } = await stat(path);
  // Rights of other users mean nothing where the system has none.
  if (process.platform !== 'win32' && (mode & 0o007) !== 0) {
    const rights = (mode & 0o777).toString(8).padStart(4, '0');
    throw refused(path, `rights ${rights}, by which every user of this machine reaches it`, 'take them away with chmod o-rwx');
  }
  return path;
}

function refused(path: string, found: string, remedy: string): UsageError {
  return new UsageError('SERVER_STATE_DIR', `expected a folder of the server's own at ${path}, found ${found}; ${remedy}`);
}
