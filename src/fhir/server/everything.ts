/**
 * Patient/{id}/$everything: the patient, every record in the patient's compartment, and what those refer to.
 *
 * Choice  resources referred to (practitioners, organizations, medications) come as matches, as HAPI sends them; `_type`
 *         filters them too
 * Source  http://hl7.org/fhir/R4/operation-patient-everything.html
 */
import { printable, RequestRefusal } from './operation-outcome.ts';
import { allReferences } from './references.ts';
import type { ResourceStore } from './resource-store.ts';
import { wholeNumber, type SearchLimits } from './search-request.ts';

export interface EverythingRequest {
  readonly types: ReadonlySet<string> | null;
  readonly count: number;
}

/** @throws {RequestRefusal} 400 for a parameter other than `_type`, `_count`, `_format`, or an unknown type */
export function parseEverything(
  parameters: readonly (readonly [string, string])[],
  limits: SearchLimits,
  held: ReadonlySet<string>,
): EverythingRequest {
  let types: Set<string> | null = null;
  let count = limits.defaultPageSize;
  for (const [name, value] of parameters) {
    if (name === '_count') {
      count = Math.min(wholeNumber(name, value), limits.maxPageSize);
      if (count === 0) throw new RequestRefusal(400, 'value', '_count: expected 1 or more');
    } else if (name === '_type') {
      for (const type of value.split(',')) {
        if (!held.has(type)) throw new RequestRefusal(400, 'not-supported', `_type: ${printable(type)} is not held here`);
        (types ??= new Set()).add(type);
      }
    } else if (name !== '_format') {
      throw new RequestRefusal(400, 'not-supported', `${printable(name)}: not a parameter here; supported are _type, _count`);
    }
  }
  return { types, count };
}

/** The patient first, then the compartment in the order of the types, then what it refers to. */
export function everythingRows(store: ResourceStore, id: string, types: ReadonlySet<string> | null): Int32Array {
  const own = store.rowsOfPatient(id);
  const rows = new Set<number>([store.find(`Patient/${id}`), ...own]);
  for (const row of own) {
    for (const key of allReferences(store.parse(row), store.bases)) {
      // Another patient's record is not this patient's, even where a link points to it.
      const found = key.startsWith('Patient/') ? -1 : store.find(key);
      if (found !== -1) rows.add(found);
    }
  }
  const all = [...rows];
  return Int32Array.from(types === null ? all : all.filter((row) => types.has(store.typeOf(row))));
}
