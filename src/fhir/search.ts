/**
 * FHIR search, page by page: counts, first pages and next pages of any type, checked before anyone uses them.
 *
 * In      a type and search parameters; the address of a next page
 * Out     counts; pages with their entries, the bytes of each resource, and the checked address of the page after
 * Choice  fhir-kit-client forms the requests (paths, form bodies, paging); its own network call is replaced by our transport, so
 *         that it cannot send a token to another host, wait for ever or follow a redirect
 * Choice  searches go by POST `_search`: lists of patients fit, and do not appear in the logs of proxies. A server that does not
 *         offer it (405, 415, 501) is asked by GET from then on
 * Choice  an expired paging cursor (404, 410 on a next page) has an error of its own: the search can be started again
 */
import { Client } from 'fhir-kit-client';
import { z } from 'zod';
import { FhirError } from '../errors.ts';
import { resourceSpans, type EntrySpan } from './entry-spans.ts';
import { unexpectedResource } from './fhir-json.ts';
import { resolveLink, type FhirBase } from './origin.ts';
import type { FhirAnswer, Transport } from './transport.ts';

export type SearchParams = Readonly<Record<string, string | readonly string[]>>;

export interface PageEntry {
  /** The resource as parsed, or undefined when the entry has none. */
  readonly resource: unknown;
  /** Where its bytes lie in the page; undefined when they could not be told for sure. */
  readonly span: EntrySpan | undefined;
  readonly mode: string | undefined;
}

export interface SearchPage {
  /** Address that was asked, without its query where it was a POST. */
  readonly url: string;
  readonly bytes: Buffer;
  readonly entries: readonly PageEntry[];
  /** Checked address of the next page, or null on the last. */
  readonly next: string | null;
}

export interface FhirSearch {
  /** Matches by `_summary=count`; undefined where the server states none. */
  count(type: string, params: SearchParams): Promise<number | undefined>;
  first(type: string, params: SearchParams, pageSize: number): Promise<SearchPage>;
  /** @throws {FhirError} FHIR_CURSOR_EXPIRED */
  next(url: string): Promise<SearchPage>;
}

const bundleSchema = z.looseObject({
  resourceType: z.literal('Bundle'),
  type: z.literal('searchset'),
  total: z.int().nonnegative().optional(),
  link: z.array(z.looseObject({ relation: z.string(), url: z.string() })).optional(),
  entry: z.array(z.looseObject({ search: z.looseObject({ mode: z.string().optional() }).optional() })).optional(),
});
type SearchBundle = z.infer<typeof bundleSchema>;

/** HAPI answers a repeated search from its cache for a minute; a count and its pages must be of one state. */
const fresh = { headers: { 'Cache-Control': 'no-cache' } };

export function createSearch(base: FhirBase, transport: Transport, options: { rewriteOrigin?: boolean } = {}): FhirSearch {
  const client = new Client({ baseUrl: base.text });
  const answers = new WeakMap<object, FhirAnswer>();
  // Every method of the library, paging included, ends in this one call.
  client.httpClient.request = async (method, requestUrl, requestOptions = {}, body) => {
    const answer = await transport.send({
      method,
      url: client.httpClient.expandUrl(requestUrl),
      headers: lowerCased(requestOptions.headers ?? {}),
      body: typeof body === 'string' ? body : undefined,
    });
    answers.set(answer.resource, answer);
    return answer.resource;
  };
  let byPost = true;

  async function search(type: string, params: SearchParams): Promise<{ bundle: SearchBundle; answer: FhirAnswer }> {
    const searchParams = mutable(params);
    if (byPost) {
      try {
        return checked(
          await client.resourceSearch({ resourceType: type, searchParams, options: { ...fresh, postSearch: true } }),
        );
      } catch (error) {
        if (!(error instanceof FhirError) || ![405, 415, 501].includes(Number(error.details['status']))) throw error;
        byPost = false;
      }
    }
    return checked(await client.resourceSearch({ resourceType: type, searchParams, options: fresh }));
  }

  function checked(resource: unknown): { bundle: SearchBundle; answer: FhirAnswer } {
    const parsed = bundleSchema.safeParse(resource);
    if (!parsed.success) throw unexpectedResource('a searchset Bundle', resource);
    return { bundle: parsed.data, answer: answers.get(resource as object)! };
  }

  function page({ bundle, answer }: { bundle: SearchBundle; answer: FhirAnswer }): SearchPage {
    const entries = bundle.entry ?? [];
    const spans = resourceSpans(answer.bytes);
    // Not one span for each entry: some construct the scan does not know. Then none of them is trusted.
    const trusted = spans?.length === entries.length ? spans : undefined;
    const link = bundle.link?.find(({ relation }) => relation === 'next');
    return {
      url: answer.url,
      bytes: answer.bytes,
      entries: entries.map((entry, i) => ({ resource: entry['resource'], span: trusted?.[i], mode: entry.search?.mode })),
      next: link === undefined ? null : resolveLink(base, answer.url, link.url, { ...options, kind: 'next' }),
    };
  }

  return {
    async count(type, params) {
      return (await search(type, { ...params, _summary: 'count' })).bundle.total;
    },
    async first(type, params, pageSize) {
      return page(await search(type, { ...params, _count: String(pageSize) }));
    },
    async next(url) {
      try {
        const link = [{ relation: 'next', url }];
        return page(checked(await client.nextPage({ bundle: { resourceType: 'Bundle', type: 'searchset', link } })));
      } catch (error) {
        if (!(error instanceof FhirError) || error.code !== 'FHIR_NOT_FOUND') throw error;
        const what = 'next page: expected a page, found that the server forgot this search; it is searched again';
        throw new FhirError('FHIR_CURSOR_EXPIRED', what, { cause: error });
      }
    },
  };
}

function mutable(params: SearchParams): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]));
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
}
