/**
 * Groups of entries onto the disk: one write and one fdatasync for all that wait, and the file's own fate looked at before anybody is told.
 *
 * Choice  a group is all or nothing: after a failure the file is cut back to its last good byte before anything else is written to it
 * Choice  a file that was deleted, replaced or changed in length by somebody else is left as it is and another begun, whose head says so;
 *         this group is refused, as nobody can say what became of its lines
 * Choice  the next file begins when the size is reached or the UTC day is over; no file that was left is opened for writing again
 */
import { join } from 'node:path';
import { sealLine, type ChainEnd } from './chain-line.ts';
import type { Disk, DiskFile, FileIdentity } from './disk.ts';
import { trailFile, trailFormat, trailVersion, type Displacement, type TrailFile } from './trail-file.ts';
import type { TrailStart } from './trail-start.ts';

/** The members of a line after seq and time. */
export type LineContent = { readonly kind: string; readonly [member: string]: unknown };

/** Somebody else has changed the file that was written to. */
class DisplacedError extends Error {
  readonly code: Displacement;

  constructor(code: Displacement) {
    super(`the file of the audit trail was ${code}`);
    this.code = code;
  }
}

interface OpenFile {
  readonly file: TrailFile;
  readonly path: string;
  readonly handle: DiskFile;
  /** Asked for once, when it is first needed. */
  identity: FileIdentity | null;
  /** Bytes that are known to be good. */
  size: number;
  /** More may have been written than is good. */
  dirty: boolean;
}

export class TrailWriter {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #maxBytes: number;
  #end: ChainEnd;
  /** The file that holds the last line. */
  #holder: string | null;
  #nextNumber: number;
  #open: OpenFile | null = null;
  #resume: TrailStart['file'];
  /** A file that somebody else has changed, until the head of the next one has told it. */
  #displaced: { readonly file: string; readonly how: Displacement } | null = null;

  constructor(disk: Disk, folder: string, start: TrailStart, maxBytes: number) {
    this.#disk = disk;
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#end = start.end;
    this.#holder = start.holder;
    this.#resume = start.file;
    this.#nextNumber = start.file?.file.number ?? 1;
  }

  /** Number and hash of the last line on disk. */
  get end(): ChainEnd {
    return this.#end;
  }

  /** How far the trail may be read: bytes of the file that is being written; null before the first. */
  get extent(): { readonly name: string; readonly size: number } | null {
    return this.#open === null ? null : { name: this.#open.file.name, size: this.#open.size };
  }

  /**
   * Resolves when all of them are on disk; otherwise none is in the trail.
   *
   * @param time  of every line, UTC
   * @throws {DisplacedError} or what the disk throws; the same or other lines may be tried again at any time
   */
  async write(time: string, contents: readonly LineContent[]): Promise<void> {
    const open = await this.#ready(time.slice(0, 10));
    const head = open.size === 0 ? [this.#head()] : [];
    let end = this.#end;
    let text = '';
    for (const content of [...head, ...contents]) {
      const sealed = sealLine(end, time, content);
      text += sealed.line;
      end = sealed.end;
    }
    const bytes = Buffer.from(text);
    open.dirty = true;
    try {
      for (let done = 0; done < bytes.length;) done += await open.handle.write(bytes.subarray(done));
      await open.handle.sync();
      if (open.size === 0) await this.#disk.syncFolder(this.#folder);
      await this.#requireInPlace(open, open.size + bytes.length);
    } catch (error) {
      // At once where it can be done, so that who reads the file meanwhile, or after a crash, finds no half line.
      if (!(error instanceof DisplacedError)) await this.#cutBack(open).catch(() => undefined);
      throw error;
    }
    open.dirty = false;
    open.size += bytes.length;
    this.#end = end;
    this.#holder = open.file.name;
    this.#displaced = null;
  }

  async close(): Promise<void> {
    await this.#leave();
  }

  /** The file to write to, cut back to its last good byte. */
  async #ready(day: string): Promise<OpenFile> {
    let open = (this.#open ??= await this.#begin(day));
    const over = open.size > 0 && !open.dirty && (open.size >= this.#maxBytes || day > open.file.day);
    if (over || this.#displaced?.file === open.file.name) {
      const next = await this.#begin(day);
      await this.#leave();
      open = this.#open = next;
    }
    open.identity ??= await open.handle.stat();
    if (open.dirty) await this.#cutBack(open);
    return open;
  }

  async #cutBack(open: OpenFile): Promise<void> {
    await open.handle.truncate(open.size);
    open.dirty = false;
  }

  async #begin(day: string): Promise<OpenFile> {
    const resumed = this.#resume;
    const file = resumed?.file ?? trailFile(this.#nextNumber, day);
    const path = join(this.#folder, file.name);
    const handle = resumed === null ? await this.#create(path) : await this.#disk.open(path, 'append');
    this.#resume = null;
    this.#nextNumber = file.number + 1;
    return { file, path, handle, identity: null, size: resumed?.size ?? 0, dirty: false };
  }

  /** An empty file that is there already was left by an attempt that failed; one that is not is somebody else's, and is passed over. */
  async #create(path: string): Promise<DiskFile> {
    try {
      return await this.#disk.open(path, 'new');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if ((await this.#disk.stat(path)).size === 0) return this.#disk.open(path, 'append');
      this.#nextNumber += 1;
      throw error;
    }
  }

  #head(): LineContent {
    const previous = this.#holder === null ? null : { file: this.#holder, hash: this.#end.hash };
    const displaced = this.#displaced === null ? {} : { displaced: this.#displaced.how };
    return { kind: 'head', format: trailFormat, version: trailVersion, previous, ...displaced };
  }

  async #requireInPlace({ file, path, identity }: OpenFile, size: number): Promise<void> {
    const found = await this.#disk.stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    const how: Displacement | null =
      found === null
        ? 'deleted'
        : found.ino !== identity?.ino || found.dev !== identity.dev
          ? 'replaced'
          : found.size !== size
            ? 'resized'
            : null;
    if (how === null) return;
    this.#displaced = { file: file.name, how };
    throw new DisplacedError(how);
  }

  async #leave(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    // All that counts in it is on disk already.
    await open?.handle.close().catch(() => undefined);
  }
}
