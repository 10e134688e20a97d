/**
 * Whose truth a file is: the manifest of planted records names the truth that was written with them.
 *
 * Choice  ids and times of a truth can match records of another seed or process, whose outcomes it does not tell; the hash cannot
 * Choice  records whose manifest names no truth take any file that matches them
 */
import { SimulationError } from '../errors.ts';
import { readManifest } from '../fhir/landing.ts';
import { sha256File } from '../util/sha256.ts';
import { readTruth, type Truth } from './truth-table.ts';

/** @throws {SimulationError} SIM_TRUTH_OTHER when the manifest of the records names another truth; {FhirError} as readManifest */
async function requireOwnTruth(path: string, data: string): Promise<void> {
  const own = (await readManifest(data)).planting?.truth;
  if (own === undefined) return;
  const sha256 = await sha256File(path);
  if (sha256 === own.sha256) return;
  throw new SimulationError(
    'SIM_TRUTH_OTHER',
    `expected the truth that was written with the records in ${data} (SHA-256 ${own.sha256.slice(0, 12)}…), found another in ${path} ` +
      `(${sha256.slice(0, 12)}…); give ${own.path} of that folder, or simulate again if that file was changed`,
    { details: { expected: own.sha256, found: sha256 } },
  );
}

/** A truth that was written with the records in `data`. @throws {SimulationError} SIM_TRUTH_INVALID, SIM_TRUTH_OTHER */
export async function readOwnTruth(path: string, data: string): Promise<Truth> {
  const truth = await readTruth(path);
  await requireOwnTruth(path, data);
  return truth;
}
