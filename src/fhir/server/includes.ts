/**
 * Resources that come along with a page: those its matches refer to (`_include`) and those that refer to them (`_revinclude`).
 *
 * Choice  each once a page, never one that is a match of the same page; it may come again on another page
 */
import { referencesAt } from './references.ts';
import type { ReferenceIndexes } from './reference-index.ts';
import type { ResourceStore } from './resource-store.ts';
import type { Include } from './search-request.ts';

export async function includedRows(
  store: ResourceStore,
  indexes: ReferenceIndexes,
  page: Int32Array,
  includes: readonly Include[],
  revIncludes: readonly Include[],
): Promise<number[]> {
  const rows = new Set<number>();
  if (includes.length > 0) {
    for (const row of page) {
      const resource = store.parse(row);
      for (const { parameter, target } of includes) {
        for (const key of referencesAt(resource, parameter.paths, store.bases)) {
          const fits = target === undefined ? parameter.targets.includes(key.split('/')[0] ?? '') : key.startsWith(`${target}/`);
          const found = fits ? store.find(key) : -1;
          if (found !== -1) rows.add(found);
        }
      }
    }
  }
  for (const { type, name, parameter } of revIncludes) {
    for (const row of page) {
      for (const found of await indexes.rowsOf(type, name, parameter, store.keyOf(row))) rows.add(found);
    }
  }
  for (const row of page) rows.delete(row);
  return [...rows];
}
