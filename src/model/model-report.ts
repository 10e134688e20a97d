/**
 * The report that was written beside a model, as it is on disk.
 *
 * Choice  a report is not written with the model but after it: one that does not name the model by its hash is of another model, and is none
 */
import { join } from 'node:path';
import { ModelError } from '../errors.ts';
import { readRegularFile } from './regular-file.ts';

const maxReportBytes = 64 * 1024 * 1024;

/**
 * @param modelSha256  of the model.bin that the report has to be about
 * @returns            HTML in UTF-8; null where there is no report of this model
 * @throws {ModelError} MODEL_FILE_KIND, MODEL_UNREADABLE
 */
export async function readModelReport(dir: string, modelSha256: string): Promise<Uint8Array | null> {
  try {
    const bytes = await readRegularFile(join(dir, 'report.html'), maxReportBytes);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(modelSha256) ? bytes : null;
  } catch (error) {
    if (error instanceof ModelError && (error.code === 'MODEL_NOT_FOUND' || error.code === 'MODEL_CORRUPT')) return null;
    throw error;
  }
}
