/**
 * Reads a file that must be a plain one: not a link, a pipe, a device or a folder, not empty, not writable by everyone.
 *
 * Method  opened once, without following a link and without waiting for a pipe's writer; looked at and read through that one handle,
 *         so that it cannot be exchanged between the look and the read
 * Choice  a file that everyone may write is refused: whoever can change a model can change every risk
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { ModelError } from '../errors.ts';

/**
 * @param maxBytes  larger files are refused before anything is allocated
 * @throws {ModelError} MODEL_NOT_FOUND; MODEL_FILE_KIND for what is not such a file; MODEL_CORRUPT when it is empty or changes its
 *         size while read; MODEL_UNREADABLE for the file system's own refusals (the error is the cause)
 */
export async function readRegularFile(path: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await openPlain(path);
  try {
    const { mode, size } = await requirePlain(handle, path);
    if (size === 0) throw new ModelError('MODEL_CORRUPT', `${path}: expected content, found 0 bytes; copy or train it again`);
    if (size > maxBytes) throw kindError(path, `${size} bytes, at most ${maxBytes} are read`);
    if (process.platform !== 'win32' && (mode & 0o002) !== 0) {
      throw kindError(path, 'a file that everyone may write; run chmod o-w on it after making sure that it is yours');
    }
    // One byte more than expected: a file that grows meanwhile is seen.
    const buffer = Buffer.allocUnsafeSlow(size + 1);
    let filled = 0;
    while (filled <= size) {
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    if (filled !== size)
      throw new ModelError('MODEL_CORRUPT', `${path}: expected ${size} bytes, its size changed while it was read`);
    return buffer.subarray(0, size);
  } catch (error) {
    throw error instanceof ModelError ? error : unreadable(path, error);
  } finally {
    await handle.close();
  }
}

async function openPlain(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new ModelError('MODEL_NOT_FOUND', `${path}: expected a file, found none`, { cause: error });
    if (code === 'ELOOP' || code === 'EMLINK') throw kindError(path, 'a symbolic link; give the path of the file itself');
    if (code === 'ENXIO') throw kindError(path, 'a socket or pipe');
    throw unreadable(path, error);
  }
}

async function requirePlain(handle: FileHandle, path: string): Promise<{ readonly mode: number; readonly size: number }> {
  const stat = await handle.stat();
  if (!stat.isFile()) throw kindError(path, stat.isDirectory() ? 'a folder' : 'a pipe or device');
  return stat;
}

function kindError(path: string, found: string): ModelError {
  return new ModelError('MODEL_FILE_KIND', `${path}: expected a plain file, found ${found}`);
}

function unreadable(path: string, error: unknown): ModelError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return new ModelError('MODEL_UNREADABLE', `${path}: could not be read (${code}); check the path and its permissions`, {
    cause: error,
  });
}
