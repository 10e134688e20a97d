/**
 * A landing folder of a few patients of synthea-data, so that a server over it finds stays to score within seconds.
 *
 * Choice  files of synthea-data are in order of patient: they are read no further than the chosen patients reach
 */
import {
  landingFiles,
  readManifest,
  readNdjson,
  writeLandingFile,
  writeManifest,
  type LandingFile,
} from '../../../src/fhir/index.ts';

const source = 'synthea-data';

interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly subject?: { readonly reference: string };
  readonly class?: { readonly code: string };
  readonly period?: { readonly end?: string };
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
 * @param changed  what becomes of the text of a resource; it stays as it is by default
 * @returns  one inpatient encounter of each patient, fewest records first
 */
export async function writeSampleLanding(
  dir: string,
  count: number,
  changed: (text: string) => string = (text) => text,
): Promise<SampleStay[]> {
  const manifest = await readManifest(source);
  const stays = new Set<string>();
  const encounters = landingFiles(manifest, source, 'Encounter');
  for (const path of encounters.slice(0, 1)) {
    for await (const { text } of readNdjson(path)) {
      const { class: kind, subject } = JSON.parse(text) as Resource;
      if (kind?.code === 'IMP' && subject !== undefined) stays.add(subject.reference);
      if (stays.size === count) break;
    }
  }
  const last = [...stays].sort().at(-1) ?? '';
  const files: LandingFile[] = [];
  const records = new Map([...stays].map((patient) => [patient, [] as Resource[]]));
  for (const type of manifest.coverage.types) {
    const lines: string[] = [];
    for (const path of landingFiles(manifest, source, type)) {
      for await (const { text } of readNdjson(path)) {
        const resource = JSON.parse(text) as Resource;
        const patient = type === 'Patient' ? `Patient/${resource.id}` : (resource.subject?.reference ?? '');
        if (patient > last) break;
        if (!stays.has(patient)) continue;
        const told = changed(text);
        records.get(patient)?.push(JSON.parse(told) as Resource);
        lines.push(told);
      }
    }
    files.push(await writeLandingFile(dir, type, lines));
  }
  const { source: from, transactionTime, synthetic, coverage, format, formatVersion } = manifest;
  const { completeFrom: _completeFrom, ...covered } = coverage;
  await writeManifest(dir, { format, formatVersion, source: from, transactionTime, synthetic, coverage: covered, files });
  return [...records.values()]
    .map((own): SampleStay => {
      const [patient] = own.filter(({ resourceType }) => resourceType === 'Patient');
      const inpatient = own.find(({ resourceType, class: kind }) => resourceType === 'Encounter' && kind?.code === 'IMP');
      const entry = own.map((resource) => ({ resource }));
      return {
        patientId: patient?.id ?? '',
        encounterId: inpatient?.id ?? '',
        bundle: { resourceType: 'Bundle', type: 'collection', entry },
      };
    })
    .sort((a, b) => a.bundle.entry.length - b.bundle.entry.length);
}
