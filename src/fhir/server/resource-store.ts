/**
 * A landing folder held in memory as it is on disk: bytes, offsets, and two indexes (id, patient).
 *
 * In      a landing folder; every line an object of the file's type with an id
 * Out     rows, numbered 0, 1, …; the rows of a type are neighbours, in the order of the files
 * Choice  bytes are kept, not objects: 300 MB of JSON are 300 MB here and several times that when parsed, and a page is then a
 *         concatenation. A row is parsed when a search parameter needs it
 * Choice  two lines with one type and id are refused: a server shows one current version of a resource
 */
import { FhirError } from '../../errors.ts';
import { silent, type OnProgress } from '../../util/progress.ts';
import { landingFiles, readManifest, type LandingManifest } from '../landing.ts';
import { readNdjsonBytes } from '../ndjson.ts';
import { findFields } from './json-fields.ts';
import { KeyTable } from './key-table.ts';
import { PostingListsBuilder, type PostingLists, type RowRange } from './posting-lists.ts';
import { localReference } from './references.ts';
import { patientElementOf } from './search-parameters.ts';
import { SegmentedBytes } from './segmented-bytes.ts';

const quote = 0x22;
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const referenceKey = [ascii('reference')];
const patientPrefix = ascii('Patient/');
const subjectSpan = new Int32Array(2);

export class ResourceStore {
  /** Types held or covered, in manifest order, with their rows; a covered type without records has an empty range. */
  readonly types = new Map<string, RowRange>();
  /** Rows of a type that name a subject which is not a Patient: for these the patient index is not the whole answer. */
  readonly otherSubjects = new Map<string, number>();
  readonly manifest: LandingManifest;
  /** Bases under which an absolute reference means a resource of this server. */
  readonly bases: string[];

  private readonly bytes = new SegmentedBytes();
  private readonly keys = new KeyTable();
  private readonly patients = new KeyTable();
  private readonly patientRows = new PostingListsBuilder();
  private byPatient: PostingLists | undefined;

  private constructor(manifest: LandingManifest) {
    this.manifest = manifest;
    this.bases = manifest.source.url === undefined ? [] : [manifest.source.url.replace(/\/+$/, '')];
  }

  /**
   * @throws {FhirError} as `readManifest` and `readNdjson`; LANDING_CORRUPT when a file holds more or fewer lines than the
   *         manifest says; LANDING_RECORD when a line is no resource of its file's type or its id is wrong or taken
   */
  static async load(dir: string, onProgress: OnProgress = silent): Promise<ResourceStore> {
    const manifest = await readManifest(dir);
    const store = new ResourceStore(manifest);
    const total = manifest.files.reduce((sum, file) => sum + file.count, 0);
    for (const type of new Set([...manifest.files.map((f) => f.type), ...manifest.coverage.types])) {
      const first = store.size;
      for (const path of landingFiles(manifest, dir, type)) await store.addFile(path, type, onProgress, total);
      store.types.set(type, { first, end: store.size });
      const expected = manifest.files.filter((f) => f.type === type).reduce((sum, file) => sum + file.count, 0);
      if (store.size - first !== expected) {
        const what = `${type}: expected ${expected} resources, found ${store.size - first}; fetch or generate the folder again`;
        throw new FhirError('LANDING_CORRUPT', what, { details: { type, expected, found: store.size - first } });
      }
    }
    store.byPatient = store.patientRows.build(store.patients.size);
    onProgress({ task: 'resources', done: total, total });
    return store;
  }

  /** Rows in all. */
  get size(): number {
    return this.keys.size;
  }

  /** Bytes of JSON held. */
  get byteSize(): number {
    return this.bytes.byteLength;
  }

  rangeOf(type: string): RowRange {
    return this.types.get(type) ?? { first: 0, end: 0 };
  }

  typeOf(row: number): string {
    for (const [type, range] of this.types) if (row >= range.first && row < range.end) return type;
    throw new RangeError(`row ${row} of ${this.size}`);
  }

  /** "Type/id" of a row. */
  keyOf(row: number): string {
    return this.keys.textOf(row);
  }

  /** The row of "Type/id", -1 where there is none. */
  find(key: string): number {
    return this.keys.find(Buffer.from(key, 'utf8'));
  }

  /** The JSON of a row, as it is on disk. */
  bytesOf(row: number): Buffer {
    return this.bytes.item(row);
  }

  /** A row, parsed. */
  parse(row: number): unknown {
    return JSON.parse(this.bytes.item(row).toString('utf8'));
  }

