/**
 * Results that are being paged through: a list of rows under an unguessable name.
 *
 * Choice  pages are cut from the list made by the first request, so they neither overlap nor skip
 * Choice  a result is dropped when nobody has asked for a page of it for `timeoutMs`, or when newer ones need the room; its
 *         links then answer 410, as HAPI's do
 */
import { randomUUID } from 'node:crypto';
import type { Include } from './search-request.ts';

export interface SearchResult {
  /** The searched type; null for $everything. */
  readonly type: string | null;
  readonly rows: Int32Array;
  /** Matches in all, where it was asked for. */
  readonly total: number | undefined;
  readonly includes: readonly Include[];
  readonly revIncludes: readonly Include[];
}

/** Rows of all results held, 4 bytes each. */
const maxRows = 32 * 1024 * 1024;

export class SearchResults {
  private readonly held = new Map<string, { readonly result: SearchResult; usedAt: number }>();
  private rows = 0;
  private readonly timeoutMs: number;
  private readonly now: () => number;

  constructor(timeoutMs: number, now: () => number) {
    this.timeoutMs = timeoutMs;
    this.now = now;
  }

  keep(result: SearchResult): string {
    const id = randomUUID();
    this.held.set(id, { result, usedAt: this.now() });
    this.rows += result.rows.length;
    this.dropOld();
    return id;
  }

  /** undefined when it never was, or has expired. */
  get(id: string): SearchResult | undefined {
    this.dropOld();
    const entry = this.held.get(id);
    if (entry === undefined) return undefined;
    // Put at the end again: a Map keeps the order of insertion, so the first is the one unused for longest.
    this.held.delete(id);
    this.held.set(id, { result: entry.result, usedAt: this.now() });
    return entry.result;
  }

  private dropOld(): void {
    const oldest = this.now() - this.timeoutMs;
    for (const [id, { result, usedAt }] of this.held) {
      if (usedAt >= oldest && (this.rows <= maxRows || this.held.size === 1)) return;
      this.held.delete(id);
      this.rows -= result.rows.length;
    }
  }
}
