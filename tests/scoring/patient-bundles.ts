/** Whole records of chosen patients as Bundles, from the lines of a landing folder. */
import { landingFiles, readManifest } from '../../src/fhir/landing.ts';
import { readNdjsonBytes } from '../../src/fhir/ndjson.ts';
import { clinicalTypes } from '../cases/landing.ts';

export type Bundle = {
  readonly resourceType: 'Bundle';
  readonly type: 'collection';
  readonly entry: readonly { readonly resource: unknown }[];
};

/** @param patients  `Patient/id`; every record of theirs is in the Bundle, also what came after any discharge */
export async function patientBundles(folder: string, patients: ReadonlySet<string>): Promise<Map<string, Bundle>> {
  const manifest = await readManifest(folder);
  const entries = new Map<string, { resource: unknown }[]>([...patients].map((patient) => [patient, []]));
  for (const type of clinicalTypes) {
    for (const path of landingFiles(manifest, folder, type)) {
      for await (const batch of readNdjsonBytes(path)) {
        for (const { bytes } of batch) {
          const text = bytes.toString('utf8');
          const subject = /"subject":\{"reference":"(Patient\/[^"]+)"/.exec(text)?.[1];
          if (type !== 'Patient' && (subject === undefined || !patients.has(subject))) continue;
          const resource = JSON.parse(text) as { id: string };
          entries.get(subject ?? `Patient/${resource.id}`)?.push({ resource });
        }
      }
    }
  }
  return new Map([...entries].map(([patient, entry]) => [patient, { resourceType: 'Bundle', type: 'collection', entry }]));
}
