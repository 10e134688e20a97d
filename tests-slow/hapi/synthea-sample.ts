/**
 * A few patients of synthea-data/, chosen by rule for what they do to a server that cuts long answers.
 *
 * Out     `inpatients`: eleven with the fewest records, and the smallest of those who alone have more Observations than `cap`;
 *         `outpatient`: one more without inpatient care, of whom only the other encounters are taken
 * Choice  each type is read no further than the candidates reach: the folder is in order of patient
 */
import { fileURLToPath } from 'node:url';
import { landingFiles, readManifest, readNdjson } from '../../src/fhir/index.ts';

export interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly subject?: { readonly reference: string };
  readonly class?: { readonly code: string };
}

export interface Sample {
  readonly inpatients: readonly string[];
  readonly outpatient: string;
  /** Referenced before referring. */
  readonly resources: readonly Resource[];
}

const folder = fileURLToPath(new URL('../../synthea-data', import.meta.url));
const types = ['Encounter', 'Condition', 'Observation', 'Procedure', 'MedicationRequest'];
const candidates = 60;

export async function chooseSample(cap: number): Promise<Sample> {
  const manifest = await readManifest(folder);
  const patients: Resource[] = [];
  const read = async (type: string, take: (resource: Resource) => boolean): Promise<void> => {
    for (const path of landingFiles(manifest, folder, type)) {
      for await (const { text } of readNdjson(path)) if (!take(JSON.parse(text) as Resource)) return;
    }
  };
  await read('Patient', (patient) => patients.push(patient) < candidates);
  const records = new Map(patients.map(({ id }) => [`Patient/${id}`, [] as Resource[]]));
  const last = `Patient/${patients.at(-1)?.id}`;
  for (const type of types) {
    await read(type, (resource) => {
      const subject = resource.subject?.reference ?? '';
      records.get(subject)?.push(resource);
      return subject <= last;
    });
  }
  const of = (id: string): Resource[] => records.get(`Patient/${id}`) ?? [];
  const bySize = patients.toSorted((a, b) => of(a.id).length - of(b.id).length).map(({ id }) => id);
  const large = bySize.find((id) => of(id).filter(({ resourceType }) => resourceType === 'Observation').length > cap);
  const [outpatient, ...small] = bySize.filter((id) => id !== large);
  if (large === undefined || outpatient === undefined) throw new Error('expected such patients among the first of synthea-data');
  const inpatients = [...small.slice(0, 11), large].sort();
  const chosen = [...inpatients.flatMap(of), ...of(outpatient).filter(({ class: kind }) => kind && kind.code !== 'IMP')];
  const inOrder = types.flatMap((type) => chosen.filter(({ resourceType }) => resourceType === type));
  const people = patients.filter(({ id }) => inpatients.includes(id) || id === outpatient);
  return { inpatients, outpatient, resources: [...people, ...inOrder] };
}
