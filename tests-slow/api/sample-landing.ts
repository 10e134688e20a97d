/**
 * A landing folder of a few patients of synthea-data, so that a server over it finds stays to score within seconds.
 */
import {
  landingFiles,
  readManifest,
  readNdjson,
  writeLandingFile,
  writeManifest,
  type LandingFile,
} from '../../src/fhir/index.ts';

const source = 'synthea-data';

interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly subject?: { readonly reference: string };
  readonly class?: { readonly code: string };
}

export interface SampleStay {
  readonly patientId: string;
  readonly encounterId: string;
  /** Every record of the patient, as a Bundle. */
  readonly bundle: {
    readonly resourceType: 'Bundle';
    readonly type: 'collection';
    readonly entry: { readonly resource: Resource }[];
  };
}

/**
 * @param dir  an empty folder
 * @param count  of patients, the first of synthea-data that have an inpatient encounter
 * @returns  one inpatient encounter of each patient, fewest records first
 */
export async function writeSampleLanding(dir: string, count: number): Promise<SampleStay[]> {
  const manifest = await readManifest(source);
  const stays = new Map<string, string>();
  const encounters = landingFiles(manifest, source, 'Encounter');
  for (const path of encounters.slice(0, 1)) {
    for await (const { text } of readNdjson(path)) {
      const { id, class: kind, subject } = JSON.parse(text) as Resource;
      if (kind?.code === 'IMP' && subject !== undefined) stays.set(subject.reference, id);
      if (stays.size === count) break;
    }
  }
  // Files are in order of patient, so that nothing of the chosen ones stands after their last.
  const last = [...stays.keys()].sort().at(-1) ?? '';
  const files: LandingFile[] = [];
  const records = new Map([...stays.keys()].map((patient) => [patient, [] as Resource[]]));
  for (const type of manifest.coverage.types) {
    const lines: string[] = [];
    for (const path of landingFiles(manifest, source, type)) {
      for await (const { text } of readNdjson(path)) {
        const resource = JSON.parse(text) as Resource;
        const patient = type === 'Patient' ? `Patient/${resource.id}` : (resource.subject?.reference ?? '');
        if (patient > last) break;
        if (!stays.has(patient)) continue;
        records.get(patient)?.push(resource);
        lines.push(text);
      }
    }
    files.push(await writeLandingFile(dir, type, lines));
  }
  const { source: from, transactionTime, synthetic, coverage, format, formatVersion } = manifest;
  const { completeFrom: _completeFrom, ...covered } = coverage;
  await writeManifest(dir, { format, formatVersion, source: from, transactionTime, synthetic, coverage: covered, files });
  return [...stays]
    .map(([patient, encounterId]): SampleStay => {
      const entry = (records.get(patient) ?? []).map((resource) => ({ resource }));
      return {
        patientId: patient.replace('Patient/', ''),
        encounterId,
        bundle: { resourceType: 'Bundle', type: 'collection', entry },
      };
    })
    .sort((a, b) => a.bundle.entry.length - b.bundle.entry.length);
}
