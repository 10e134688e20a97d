/**
 * Files of planted resources: planted/TYPE.ndjson.gz, written as the patients come.
 *
 * In      resources in the order they are to lie in: patient, then time
 * Out     manifest entries; a type without resources has none
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LandingFile } from '../fhir/index.ts';
import { SimulationError } from '../errors.ts';
import { factTypes } from './fact-reader.ts';
import { createLineFile } from './line-file.ts';
import type { PlantedResource } from './planted-resource.ts';

const plantedFolder = 'planted';
/** Level 9 takes a third longer for a tenth of the size. */
export const gzipLevel = 6;

/** Writer of planted resources, one file per type; resources come in the order they are to lie in. */
export interface PlantedWriter {
  write(resources: readonly PlantedResource[]): Promise<void>;
  /** Closes the files and returns their manifest entries. */
  close(): Promise<LandingFile[]>;
  /** Gives up the files that are not closed and waits until none is open; never throws. */
  discard(): Promise<void>;
}

/** @throws the file system's own error */
export async function createPlantedWriter(out: string): Promise<PlantedWriter> {
  await mkdir(join(out, plantedFolder), { recursive: true });
  const types = factTypes.filter((type) => type !== 'Patient');
  const files = new Map<string, ReturnType<typeof createLineFile>>(
    types.map((type) => [type, createLineFile(out, `${plantedFolder}/${type}.ndjson.gz`, gzipLevel)]),
  );
  return {
    async write(resources) {
      for (const resource of resources) {
        const file = files.get(resource.resourceType);
        if (file === undefined) {
          throw new SimulationError(
            'SIM_ACCOUNTING',
            `expected planted resources of known types, found ${resource.resourceType}; please report it`,
          );
        }
        await file.write(JSON.stringify(resource));
      }
    },
    async close() {
      const entries: LandingFile[] = [];
      for (const [type, file] of files) {
        const entry = await file.close();
        if (entry.count > 0) entries.push({ type, ...entry });
        else await rm(join(out, entry.path));
      }
      return entries;
    },
    async discard() {
      await Promise.all([...files.values()].map((file) => file.discard()));
    },
  };
}
