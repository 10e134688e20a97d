/**
 * Runs a search: rows from the indexes where there are any, then a pass over what is left, then the order.
 *
 * Out     rows that match all criteria; in the order of the files, or by the sort keys and then the order of the files
 * Choice  sorting by a date uses its earliest instant for ascending and its latest start for descending order; resources
 *         without the element come last either way
 */
import { intervalsAt, matchesDate } from './date-parameter.ts';
import { otherRequests, type ReferenceIndexes } from './reference-index.ts';
import { referencesAt } from './references.ts';
import type { ResourceStore } from './resource-store.ts';
import type { Criterion, SearchRequest, SortKey } from './search-request.ts';
import { matchesToken } from './token-parameter.ts';

const sliceRows = 1000;

export async function findRows(store: ResourceStore, indexes: ReferenceIndexes, request: SearchRequest): Promise<Int32Array> {
  const { narrowed, remaining } = await narrow(store, indexes, request);
  const matching = remaining.length === 0 ? narrowed : await filter(store, narrowed, remaining);
  return request.sort.length === 0 || request.countOnly ? matching : await sorted(store, matching, request.sort);
}

/** Applies the criteria that an index answers. */
async function narrow(
  store: ResourceStore,
  indexes: ReferenceIndexes,
  request: SearchRequest,
): Promise<{ narrowed: Int32Array; remaining: Criterion[] }> {
  const { type } = request;
  let rows: Int32Array | undefined;
  const remaining: Criterion[] = [];
  const later: Criterion[] = [];
  for (const criterion of request.criteria) {
    if (criterion.kind === 'id') {
      const found = criterion.ids.map((id) => store.find(`${type}/${id}`)).filter((row) => row !== -1);
      rows = intersection(rows, union([Int32Array.from(found)]));
    } else if (criterion.kind === 'reference') {
      const { name, parameter, keys } = criterion;
      if (!keys.every((key) => indexes.isReady(type, name, parameter, key))) later.push(criterion);
      else rows = intersection(rows, union(await Promise.all(keys.map((key) => indexes.rowsOf(type, name, parameter, key)))));
    } else remaining.push(criterion);
  }
  for (const criterion of later) {
    // With few rows left, reading them is cheaper than a pass over the whole type.
    if (rows !== undefined || criterion.kind !== 'reference') remaining.push(criterion);
    else {
      const { name, parameter, keys } = criterion;
      rows = union(await Promise.all(keys.map((key) => indexes.rowsOf(type, name, parameter, key))));
    }
  }
  return { narrowed: rows ?? allRows(store.rangeOf(type)), remaining };
}

async function filter(store: ResourceStore, rows: Int32Array, criteria: readonly Criterion[]): Promise<Int32Array> {
  const kept = new Int32Array(rows.length);
  const needles = tokenNeedles(criteria);
  let count = 0;
  for (let i = 0; i < rows.length; i += 1) {
    if (i % sliceRows === sliceRows - 1) await otherRequests();
    const row = rows[i] as number;
    if (!mayMatch(store.bytesOf(row), needles)) continue;
    const resource = store.parse(row);
    if (criteria.every((criterion) => matches(criterion, resource, store.bases))) kept[count++] = row;
  }
  return kept.slice(0, count);
}

const backslash = 0x5c;

/** Of each token criterion whose tests all name a code: the codes, one of which stands in the bytes of whatever matches. */
function tokenNeedles(criteria: readonly Criterion[]): Buffer[][] {
  return criteria.flatMap((criterion) => {
    if (criterion.kind !== 'token') return [];
    const codes = criterion.tests.flatMap(({ code }) =>
      code !== undefined && /^[ -~]+$/.test(code) ? [Buffer.from(code, 'latin1')] : [],
    );
    return codes.length === criterion.tests.length ? [codes] : [];
  });
}

/** False for a resource that cannot match: looking for a code in its bytes is a tenth of the work of parsing it. What is written with escapes may. */
function mayMatch(bytes: Buffer, needles: readonly (readonly Buffer[])[]): boolean {
  return needles.every((codes) => codes.some((code) => bytes.includes(code))) || bytes.includes(backslash);
}

function matches(criterion: Criterion, resource: unknown, bases: readonly string[]): boolean {
  switch (criterion.kind) {
    case 'id':
      return criterion.ids.includes((resource as { id: string }).id);
    case 'token':
      return matchesToken(criterion.tests, resource, criterion.parameter);
    case 'date':
      return intervalsAt(resource, criterion.parameter.paths).some((interval) =>
        criterion.tests.some((test) => matchesDate(test, interval)),
      );
    case 'reference':
      return referencesAt(resource, criterion.parameter.paths, bases).some((key) => criterion.keys.includes(key));
  }
}

async function sorted(store: ResourceStore, rows: Int32Array, keys: readonly SortKey[]): Promise<Int32Array> {
  const values: (number | string | null)[][] = [];
  for (let i = 0; i < rows.length; i += 1) {
    if (i % sliceRows === sliceRows - 1) await otherRequests();
    const resource = store.parse(rows[i] as number);
    values.push(keys.map((key) => sortValue(resource, key)));
  }
  const order = Uint32Array.from(rows, (_row, i) => i).sort((a, b) => {
    for (const [k, key] of keys.entries()) {
      const difference = compare(values[a]?.[k] ?? null, values[b]?.[k] ?? null, key.descending);
      if (difference !== 0) return difference;
    }
    return a - b;
  });
  return Int32Array.from(order, (i) => rows[i] as number);
}

function sortValue(resource: unknown, key: SortKey): number | string | null {
  if (key.name === '_id') return (resource as { id: string }).id;
  const starts = intervalsAt(resource, key.paths).map((interval) => interval.low);
  if (starts.length === 0) return null;
  return key.descending ? Math.max(...starts) : Math.min(...starts);
}

function compare(a: number | string | null, b: number | string | null, descending: boolean): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b === descending ? 1 : -1;
}

function allRows({ first, end }: { first: number; end: number }): Int32Array {
  const rows = new Int32Array(end - first);
  for (let i = 0; i < rows.length; i += 1) rows[i] = first + i;
  return rows;
}

/** Ascending, each row once. */
function union(lists: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  all.sort();
  let count = 0;
  for (let i = 0; i < all.length; i += 1) if (i === 0 || all[i] !== all[i - 1]) all[count++] = all[i] as number;
  return all.subarray(0, count);
}

function intersection(a: Int32Array | undefined, b: Int32Array): Int32Array {
  if (a === undefined) return b;
  const held = new Set(b);
  return a.filter((row) => held.has(row));
}
