/**
 * OUT/.pull: where an unfinished pull keeps its pages, its journal and its lock, until the landing folder is whole.
 *
 * In      the output folder and the query of this pull
 * Out     the journal's state, checked against what is on disk; a sink that commits the pages of one slice
 * Choice  a page is written aside, synced and renamed, and only then named in the journal with its length and SHA-256. On
 *         resumption every named page is read again: one that is missing or differs voids its slice, one without a name is removed
 * Choice  an unfinished folder goes on with the same query only; a finished one is not touched unless forced
 * Choice  everything here is readable by its owner alone
 */
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FhirError } from '../errors.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { sha256, sha256File } from '../util/sha256.ts';
import type { PageSink } from './fetch-slice.ts';
import { openJournal, sliceState, type Journal, type PageLine } from './journal.ts';
import { acquireLock } from './lock.ts';
import type { PageFile, PageIndex } from './page-file.ts';
import type { SearchPage } from './search.ts';
import type { Slice } from './slice.ts';

export interface Workspace {
  readonly journal: Journal;
  readonly pagesDir: string;
  /** Commits the pages of a slice; `make` turns a page into its file, at most `limit` entries in all. */
  sink(slice: Slice, make: (page: SearchPage, left: number) => PageFile, limit?: number): Promise<PageSink>;
  readPatients(): Promise<readonly string[] | null>;
  writePatients(ids: readonly string[], expected: number | null): Promise<void>;
  /** Removes .pull, the journal last. */
  remove(): Promise<void>;
  close(): Promise<void>;
}

const dataFile = /\.ndjson(\.gz)?(\.part)?$/;

/**
 * @param query  what is pulled, as text by option name; the first difference to an unfinished pull is named
 * @throws {FhirError} FHIR_BUSY, FHIR_FINISHED, FHIR_RESUME_MISMATCH, FHIR_JOURNAL
 */
