/**
 * One slice from its count to its last page, with the guards that paging needs.
 *
 * In      the search, a slice's parameters, a sink that commits pages
 * Out     done, short (fewer arrived than were counted), or split (likely cut by a silent cap: halve it)
 * Choice  the count comes first and decides; totals on pages are not believed, as a capped server states the cap as the total
 * Choice  a shortfall is counted again before it is believed, as records may be deleted meanwhile; then the slice is halved when it
 *         brought enough to suspect a cap, or read once more when paging may have shifted under it
 * Choice  where a wider search was cut, one that counts more than came then would be cut too: it is halved unread
 * Choice  halves must hold what the whole was counted to hold: a record that none of them finds is a shortfall
 * Choice  a page that was seen before, or three pages in a row without a new record, end the run: it would never end by itself
 * Choice  an expired cursor starts the slice again, then halves it: smaller searches live shorter
 */
import { FhirError } from '../errors.ts';
import { updatedMsOf } from './entry-check.ts';
import type { FhirSearch, SearchPage, SearchParams } from './search.ts';

/** Keeps pages; `commit` returns only when the page is safe. */
export interface PageSink {
  /** Ids that earlier pages of this slice brought; the slice goes on from `resumeAt`. */
  readonly ids: Set<string>;
  /** Quarantined entries of earlier pages. */
  quarantined: number;
  readonly resumeAt: string | null;
  /** True when no more is wanted, whatever the server still has. */
  readonly enough?: (() => boolean) | undefined;
  /** Stores the page, adds to `ids` and `quarantined`. */
  commit(page: SearchPage): Promise<void>;
  /** Forgets every page of the slice. */
  restart(): Promise<void>;
}

export interface SliceResult {
  readonly outcome: 'done' | 'short' | 'split';
  /** By `_summary=count`; undefined when the server states none. */
  readonly expected: number | undefined;
  /** Distinct ids and quarantined entries. */
  readonly found: number;
  /** Of a split: median meta.lastUpdated of what came, epoch milliseconds; undefined when nothing stated one. */
  readonly middleMs?: number | undefined;
}

export interface SliceRules {
  readonly type: string;
  readonly pageSize: number;
  readonly splittable: boolean;
  /** As many as came of a wider search that was cut. */
  readonly cutAt?: number | undefined;
}

/** No server caps an answer below this; a smaller shortfall has another cause. */
const smallestCap = 50;
const maxBarrenPages = 3;
const maxRounds = 3;

export async function fetchSlice(
  search: FhirSearch,
  params: SearchParams,
  sink: PageSink,
  rules: SliceRules,
): Promise<SliceResult> {
  const count = (): Promise<number | undefined> => search.count(rules.type, params);
  const found = (): number => sink.ids.size + sink.quarantined;
  let expected = await count();
  if (expected === 0) return { outcome: 'done', expected, found: found() };
  if (rules.splittable && rules.cutAt !== undefined && expected !== undefined && expected > rules.cutAt) {
    await sink.restart();
    return { outcome: 'split', expected, found: rules.cutAt };
  }
  for (let round = 1; ; round += 1) {
    const updates: number[] = [];
    try {
      await readPages(search, params, sink, rules, { expected, resumeAt: round === 1 ? sink.resumeAt : null, updates });
    } catch (error) {
      if (!(error instanceof FhirError) || error.code !== 'FHIR_CURSOR_EXPIRED') throw error;
      await sink.restart();
      if (round < maxRounds) continue;
      if (rules.splittable) return { outcome: 'split', expected, found: 0, middleMs: median(updates) };
      const what = `${rules.type}: expected to read all pages, found the search forgotten ${round} times; use smaller searches`;
      throw new FhirError('FHIR_UNAVAILABLE', what, { details: { type: rules.type }, cause: error });
    }
    if (sink.enough?.() === true) expected = expected === undefined ? undefined : Math.min(expected, found());
    if (expected === undefined || found() >= expected) return { outcome: 'done', expected, found: found() };
    expected = await count();
    if (expected === undefined || found() >= expected) return { outcome: 'done', expected, found: found() };
    if (rules.splittable && found() >= smallestCap) {
      const cut = { outcome: 'split', expected, found: found(), middleMs: median(updates) } as const;
      await sink.restart();
      return cut;
    }
    if (round >= 2) return { outcome: 'short', expected, found: found() };
    await sink.restart();
  }
}

/**
 * How many resources a search that was split must have brought in its halves.
 *
 * @param expected  its count when it was split
 * @param found     what its halves brought
 * @returns         the count, or a lower one when counting again gives less: records may be deleted meanwhile
 */
export async function countOfSplit(
  search: FhirSearch,
  type: string,
  params: SearchParams,
  expected: number | undefined,
  found: number,
): Promise<number | undefined> {
  if (expected === undefined || found >= expected) return expected;
  const again = await search.count(type, params);
  return again === undefined ? expected : Math.min(expected, again);
}

async function readPages(
  search: FhirSearch,
  params: SearchParams,
  sink: PageSink,
  rules: SliceRules,
  { expected, resumeAt, updates }: { expected: number | undefined; resumeAt: string | null; updates: number[] },
): Promise<void> {
  const mostExpected = expected === undefined ? Number.POSITIVE_INFINITY : 2 * expected + 1000;
  const visited = new Set<string>(resumeAt === null ? [] : [resumeAt]);
  let barren = 0;
  let page = resumeAt === null ? await search.first(rules.type, params, rules.pageSize) : await search.next(resumeAt);
  for (;;) {
    const before = sink.ids.size + sink.quarantined;
    await sink.commit(page);
    for (const { resource } of page.entries) updates.push(updatedMsOf(resource) ?? Number.NaN);
    const after = sink.ids.size + sink.quarantined;
    barren = after > before ? 0 : barren + 1;
    if (page.next === null || sink.enough?.() === true) return;
    if (visited.has(page.next)) throw loop(rules.type, 'a next link that was followed before');
    if (barren >= maxBarrenPages) throw loop(rules.type, `${barren} pages in a row without a new record`);
    if (after > mostExpected) throw loop(rules.type, `${after} records where ${expected} were counted, and no end`);
    visited.add(page.next);
    page = await search.next(page.next);
  }
}

function median(values: readonly number[]): number | undefined {
  const known = values.filter(Number.isFinite).sort((a, b) => a - b);
  return known[known.length >> 1];
}

function loop(type: string, found: string): FhirError {
  const message = `${type}: expected paging to end, found ${found}; this server cannot be paged, use bulk export`;
  return new FhirError('FHIR_PAGING_LOOP', message, { details: { type } });
}
