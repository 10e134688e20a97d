/**
 * Sorts more lines than memory holds: spilled to 256 files by the first byte of the patient's id, each sorted by itself.
 *
 * In      lines with their patient, date and id, in any order
 * Out     the lines ordered by (patient, date, id), code unit by code unit, in runs that never split a patient
 * Memory  the largest of 256 spill files, and 64 KiB for each
 * Choice  patients are UUIDs, evenly spread by their first two digits, so the order of the files is the order of the patients
 * Choice  an id that occurs twice is refused: Synthea appends to files it finds, and a folder filled twice would pass unseen
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../src/errors.ts';

const spillCount = 256;
const flushLength = 64 * 1024;

export interface LineKey {
  readonly patient: string;
  readonly date: string;
  readonly id: string;
}

/** The lines of one resource type on their way to disk and back. Call `add` for each, then `runs` once, then `discard`. */
export class SortedLines {
  readonly #paths: readonly string[];
  readonly #files: (number | null)[] = Array.from({ length: spillCount }, () => null);
  readonly #pending: string[] = Array.from({ length: spillCount }, () => '');
  readonly #counts = new Uint32Array(spillCount);

  constructor(folder: string, type: string) {
    this.#paths = Array.from({ length: spillCount }, (_, i) => join(folder, `${type}.${i.toString(16).padStart(2, '0')}.spill`));
  }

  /** @throws {UsageError} SYNTHEA_ID where the patient's id is not a UUID */
  add({ patient, date, id }: LineKey, json: string): void {
    const spill = /^[0-9a-f]{2}/.test(patient) ? Number.parseInt(patient.slice(0, 2), 16) : -1;
    if (spill < 0) {
      const what = 'expected a patient id that is a lower-case UUID, found another form';
      throw new UsageError('SYNTHEA_ID', `${what}; only records of Synthea can be pruned by this script`);
    }
    // A tab sorts before everything a date or an id holds, and JSON writes it as \t: the whole line can be compared as it is.
    this.#pending[spill] += `${patient}\t${date}\t${id}\t${json}\n`;
    this.#counts[spill] = (this.#counts[spill] ?? 0) + 1;
    if ((this.#pending[spill] ?? '').length >= flushLength) this.#flush(spill);
  }

  /**
   * The sorted lines in runs of at least `minimumLines` (the last may be shorter), so that large types become several files.
   *
   * @throws {UsageError} SYNTHEA_DUPLICATE
   */
  *runs(minimumLines: number): Generator<Iterable<string>, void, undefined> {
    let first = 0;
    let lines = 0;
    let left = this.#counts.reduce((sum, n) => sum + n, 0);
    for (let spill = 0; spill < spillCount; spill += 1) {
      lines += this.#counts[spill] ?? 0;
      left -= this.#counts[spill] ?? 0;
      // A short rest joins the run before it.
      if (spill < spillCount - 1 && (lines < minimumLines || left < minimumLines)) continue;
      if (lines > 0) yield this.#read(first, spill);
      first = spill + 1;
      lines = 0;
    }
  }

  /** Closes and removes the spill files. */
  discard(): void {
    for (const [spill, file] of this.#files.entries()) {
      if (file === null) continue;
      closeSync(file);
      this.#files[spill] = null;
      rmSync(this.#paths[spill] ?? '', { force: true });
    }
  }

  *#read(first: number, last: number): Generator<string, void, undefined> {
    for (let spill = first; spill <= last; spill += 1) {
      if (this.#counts[spill] === 0) continue;
      this.#flush(spill);
      const sorted = readFileSync(this.#paths[spill] ?? '', 'utf8')
        .split('\n')
        .slice(0, -1)
        .sort();
      let previous = '';
      for (const line of sorted) {
        const jsonStart = line.indexOf('\t{') + 1;
        const key = line.slice(0, jsonStart);
        if (key === previous) throw duplicate(key);
        previous = key;
        yield line.slice(jsonStart);
      }
    }
  }

  #flush(spill: number): void {
    const file = (this.#files[spill] ??= openSync(this.#paths[spill] ?? '', 'w', 0o600));
    writeSync(file, this.#pending[spill] ?? '');
    this.#pending[spill] = '';
  }
}

function duplicate(key: string): UsageError {
  const id = key.split('\t')[2] ?? '';
  const what = `expected each record once, found ${id} twice; Synthea appends to files it finds, so generate into an empty folder`;
  return new UsageError('SYNTHEA_DUPLICATE', what, { details: { id } });
}
