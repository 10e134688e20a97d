/**
 * From a folder on disk to a model that may be served: whole, checked, and signed where that is asked for.
 */
import { readFile } from 'node:fs/promises';
import { readModelFolder, requireSigned, trustedKey, type ModelFolder } from '../model/index.ts';

/**
 * @param keyFiles  public keys, PEM; absent: unsigned models are served too
 * @throws {ModelError} as readModelFolder; MODEL_SIGNING_KEY, MODEL_UNSIGNED, MODEL_SIGNATURE
 */
export async function readServedFolder(dir: string, keyFiles: readonly string[] | undefined): Promise<ModelFolder> {
  const keys = await Promise.all((keyFiles ?? []).map(async (file) => trustedKey(await readFile(file, 'utf8'))));
  const folder = await readModelFolder(dir);
  if (keyFiles !== undefined) await requireSigned(dir, folder, keys);
  return folder;
}
