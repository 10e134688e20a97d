/** Ids of a case's own, so that the records of many cases fit one folder. */
import type { Resource } from './compact.ts';

/** The same records under longer ids; references to patients and encounters follow. */
export function withOwnIds(resources: readonly Resource[], prefix: string): Resource[] {
  return resources.map(
    (resource) =>
      JSON.parse(
        JSON.stringify({ ...resource, id: prefix + resource.id }).replace(
          /"reference":"(Patient|Encounter)\/([^"]+)"/g,
          `"reference":"$1/${prefix}$2"`,
        ),
      ) as Resource,
  );
}
