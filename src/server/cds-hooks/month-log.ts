/**
 * Lines of JSON that are on disk before anybody is told: one file a month, only ever added to.
 *
 * In      objects, from any number of requests at once
 * Out     files PREFIX-YYYY-MM.ndjson with rights 0600; a promise that resolves when the lines are on the disk itself
 * Choice  all that wait share one write and one fdatasync
 * Choice  after a failure the file is cut back to its last good byte before anything is added, and half a line that a crash left is ended,
 *         so that it spoils no other; readers pass over what is no JSON and count it
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Disk, DiskFile } from '../audit/disk.ts';

interface Waiting {
  readonly lines: readonly object[];
  readonly done: () => void;
  readonly refuse: (error: unknown) => void;
}

interface OpenMonth {
  readonly month: string;
  readonly handle: DiskFile;
  /** Bytes that are good. */
  size: number;
  /** More may have been written than is good. */
  dirty: boolean;
  /** The file ends in half a line. */
  torn: boolean;
}

export class MonthLog {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #prefix: string;
  readonly #now: () => number;
  #open: OpenMonth | null = null;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;

  constructor(disk: Disk, folder: string, prefix: string, now: () => number) {
    this.#disk = disk;
    this.#folder = folder;
    this.#prefix = prefix;
    this.#now = now;
  }

  /** Resolves when all of them are on disk. @throws what the disk throws; then none of them counts */
  append(lines: readonly object[]): Promise<void> {
    return new Promise((done, refuse) => {
      this.#waiting.push({ lines, done, refuse });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#open?.handle.close();
    this.#open = null;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise(setImmediate);
      const group = this.#waiting.splice(0);
      try {
        await this.#write(group.flatMap(({ lines }) => lines));
        for (const { done } of group) done();
      } catch (error) {
        for (const { refuse } of group) refuse(error);
      }
    }
    this.#writing = null;
  }

  async #write(lines: readonly object[]): Promise<void> {
    const open = await this.#ready(monthOf(this.#now()));
    const bytes = Buffer.from(`${open.torn ? '\n' : ''}${lines.map((line) => `${JSON.stringify(line)}\n`).join('')}`);
    open.dirty = true;
    for (let done = 0; done < bytes.length;) done += await open.handle.write(bytes.subarray(done));
    await open.handle.sync();
    if (open.size === 0) await this.#disk.syncFolder(this.#folder);
    Object.assign(open, { size: open.size + bytes.length, dirty: false, torn: false });
  }

  async #ready(month: string): Promise<OpenMonth> {
    let open = this.#open;
    if (open !== null && open.month !== month) {
      this.#open = null;
      await open.handle.close();
      open = null;
    }
    open ??= this.#open = await this.#begin(month);
    if (open.dirty) {
      await open.handle.truncate(open.size);
      open.dirty = false;
    }
    return open;
  }

  async #begin(month: string): Promise<OpenMonth> {
    const path = join(this.#folder, `${this.#prefix}-${month}.ndjson`);
    const handle = await this.#disk.open(path, 'append');
    const { size } = await handle.stat();
    return { month, handle, size, dirty: false, torn: size > 0 && !(await endsALine(this.#disk, path, size)) };
  }
}

/** UTC: 2024-03. */
export function monthOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

/** Months of which there is a file, ascending. */
export async function monthsOf(disk: Disk, folder: string, prefix: string): Promise<string[]> {
  const names = await disk.list(folder);
  return names.flatMap((name) => new RegExp(`^${prefix}-(\\d{4}-\\d{2})\\.ndjson$`).exec(name)?.[1] ?? []).sort();
}

/** The lines of a month as parsed, oldest first; `undefined` for one that is no JSON object. */
export async function* monthLines(disk: Disk, folder: string, prefix: string, month: string): AsyncGenerator<object | undefined> {
  const input = Readable.from(disk.read(join(folder, `${prefix}-${month}.ndjson`)), { objectMode: false });
  for await (const line of createInterface({ input, crlfDelay: Infinity })) if (line !== '') yield parsed(line);
}

function parsed(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

async function endsALine(disk: Disk, path: string, size: number): Promise<boolean> {
  let last: number | undefined;
  for await (const bytes of disk.read(path, { start: size - 1 })) last = bytes.at(-1);
  return last === 0x0a;
}