  /** Rows of one type (or of all) in a patient's compartment, ascending; a view. The Patient itself counts as a row of type Patient. */
  rowsOfPatient(id: string, type?: string): Int32Array {
    const group = this.patients.find(Buffer.from(id, 'utf8'));
    if (group === -1 || this.byPatient === undefined) return new Int32Array(0);
    return type === undefined ? this.byPatient.list(group) : this.byPatient.listWithin(group, this.rangeOf(type));
  }

  private async addFile(path: string, type: string, onProgress: OnProgress, total: number): Promise<void> {
    const element = patientElementOf(type);
    const fields = [ascii('resourceType'), ascii('id'), ...(element === null ? [] : [ascii(element)])];
    const spans = new Int32Array(2 * fields.length);
    const expectedType = `"${type}"`;
    const key = Buffer.alloc(type.length + 1 + 64);
    key.write(`${type}/`, 'latin1');
    for await (const batch of readNdjsonBytes(path)) {
      for (const { line, bytes } of batch) {
        const found = findFields(bytes, 0, bytes.length, fields, spans);
        const [typeFrom = -1, typeTo = -1, idFrom = -1, idTo = -1, subjectFrom = -1, subjectTo = -1] = spans;
        if (found < 0 || bytes.at(-1) !== 0x7d) throw wrongRecord(path, type, line, 'one JSON object', 'something else');
        if (typeFrom < 0 || bytes.toString('latin1', typeFrom, typeTo) !== expectedType) {
          throw wrongRecord(path, type, line, `resourceType ${type}`, 'another type or none');
        }
        if (idFrom < 0 || bytes[idFrom] !== quote || !isId(bytes, idFrom + 1, idTo - 1)) {
          throw wrongRecord(path, type, line, 'an id of 1 to 64 letters, digits, "-" and "."', 'none or another');
        }
        const row = this.size;
        const length = type.length + 1 + bytes.copy(key, type.length + 1, idFrom + 1, idTo - 1);
        if (this.keys.intern(key, 0, length) !== row)
          throw wrongRecord(path, type, line, 'an id of its own', 'one that is taken');
        this.bytes.push(bytes);
        if (type === 'Patient') this.patientRows.add(this.patients.intern(key, type.length + 1, length), row);
        else if (subjectFrom >= 0) this.addSubject(row, type, bytes, subjectFrom, subjectTo);
      }
      onProgress({ task: 'resources', done: this.size, total });
    }
  }

  private addSubject(row: number, type: string, bytes: Buffer, from: number, to: number): void {
    if (findFields(bytes, from, to, referenceKey, subjectSpan) !== 1) return;
    const [start = 0, end = 0] = subjectSpan;
    const idStart = start + 1 + patientPrefix.length;
    if (bytes[start] === quote && startsWith(bytes, start + 1, patientPrefix) && isId(bytes, idStart, end - 1)) {
      this.patientRows.add(this.patients.intern(bytes, idStart, end - 1), row);
      return;
    }
    // The long way for the rest: absolute, with a version, or written with escapes ("Patient\/1").
    const text: unknown = JSON.parse(bytes.toString('utf8', start, end));
    const local = typeof text === 'string' ? localReference(text, this.bases) : null;
    if (local?.startsWith('Patient/')) this.patientRows.add(this.patients.intern(Buffer.from(local.slice(8), 'latin1')), row);
    else if (local !== null) this.otherSubjects.set(type, (this.otherSubjects.get(type) ?? 0) + 1);
  }
}

/** 1 to 64 of A-Z a-z 0-9 - . (R4 datatypes.html#id). */
function isId(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 1 || to - from > 64) return false;
  for (let i = from; i < to; i += 1) {
    const b = bytes[i] as number;
    const letter = (b | 0x20) >= 0x61 && (b | 0x20) <= 0x7a;
    if (!letter && !(b >= 0x30 && b <= 0x39) && b !== 0x2d && b !== 0x2e) return false;
  }
  return true;
}

function startsWith(bytes: Uint8Array, from: number, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.length; i += 1) if (bytes[from + i] !== prefix[i]) return false;
  return true;
}

function wrongRecord(path: string, type: string, line: number, expected: string, found: string): FhirError {
  const file = path.split('/').at(-1) ?? path;
  const message = `${file}, line ${line}: expected ${expected}, found ${found}; fetch or generate the folder again`;
  return new FhirError('LANDING_RECORD', message, { details: { file, type, line } });
}
