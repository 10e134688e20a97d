/**
 * What the audit trail asks of a disk; its tests put a disk in this place that fails where they want.
 */
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { syncFolder } from '../../util/atomic-file.ts';
import { makePrivateFolder } from '../private-folder.ts';

export interface DiskFile {
  /** Appends. @returns bytes that were written, which may be fewer */
  write(bytes: Buffer): Promise<number>;
  /** Resolves when what was written is on the disk itself. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  stat(): Promise<FileIdentity>;
  close(): Promise<void>;
}

/** Tells one file from another that has its name. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
}

export interface Disk {
  /** @param mode  `new` refuses a file that is there already (EEXIST), `append` takes it, or makes one; rights 0600 */
  open(path: string, mode: 'new' | 'append'): Promise<DiskFile>;
  stat(path: string): Promise<FileIdentity>;
  list(folder: string): Promise<string[]>;
  /** Bytes from `start` up to and without `end`; all by default. */
  read(path: string, range?: { start?: number; end?: number }): AsyncIterable<Buffer>;
  /** Makes the folder with rights 0700 where it is missing. */
  makeFolder(path: string): Promise<void>;
  /** Makes earlier creations in this folder durable. */
  syncFolder(path: string): Promise<void>;
}

export const realDisk: Disk = {
  open: async (path, mode) => {
    const handle = await open(path, mode === 'new' ? 'ax' : 'a', 0o600);
    return {
      write: async (bytes) => (await handle.write(bytes)).bytesWritten,
      sync: () => handle.datasync(),
      truncate: (length) => handle.truncate(length),
      stat: () => handle.stat(),
      close: () => handle.close(),
    };
  },
  stat,
  list: readdir,
  // The stream's own end is inclusive, so that it cannot say that nothing is wanted.
  read: (path, { start = 0, end = Infinity } = {}) => (end <= start ? empty() : createReadStream(path, { start, end: end - 1 })),
  makeFolder: makePrivateFolder,
  syncFolder,
};

async function* empty(): AsyncGenerator<Buffer> {
  // No bytes.
}
