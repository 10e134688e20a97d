/** The records of the first patients of synthea-data, whose files are all in order of patient: read no further than needed. */
import { readManifest, readNdjson, landingFiles, type LandingManifest } from '../../src/fhir/index.ts';
import { clinicalTypes } from '../cases/landing.ts';
import type { Resource } from '../cases/compact.ts';

const folder = 'synthea-data';

export async function firstPatients(count: number): Promise<{ manifest: LandingManifest; resources: Resource[] }> {
  const manifest = await readManifest(folder);
  const resources: Resource[] = [];
  const patients = new Set<string>();
  for (const type of clinicalTypes) {
    reading: for (const path of landingFiles(manifest, folder, type)) {
      for await (const { text } of readNdjson(path)) {
        const resource = JSON.parse(text) as Resource & { subject?: { reference: string } };
        if (type === 'Patient' && patients.size < count) patients.add(`Patient/${resource.id}`);
        if (!patients.has(resource.subject?.reference ?? `Patient/${resource.id}`)) break reading;
        resources.push(resource);
      }
    }
  }
  return { manifest, resources };
}