export async function openWorkspace(out: string, query: Readonly<Record<string, string>>, force: boolean): Promise<Workspace> {
  const dir = join(out, '.pull');
  const pagesDir = join(dir, 'pages');
  await mkdir(out, { recursive: true });
  const before = await readdir(out);
  const journalPath = join(dir, 'journal.ndjson');
  const isUnfinished = before.includes('.pull') && (await exists(journalPath));
  if (!isUnfinished && !force) refuseFinished(out, before);
  await mkdir(pagesDir, { recursive: true, mode: 0o700 });
  const unlock = await acquireLock(join(dir, 'lock'));
  try {
    const journal = await openJournal(journalPath);
    if (journal.state.query === null) await journal.append({ kind: 'start', format: 1, query: { ...query } });
    else compareQueries(journal.state.query, query, out);
    const files = await checkPages(journal, pagesDir);
    return workspace(dir, pagesDir, journal, files, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

function workspace(dir: string, pagesDir: string, journal: Journal, last: number, unlock: () => Promise<void>): Workspace {
  const patientsPath = join(dir, 'patients.json');
  let files = last;
  return {
    journal,
    pagesDir,
    async sink(slice, make, limit = Number.POSITIVE_INFINITY) {
      const known = sliceState(journal.state, slice.key);
      const ids = new Set<string>();
      const sink = {
        ids,
        quarantined: 0,
        resumeAt: known.pages.at(-1)?.next ?? null,
        enough: () => ids.size + sink.quarantined >= limit,
        async commit(page: SearchPage): Promise<void> {
          const made = make(page, limit - ids.size - sink.quarantined);
          files += 1;
          const file = `${String(files).padStart(6, '0')}.page`;
          await writePage(join(pagesDir, file), made.bytes);
          await journal.append({
            kind: 'page',
            slice: slice.key,
            file,
            bytes: made.bytes.length,
            head: made.head,
            sha256: sha256(made.bytes),
            next: page.next,
            warnings: [...made.warnings],
          });
          count(made.index);
        },
        async restart(): Promise<void> {
          const { pages } = sliceState(journal.state, slice.key);
          if (pages.length > 0) await journal.append({ kind: 'restart', slice: slice.key });
          await removePages(pagesDir, pages);
          ids.clear();
          sink.quarantined = 0;
        },
      };
      const count = (index: PageIndex): void => {
        for (const [id] of index.resources[slice.type] ?? []) ids.add(id);
        sink.quarantined += index.quarantine.length;
      };
      for (const page of known.pages) count(await readPageIndex(pagesDir, page));
      // All pages are there and only the closing line is not: reading it again is simpler than a state for it.
      if (known.pages.length > 0 && sink.resumeAt === null) await sink.restart();
      return sink;
    },
    async readPatients() {
      const known = journal.state.patients;
      if (known === null) return null;
      const text = await readFile(patientsPath, 'utf8').catch(() => '');
      if (sha256(text) === known.sha256) return z.array(z.string()).parse(JSON.parse(text));
      const message = `${patientsPath}: expected the list of patients as it was written, found another; remove .pull and pull again`;
      throw new FhirError('FHIR_JOURNAL', message);
    },
    async writePatients(ids, expected) {
      const text = JSON.stringify(ids);
      await writeFileAtomic(patientsPath, text, 0o600);
      await journal.append({ kind: 'patients', count: ids.length, sha256: sha256(text), expected });
    },
    async remove() {
      await rm(pagesDir, { recursive: true, force: true });
      await rm(patientsPath, { force: true });
      await journal.close();
      await rm(join(dir, 'journal.ndjson'), { force: true });
      await unlock();
      // Not recursive: another process may have begun a pull of its own here.
      await rmdir(dir).catch(() => undefined);
    },
    async close() {
      await journal.close();
      await unlock();
    },
  };
}

export async function readPageIndex(pagesDir: string, page: PageLine): Promise<PageIndex> {
  const file = await open(join(pagesDir, page.file), 'r');
  try {
    const head = Buffer.alloc(page.head);
    await file.read(head, 0, page.head, 0);
    // Written by us and checked by its SHA-256: a schema would cost more than the rest of the merge.
    return JSON.parse(head.toString('utf8')) as PageIndex;
  } finally {
    await file.close();
  }
}

async function writePage(path: string, bytes: Buffer): Promise<void> {
  const temporary = `${path}.part`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** @returns the highest page number in use */
async function checkPages(journal: Journal, pagesDir: string): Promise<number> {
  const named = new Set<string>();
  for (const [key, slice] of journal.state.slices) {
    let whole = true;
    for (const page of slice.pages) whole &&= (await sha256File(join(pagesDir, page.file)).catch(() => '')) === page.sha256;
    if (!whole) await journal.append({ kind: 'restart', slice: key });
    for (const page of slice.pages) named.add(page.file);
  }
  const present = await readdir(pagesDir);
  for (const name of present) if (!named.has(name)) await rm(join(pagesDir, name), { force: true });
  return [...named, ...present].reduce((highest, name) => Math.max(highest, Number.parseInt(name, 10) || 0), 0);
}

async function removePages(pagesDir: string, pages: readonly PageLine[]): Promise<void> {
  for (const page of pages) await rm(join(pagesDir, page.file), { force: true });
}

function refuseFinished(out: string, names: readonly string[]): void {
  const found = names.includes('manifest.json') ? 'a finished one' : names.find((name) => dataFile.test(name));
  if (found === undefined) return;
  const message = `${out}: expected an empty folder or an unfinished pull, found ${found}; choose another folder or force a new pull`;
  throw new FhirError('FHIR_FINISHED', message, { details: { folder: out } });
}

function compareQueries(stored: Readonly<Record<string, string>>, asked: Readonly<Record<string, string>>, out: string): void {
  for (const key of new Set([...Object.keys(stored), ...Object.keys(asked)])) {
    if (stored[key] === asked[key]) continue;
    // Values are not shown: a patient query may hold a name.
    const message = `${out}: expected the query of the unfinished pull, found another "${key}"; repeat the first command, or remove ${join(out, '.pull')}`;
    throw new FhirError('FHIR_RESUME_MISMATCH', message, { details: { folder: out, option: key } });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
