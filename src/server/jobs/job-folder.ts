/**
 * One job on disk: job.json, its input, its results, and what the audit trail is to be told of them.
 *
 * Choice  for its owner alone: folder 0700, files 0600
 * Choice  results are added line by line and every line stands by itself, so that a crash leaves whole lines and at most one torn one, which is
 *         cut off when it is read
 */
import { open, readdir, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { writeFileAtomic } from '../../util/atomic-file.ts';
import type { AuditFacts } from '../audit/audit-trail.ts';
import { makePrivateFolder } from '../private-folder.ts';
import { jobSchema } from './job-schemas.ts';

/** What is kept of a job beside what its owner sees. */
const storedJobSchema = z.strictObject({
  ...jobSchema.shape,
  /** Who may see it, see ownerOf. */
  owner: z.string(),
  /** SHA-256 of the caller's key and of the body that came with it; null where it gave none. */
  repeat: z.strictObject({ key: z.string(), body: z.string() }).nullable(),
  query: z.strictObject({ days: z.int(), until: z.string().nullable() }).nullable(),
});
export type StoredJob = z.infer<typeof storedJobSchema>;

type Score = AuditFacts['scores'][number];
const factSchema = z.tuple([z.string().nullable(), z.string().nullable(), z.number(), z.string()]);

export class JobFolder {
  readonly dir: string;

  constructor(root: string, id: string) {
    this.dir = join(root, id);
  }

  get input(): string {
    return join(this.dir, 'input.ndjson');
  }

  /** @param input  null where it is found out when the job runs */
  async create(job: StoredJob, input: Uint8Array | null): Promise<void> {
    await makePrivateFolder(this.dir);
    if (input !== null) await this.writeInput(input);
    await this.save(job);
  }

  writeInput(input: Uint8Array | string): Promise<void> {
    return writeFile(this.input, input, { mode: 0o600 });
  }

  save(job: StoredJob): Promise<void> {
    return writeFileAtomic(join(this.dir, 'job.json'), `${JSON.stringify(job)}\n`, 0o600);
  }

  /** null where nothing was ever taken. @throws the file system's own error, or one of the schema */
  async load(): Promise<StoredJob | null> {
    const text = await readFile(join(this.dir, 'job.json'), 'utf8').catch(absent(null));
    return text === null ? null : storedJobSchema.parse(JSON.parse(text));
  }

  async openResults(): Promise<ResultWriter> {
    const [lines, facts] = [
      await open(join(this.dir, 'result.ndjson'), 'a', 0o600),
      await open(join(this.dir, 'facts.ndjson'), 'a', 0o600),
    ];
    return new ResultWriter(lines, facts);
  }

  /** The whole lines there are; null where there is no result. */
  async results(): Promise<Readable | null> {
    const file = await open(join(this.dir, 'result.ndjson'), 'r').catch(absent(null));
    if (file === null) return null;
    const end = await wholeLines(file);
    if (end === 0) {
      await file.close();
      return null;
    }
    return file.createReadStream({ start: 0, end: end - 1 });
  }

  /** Whom the results are about, and what was told of them. */
  async facts(): Promise<Pick<AuditFacts, 'patients' | 'scores'>> {
    const text = await readFile(join(this.dir, 'facts.ndjson'), 'utf8').catch(absent(''));
    const patients = new Set<string>();
    const scores: Score[] = [];
    for (const line of text.split('\n').slice(0, -1)) {
      const [patient, encounter, risk, band] = factSchema.parse(JSON.parse(line));
      if (patient !== null) patients.add(patient);
      if (band !== '') scores.push({ encounter, risk, band });
    }
    return { patients: [...patients], scores };
  }

  remove(): Promise<void> {
    // A job that is under way may write once more before it notices.
    return rm(this.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
}

export class ResultWriter {
  readonly #lines: FileHandle;
  readonly #facts: FileHandle;

  constructor(lines: FileHandle, facts: FileHandle) {
    this.#lines = lines;
    this.#facts = facts;
  }

  /** Facts first: whom a line is about is known to the audit trail before the line can be had. */
  async add(
    lines: readonly { readonly patient: string | null; readonly score: Score | null; readonly text: string }[],
  ): Promise<void> {
    const facts = lines.map(({ patient, score }) =>
      JSON.stringify(score === null ? [patient, null, 0, ''] : [patient, score.encounter, score.risk, score.band]),
    );
    await this.#facts.appendFile(`${facts.join('\n')}\n`);
    await this.#lines.appendFile(`${lines.map(({ text }) => text).join('\n')}\n`);
  }

  async close(): Promise<void> {
    // Facts first: results whose facts are lost could not be told of in the audit trail.
    await this.#facts.sync();
    await this.#lines.sync();
    await this.#lines.close();
    await this.#facts.close();
  }
}

/** Bytes up to and with the last line feed. */
async function wholeLines(file: FileHandle): Promise<number> {
  const piece = Buffer.alloc(64 * 1024);
  let { size: end } = await file.stat();
  while (end > 0) {
    const start = Math.max(0, end - piece.length);
    const { bytesRead } = await file.read(piece, 0, end - start, start);
    const at = piece.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

/** What stands for a file that is not there; any other error is one: what cannot be read is not nothing. */
function absent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}

/** Ids of the jobs below a folder. */
export async function jobIds(root: string): Promise<string[]> {
  const names = await readdir(root).catch(absent<string[]>([]));
  return names.filter((name) => /^[0-9a-f-]{36}$/.test(name));
}
