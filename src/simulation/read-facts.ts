/**
 * Facts of a whole landing folder, read once.
 *
 * In      a landing folder and its manifest; files as they lie, .gz or plain
 * Out     facts per patient in order of key, the end of the records, and an account: every line is counted, per type
 * Choice  patients and encounters first, so that what refers to them is decided as it is read and never kept whole
 * Choice  a line that is no FHIR resource of its file's type ends the reading: nothing is left out in silence
 */
import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import { landingFiles, readNdjsonBytes, type LandingManifest } from '../fhir/index.ts';
import { SimulationError } from '../errors.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { createFactReader, factTypes, type FactReader, type FactType } from './fact-reader.ts';
import type { PatientFacts } from './facts.ts';
import { isElement } from './record-element.ts';

export interface TypeAccount {
  readonly type: FactType;
  /** Resources read, one a line. */
  readonly lines: number;
  readonly facts: number;
  /** Resources that name no patient of this folder's kind (Patient/x) and so belong to nobody. */
  readonly withoutPatient: number;
}

export interface FactsRead {
  readonly patients: Map<string, PatientFacts>;
  readonly accounts: readonly TypeAccount[];
  /** Latest time of any encounter, used observation or order; -Infinity where there is none. */
  readonly lastEventMs: number;
}

/**
 * @throws {SimulationError} SIM_RECORD, SIM_DUPLICATE naming file and line; SIM_RECORD_COUNT when a file holds another number of resources
 *                           than the manifest says
 * @throws {FhirError} NDJSON_* for a file that cannot be read; @throws {CancelledError}
 */
export async function readFacts(
  dir: string,
  manifest: LandingManifest,
  run: { onProgress?: OnProgress; signal?: AbortSignal } = {},
): Promise<FactsRead> {
  const onProgress = run.onProgress ?? silent;
  const total = manifest.files
    .filter(({ type }) => (factTypes as readonly string[]).includes(type))
    .reduce((sum, { count }) => sum + count, 0);
  const reader = createFactReader();
  const accounts: TypeAccount[] = [];
  let done = 0;
  for (const type of factTypes) {
    const before = reader.withoutPatient;
    let [lines, facts] = [0, 0];
    for (const path of landingFiles(manifest, dir, type)) {
      const file = basename(path);
      for await (const batch of readNdjsonBytes(path)) {
        stopIfCancelled(run.signal, 'reading the records');
        for (const { line, bytes } of batch) facts += readLine(reader, type, bytes, file, line);
        lines += batch.length;
        done += batch.length;
        onProgress({ task: 'records', done, total });
      }
    }
    accounts.push({ type, lines, facts, withoutPatient: reader.withoutPatient - before });
  }
  checkAccounts(manifest, accounts);
  return { patients: reader.patients(), accounts, lastEventMs: reader.lastEventMs };
}

function readLine(reader: FactReader, type: FactType, bytes: Buffer, file: string, line: number): number {
  if (!isUtf8(bytes)) throw wrongLine(file, line, type, 'other bytes than UTF-8');
  let resource: unknown;
  try {
    resource = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw wrongLine(file, line, type, 'no JSON', cause);
  }
  if (!isElement(resource) || resource['resourceType'] !== type) throw wrongLine(file, line, type, 'another resource or value');
  try {
    return reader.read(resource);
  } catch (cause) {
    if (!(cause instanceof SimulationError)) throw cause;
    const said = cause.message.replace(`${cause.code}: `, '');
    throw new SimulationError(cause.code, `${file}, line ${line}: ${said}`, {
      details: { ...cause.details, file, line },
      cause,
    });
  }
}

function wrongLine(file: string, line: number, type: string, found: string, cause?: unknown): SimulationError {
  return new SimulationError(
    'SIM_RECORD',
    `${file}, line ${line}: expected a FHIR ${type}, found ${found}; fetch the records again`,
    {
      cause,
    },
  );
}

function checkAccounts(manifest: LandingManifest, accounts: readonly TypeAccount[]): void {
  for (const { type, lines } of accounts) {
    const expected = manifest.files.filter((file) => file.type === type).reduce((sum, { count }) => sum + count, 0);
    if (lines === expected) continue;
    throw new SimulationError(
      'SIM_RECORD_COUNT',
      `expected ${expected} lines of ${type}, found ${lines}; fetch the records again`,
      {
        details: { type, expected, found: lines },
      },
    );
  }
}
