/** Asking the server as a client would, and reading its answers. */
import { expect } from '@jest/globals';

/** A Bundle, an OperationOutcome or a resource: a test says which it expects. */
export type Json = Omit<fhir4.Bundle & Omit<fhir4.OperationOutcome, 'resourceType'>, 'resourceType'> & {
  readonly resourceType: string;
};

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Json;
}

export async function ask(url: string, init?: RequestInit): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  const json = text === '' ? {} : (JSON.parse(text) as unknown);
  return { status: response.status, headers: response.headers, text, json: json as Json };
}

export function form(body: string): RequestInit {
  return { method: 'POST', body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
}

/** Ids of a page's entries, by search mode, in order. */
export function idsOf(bundle: Pick<fhir4.Bundle, 'entry'>, mode = 'match'): string[] {
  return (bundle.entry ?? []).filter((entry) => entry.search?.mode === mode).map((entry) => entry.resource?.id ?? '?');
}

export function nextOf(bundle: Pick<fhir4.Bundle, 'link'>): string | undefined {
  return bundle.link?.find((link) => link.relation === 'next')?.url;
}

/** The first page, and every page after it. */
export async function pagesFrom(url: string): Promise<Json[]> {
  const pages: Json[] = [];
  for (let next: string | undefined = url; next !== undefined; next = nextOf(pages.at(-1) as Json)) {
    const reply = await ask(next);
    expect(reply.status).toBe(200);
    pages.push(reply.json);
    expect(pages.length).toBeLessThan(1000);
  }
  return pages;
}
