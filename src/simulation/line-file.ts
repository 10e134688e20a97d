/**
 * A file of a landing folder that grows line by line while other files are read or written beside it.
 *
 * Out     the file, whole, once it is closed; nothing where it is discarded
 * Choice  a line waits until the disk has taken what came before; a writer that failed says so at the next wait, at the latest when closed
 */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { writeLandingBytes, type LandingFile } from '../fhir/index.ts';

export interface LineFile {
  /** Adds one JSON text, without a line end. */
  write(line: string): Promise<void>;
  /** Ends the file. @throws the file system's own error */
  close(): Promise<Omit<LandingFile, 'type'>>;
  /** Gives up what is not closed yet and waits until nothing of it is open or left; never throws. */
  discard(): Promise<void>;
}

const waitingBytes = 1 << 20;

/** @param path  relative to `dir`, which holds its folder; @param level  of compression */
export function createLineFile(dir: string, path: string, level: number): LineFile {
  const stream = new PassThrough({ highWaterMark: waitingBytes });
  const written = writeLandingBytes(dir, path, stream, level);
  // Whoever writes, closes or discards meets the failure; until then it must not count as unhandled.
  written.catch(() => undefined);
  let count = 0;
  return {
    async write(line) {
      count += 1;
      if (!stream.write(`${line}\n`)) await Promise.race([once(stream, 'drain'), written]);
    },
    async close() {
      stream.end();
      return { ...(await written), count };
    },
    async discard() {
      stream.destroy();
      await written.catch(() => undefined);
    },
  };
}
