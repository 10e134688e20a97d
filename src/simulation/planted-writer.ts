/**
 * Files of planted resources: planted/TYPE.ndjson.gz, written as the patients come.
 *
 * In      resources in the order they are to lie in: patient, then time
 * Out     manifest entries; a type without resources has none
 */
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { writeLandingBytes, type LandingFile } from '../fhir/index.ts';
import { SimulationError } from '../errors.ts';
import { factTypes } from './fact-reader.ts';
import type { PlantedResource } from './planted-resource.ts';

const plantedFolder = 'planted';
/** Level 9 takes a third longer for a tenth of the size. */
export const gzipLevel = 6;

interface TypeWriter {
  readonly stream: PassThrough;
  count: number;
  readonly written: Promise<Pick<LandingFile, 'path' | 'bytes' | 'sha256'>>;
}

/** Writer of planted resources, one file per type; resources come in the order they are to lie in. */
export interface PlantedWriter {
  write(resources: readonly PlantedResource[]): Promise<void>;
  /** Closes the files and returns their manifest entries. */
  close(): Promise<LandingFile[]>;
}

/** @throws the file system's own error */
export async function createPlantedWriter(out: string): Promise<PlantedWriter> {
  await mkdir(join(out, plantedFolder), { recursive: true });
  const writers = new Map(
    factTypes
      .filter((type) => type !== 'Patient')
      .map((type) => {
        const stream = new PassThrough({ highWaterMark: 1 << 20 });
        const path = `${plantedFolder}/${type}.ndjson.gz`;
        return [type as string, { stream, count: 0, written: writeLandingBytes(out, path, stream, gzipLevel) }] as [
          string,
          TypeWriter,
        ];
      }),
  );
  for (const { written } of writers.values()) written.catch(() => undefined);
  return {
    async write(resources) {
      for (const resource of resources) {
        const writer = writers.get(resource.resourceType);
        if (writer === undefined) {
          throw new SimulationError(
            'SIM_ACCOUNTING',
            `expected planted resources of known types, found ${resource.resourceType}; please report it`,
          );
        }
        writer.count += 1;
        if (!writer.stream.write(`${JSON.stringify(resource)}\n`))
          await Promise.race([once(writer.stream, 'drain'), writer.written]);
      }
    },
    async close() {
      const files: LandingFile[] = [];
      for (const [type, { stream, count, written }] of writers) {
        stream.end();
        const file = await written;
        if (count > 0) files.push({ type, ...file, count });
        else await rm(join(out, file.path));
      }
      return files;
    },
  };
}
