/**
 * One natural file, copied without the lines that were displaced.
 *
 * In      an NDJSON file of a landing folder, a displacement
 * Out     a file of the same name with the kept lines byte for byte in the same order; each line left out or replaced is handed on
 * Choice  a line whose bytes mention nothing that was displaced is not parsed (./line-mentions.ts); the others are
 * Checks  lines = kept + left out, as many as the manifest counts
 */
import { createHash, type Hash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readNdjsonBytes, writeLandingBytes, type LandingFile } from '../fhir/index.ts';
import { SimulationError } from '../errors.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import type { DisplacedLine } from './displaced-file.ts';
import type { Displacement } from './displacement.ts';
import { untouchedBy } from './line-mentions.ts';
import { createRuns } from './line-runs.ts';
import { gzipLevel } from './planted-writer.ts';
import { isElement } from './record-element.ts';

export interface NaturalFileRun {
  readonly displacement: Displacement;
  /** Takes each line that was left out or replaced, in order. */
  readonly displaced: (line: DisplacedLine) => Promise<void>;
  /** Told how many resources of the file have been read. */
  readonly onResources: (done: number) => void;
  readonly signal: AbortSignal | undefined;
}

export interface NaturalFileCopy {
  /** Entry of the manifest. */
  readonly file: LandingFile;
  /** SHA-256 of what the natural file holds when inflated. */
  readonly content: string;
  readonly leftOut: number;
  readonly replaced: number;
}

interface Account {
  readonly content: Hash;
  resources: number;
  kept: number;
  leftOut: number;
  replaced: number;
}

/** @throws {SimulationError} SIM_ACCOUNTING, SIM_RECORD; {FhirError} NDJSON_*; {CancelledError}; the file system's own error */
export async function copyNaturalFile(
  from: string,
  file: LandingFile,
  out: string,
  run: NaturalFileRun,
): Promise<NaturalFileCopy> {
  await mkdir(dirname(join(out, file.path)), { recursive: true });
  const account: Account = { content: createHash('sha256'), resources: 0, kept: 0, leftOut: 0, replaced: 0 };
  const written = await writeLandingBytes(out, file.path, keptLines(join(from, file.path), file, run, account), gzipLevel);
  const { resources, kept, leftOut, replaced } = account;
  if (resources !== file.count || kept + leftOut !== file.count) {
    throw new SimulationError(
      'SIM_ACCOUNTING',
      `${basename(file.path)}: expected ${file.count} resources = kept + displaced, found ${kept} + ${leftOut}; fetch the records again`,
    );
  }
  return { file: { type: file.type, ...written, count: kept }, content: account.content.digest('hex'), leftOut, replaced };
}

async function* keptLines(
  path: string,
  file: LandingFile,
  run: NaturalFileRun,
  account: Account,
): AsyncGenerator<Buffer, void, undefined> {
  const untouched = file.type === 'Patient' ? null : untouchedBy(run.displacement, file.type);
  for await (const batch of readNdjsonBytes(path, { whole: true })) {
    stopIfCancelled(run.signal, 'copying the records');
    const runs = createRuns();
    for (const { line, bytes } of batch) {
      account.content.update(bytes);
      if (isBlank(bytes)) {
        runs.add(bytes);
        continue;
      }
      account.resources += 1;
      const fate = untouched?.(bytes) === true ? bytes : fateOf(bytes, run.displacement, file, line);
      if (fate !== bytes) {
        const text = bytes.toString('utf8');
        await run.displaced({ file: file.path, line, text, ...(fate === null ? {} : { replaced: true }) });
      }
      if (fate === null) {
        account.leftOut += 1;
        continue;
      }
      if (fate !== bytes) account.replaced += 1;
      account.kept += 1;
      runs.add(fate);
    }
    run.onResources(account.resources);
    yield* runs.all();
  }
}

/** The line as it is, null where it did not happen, or the line that takes its place. */
function fateOf(bytes: Buffer, displacement: Displacement, file: LandingFile, line: number): Buffer | null {
  const resource = parsed(bytes, file, line);
  const applied = displacement.apply(resource);
  if (applied === resource) return bytes;
  return applied === null ? null : Buffer.from(`${JSON.stringify(applied)}${bytes.at(-1) === 0x0a ? '\n' : ''}`, 'utf8');
}

function parsed(bytes: Buffer, file: LandingFile, line: number): Parameters<Displacement['apply']>[0] {
  let resource: unknown;
  try {
    resource = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw notAResource(file, line, 'no JSON', cause);
  }
  if (!isElement(resource)) throw notAResource(file, line, 'another value');
  return resource;
}

function notAResource(file: LandingFile, line: number, found: string, cause?: unknown): SimulationError {
  return new SimulationError(
    'SIM_RECORD',
    `${basename(file.path)}, line ${line}: expected a FHIR resource, found ${found}; fetch the records again`,
    cause === undefined ? {} : { cause },
  );
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
