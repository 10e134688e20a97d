/**
 * A searchset Bundle put together from the stored bytes of its resources: nothing is parsed, nothing is written anew.
 */
import { RequestRefusal } from './operation-outcome.ts';
import type { ResourceStore } from './resource-store.ts';

export interface BundleEntry {
  readonly row: number;
  readonly mode: 'match' | 'include';
}

export interface BundleHead {
  readonly id: string;
  /** Instant of the search. */
  readonly lastUpdated: string;
  /** Matches in all; absent where it was not asked for. */
  readonly total: number | undefined;
  readonly links: readonly { readonly relation: string; readonly url: string }[];
}

const tails = {
  match: Buffer.from(',"search":{"mode":"match"}}'),
  include: Buffer.from(',"search":{"mode":"include"}}'),
};

/** @throws {RequestRefusal} 400 too-costly when the resources of the page are more than `maxBytes` */
export function searchsetBundle(
  head: BundleHead,
  entries: readonly BundleEntry[],
  store: ResourceStore,
  base: string,
  maxBytes: number,
): Buffer {
  const start = JSON.stringify({
    resourceType: 'Bundle',
    id: head.id,
    meta: { lastUpdated: head.lastUpdated },
    type: 'searchset',
    ...(head.total === undefined ? {} : { total: head.total }),
    ...(head.links.length === 0 ? {} : { link: head.links }),
  });
  // FHIR has no empty arrays: without entries there is no "entry".
  if (entries.length === 0) return Buffer.from(start, 'utf8');
  const parts: Buffer[] = [Buffer.from(`${start.slice(0, -1)},"entry":[`, 'utf8')];
  let bytes = 0;
  for (const [i, { row, mode }] of entries.entries()) {
    const resource = store.bytesOf(row);
    bytes += resource.length;
    if (bytes > maxBytes) {
      throw new RequestRefusal(400, 'too-costly', 'the page would be too large; ask for a smaller _count or fewer includes');
    }
    parts.push(
      Buffer.from(`${i === 0 ? '' : ','}{"fullUrl":"${base}/${store.keyOf(row)}","resource":`, 'latin1'),
      resource,
      tails[mode],
    );
  }
  parts.push(Buffer.from(']}'));
  return Buffer.concat(parts);
}
