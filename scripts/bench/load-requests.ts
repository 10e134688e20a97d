/**
 * What the load work asks: discharges of a landing folder, as Bundles and as the features that the server itself makes of them.
 */
import { landingFiles, readManifest, readNdjson } from '../../src/fhir/index.ts';

export interface LoadRequests {
  /** Bodies with every feature of a discharge, to be explained or not. */
  readonly explained: readonly string[];
  readonly unexplained: readonly string[];
  /** Bodies with the Bundles of the same discharges, the smallest first. */
  readonly bundles: readonly string[];
}

interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly class?: { readonly code?: string };
}

interface Answer {
  readonly attributions: readonly { readonly feature: string; readonly value: number | null }[];
}

const inpatient = new Set(['IMP', 'ACUTE', 'NONAC']);
const owner = /"subject":\{"reference":"(Patient\/[^"]+)"/;

/**
 * @param landing  folder
 * @param score    address that scores
 * @param count    discharges, of as many patients; those that are not eligible are passed over
 * @throws {Error} where none is eligible
 */
export async function loadRequests(landing: string, score: string, count: number): Promise<LoadRequests> {
  const features: object[] = [];
  const bundles: string[] = [];
  for (const body of await bundlesOf(landing, 3 * count)) {
    if (features.length === count) break;
    const response = await fetch(score, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (response.status !== 200) continue;
    const { attributions } = (await response.json()) as Answer;
    features.push(Object.fromEntries(attributions.map(({ feature, value }) => [feature, value])));
    bundles.push(body);
  }
  if (features.length === 0) throw new Error(`expected discharges in ${landing} that are eligible, found none`);
  const bodies = (explain: boolean): string[] => features.map((one) => JSON.stringify({ features: one, explain }));
  return { explained: bodies(true), unexplained: bodies(false), bundles };
}

/** A request for the last inpatient encounter of each of the first patients, the smallest first. */
async function bundlesOf(landing: string, count: number): Promise<string[]> {
  const manifest = await readManifest(landing);
  const entries = new Map<string, { readonly resource: Resource }[]>();
  // Patients first, so that whose records are kept is known when these are read.
  const types = ['Patient', ...manifest.coverage.types.filter((type) => type !== 'Patient')];
  for (const file of types.flatMap((type) => landingFiles(manifest, landing, type))) {
    for await (const { text } of readNdjson(file)) {
      const subject = owner.exec(text)?.[1];
      const known = subject === undefined ? undefined : entries.get(subject);
      if (subject !== undefined && known === undefined) continue;
      const resource = JSON.parse(text) as Resource;
      if (known !== undefined) known.push({ resource });
      else if (resource.resourceType === 'Patient' && entries.size < count) entries.set(`Patient/${resource.id}`, [{ resource }]);
    }
  }
  return [...entries.values()]
    .flatMap((entry) => {
      const stay = entry.findLast(({ resource }) => inpatient.has(resource.class?.code ?? ''));
      if (stay === undefined) return [];
      const covers = { types: manifest.coverage.types, from: null };
      return [
        JSON.stringify({ bundle: { resourceType: 'Bundle', type: 'collection', entry }, encounter: stay.resource.id, covers }),
      ];
    })
    .sort((a, b) => a.length - b.length);
}
