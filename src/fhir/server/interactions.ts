/**
 * What each interaction answers: read, search, next page, $everything, metadata. No HTTP here but statuses and headers.
 */
import { randomUUID } from 'node:crypto';
import { searchsetBundle, type BundleEntry } from './bundle.ts';
import { capabilityStatement } from './capability-statement.ts';
import { everythingRows, parseEverything } from './everything.ts';
import { includedRows } from './includes.ts';
import { fhirJson, jsonAnswer, printable, RequestRefusal, type Answer } from './operation-outcome.ts';
import { ReferenceIndexes } from './reference-index.ts';
import type { ResourceStore } from './resource-store.ts';
import { findRows } from './search.ts';
import { parseSearch, wholeNumber, type SearchLimits } from './search-request.ts';
import { SearchResults, type SearchResult } from './search-results.ts';

export type Parameters = readonly (readonly [string, string])[];

export class Interactions {
  readonly results: SearchResults;
  private readonly store: ResourceStore;
  private readonly indexes: ReferenceIndexes;
  private readonly limits: SearchLimits;
  private readonly types: ReadonlySet<string>;
  private readonly now: () => number;

  constructor(store: ResourceStore, limits: SearchLimits, pagingTimeoutMs: number, now: () => number) {
    this.store = store;
    this.indexes = new ReferenceIndexes(store);
    this.limits = limits;
    this.types = new Set(store.types.keys());
    this.now = now;
    this.results = new SearchResults(pagingTimeoutMs, now);
  }

  metadata(base: string): Answer {
    return jsonAnswer(200, capabilityStatement(this.store, base, this.limits));
  }

  /** @throws {RequestRefusal} 404 for an unknown type or id */
  read(type: string, id: string): Answer {
    this.requireType(type);
    const row = /^[A-Za-z0-9\-.]{1,64}$/.test(id) ? this.store.find(`${type}/${id}`) : -1;
    if (row === -1) throw new RequestRefusal(404, 'not-found', `${type}: no resource with this id`);
    const { meta } = this.store.parse(row) as { meta?: { versionId?: unknown; lastUpdated?: unknown } };
    const headers: Record<string, string> = { 'Content-Type': fhirJson };
    if (typeof meta?.versionId === 'string' && /^[A-Za-z0-9\-.]{1,64}$/.test(meta.versionId))
      headers['ETag'] = `W/"${meta.versionId}"`;
    const updated = typeof meta?.lastUpdated === 'string' ? Date.parse(meta.lastUpdated) : NaN;
    if (Number.isFinite(updated)) headers['Last-Modified'] = new Date(updated).toUTCString();
    return { status: 200, headers, body: this.store.bytesOf(row) };
  }

  /** @throws {RequestRefusal} 404 for an unknown type, 400 for what it does not support */
  async search(type: string, parameters: Parameters, base: string): Promise<Answer> {
    this.requireType(type);
    const request = parseSearch(type, parameters, this.limits, this.types, [base, ...this.store.bases]);
    const rows = await findRows(this.store, this.indexes, request);
    if (request.countOnly) return this.bundle({ total: rows.length, links: [], entries: [], base });
    const { includes, revIncludes } = request;
    const result: SearchResult = { type, rows, total: request.total ? rows.length : undefined, includes, revIncludes };
    const self = `${base}/${type}${queryOf(request.parameters)}`;
    return this.page(result, null, 0, request.count, self, base);
  }

  /** @throws {RequestRefusal} 400 for other parameters than a next link has, 410 when the result is gone */
  async nextPage(parameters: Parameters, base: string): Promise<Answer> {
    const values = new Map(parameters);
    const id = values.get('_getpages');
    if (id === undefined) throw new RequestRefusal(400, 'not-supported', 'search over all types is not supported; name a type');
    for (const name of values.keys()) {
      if (['_getpages', '_getpagesoffset', '_count', '_bundletype', '_format'].includes(name)) continue;
      throw new RequestRefusal(
        400,
        'not-supported',
        `${printable(name)}: not a parameter of a page; follow next links as they are`,
      );
    }
    const offset = wholeNumber('_getpagesoffset', values.get('_getpagesoffset') ?? '0');
    const asked = wholeNumber('_count', values.get('_count') ?? String(this.limits.defaultPageSize));
    const count = Math.min(asked, this.limits.maxPageSize);
    if (count === 0) throw new RequestRefusal(400, 'value', '_count: expected 1 or more on a page');
    const result = this.results.get(id);
    if (result === undefined) throw new RequestRefusal(410, 'expired', 'this search does not exist or has expired; search again');
    return this.page(result, id, offset, count, `${base}${queryOf(parameters)}`, base);
  }

  /** @throws {RequestRefusal} 404 for an unknown patient, 400 for what it does not support */
  async everything(id: string, parameters: Parameters, base: string): Promise<Answer> {
    this.requireType('Patient');
    const request = parseEverything(parameters, this.limits, this.types);
    if (this.store.find(`Patient/${id}`) === -1) throw new RequestRefusal(404, 'not-found', 'Patient: no resource with this id');
    const rows = everythingRows(this.store, id, request.types);
    const result: SearchResult = { type: null, rows, total: rows.length, includes: [], revIncludes: [] };
    return this.page(result, null, 0, request.count, `${base}/Patient/${id}/$everything${queryOf(parameters)}`, base);
  }

  private async page(
    result: SearchResult,
    held: string | null,
    offset: number,
    count: number,
    self: string,
    base: string,
  ): Promise<Answer> {
    const rows = result.rows.subarray(offset, offset + count);
    const entries: BundleEntry[] = Array.from(rows, (row) => ({ row, mode: 'match' }));
    for (const row of await includedRows(this.store, this.indexes, rows, result.includes, result.revIncludes)) {
      entries.push({ row, mode: 'include' });
    }
    const links = [{ relation: 'self', url: self }];
    if (offset + count < result.rows.length) {
      const id = held ?? this.results.keep(result);
      const url = `${base}?_getpages=${id}&_getpagesoffset=${offset + count}&_count=${count}&_bundletype=searchset`;
      links.push({ relation: 'next', url });
    }
    return this.bundle({ total: result.total, links, entries, base });
  }

  private bundle(parts: {
    total: number | undefined;
    links: readonly { relation: string; url: string }[];
    entries: readonly BundleEntry[];
    base: string;
  }): Answer {
    const head = { id: randomUUID(), lastUpdated: new Date(this.now()).toISOString(), total: parts.total, links: parts.links };
    return {
      status: 200,
      headers: { 'Content-Type': fhirJson },
      body: searchsetBundle(head, parts.entries, this.store, parts.base, this.limits.maxPageBytes),
    };
  }

  private requireType(type: string): void {
    if (this.types.has(type)) return;
    const held = [...this.types].join(', ');
    throw new RequestRefusal(404, 'not-supported', `${printable(type)}: not a resource type held here; held are ${held}`);
  }
}

function queryOf(parameters: Parameters): string {
  const query = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
  return query === '' ? '' : `?${query}`;
}
