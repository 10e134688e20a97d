/**
 * From a folder on disk to a model that may be served: whole, checked, and signed where that is asked for.
 */
import { readFile } from 'node:fs/promises';
import { isSignedReport, readModelFolder, readModelReport, requireSigned, trustedKey, type ModelFolder } from '../model/index.ts';

export interface LoadedFolder {
  readonly folder: ModelFolder;
  /** The report of this model as it is now; null where there is none, or not the one that was signed. */
  report(): Promise<Uint8Array | null>;
}

/**
 * @param keyFiles  public keys, PEM; absent: unsigned models are served too
 * @throws {ModelError} as readModelFolder; MODEL_SIGNING_KEY, MODEL_UNSIGNED, MODEL_SIGNATURE
 */
export async function readServedFolder(dir: string, keyFiles: readonly string[] | undefined): Promise<LoadedFolder> {
  const keys = await Promise.all((keyFiles ?? []).map(async (file) => trustedKey(await readFile(file, 'utf8'))));
  const folder = await readModelFolder(dir);
  const statement = keyFiles === undefined ? undefined : await requireSigned(dir, folder, keys);
  return {
    folder,
    report: async () => {
      const bytes = await readModelReport(dir, folder.modelSha256);
      return bytes === null || statement === undefined || isSignedReport(statement, bytes) ? bytes : null;
    },
  };
}
