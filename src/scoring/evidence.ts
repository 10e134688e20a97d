/**
 * Evidence: the resources a feature's value came from. One SELECT per family, in `evidence/`, over the same doors as the features.
 *
 * Choice  a flag that is 0 and a value that is missing have no resource: the absence of a record is not a record
 */
import { readRelation, type Row } from '../warehouse/index.ts';

export interface Evidence {
  readonly feature: string;
  /** `Type/id`. */
  readonly resource: string;
}

/** Resources named per feature at most, the newest. */
const resourcesPerFeature = 20;

/** A SELECT over `asked`, the features of this family; rows of feature, resource_id, at_ms. */
export function readEvidenceSelect(family: string): string {
  return readRelation(new URL(`./evidence/${family}.sql`, import.meta.url)).sql;
}

/** Newest first, each resource once, at most 20 per feature. */
export function rankEvidence(rows: readonly Row[]): Evidence[] {
  const newest = [...rows].sort(
    (a, b) => Number(b['at_ms']) - Number(a['at_ms']) || (String(a['resource_id']) < String(b['resource_id']) ? -1 : 1),
  );
  const byFeature = new Map<string, Set<string>>();
  for (const row of newest) {
    const feature = String(row['feature']);
    const resources = byFeature.get(feature) ?? new Set<string>();
    byFeature.set(feature, resources);
    if (resources.size < resourcesPerFeature) resources.add(String(row['resource_id']));
  }
  return [...byFeature].flatMap(([feature, resources]) => [...resources].map((resource) => ({ feature, resource })));
}
