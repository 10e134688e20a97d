/** A small FHIR server over arrays, with HAPI's manners and a hook to misbehave; for tests of the pull alone. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface Resource {
  resourceType: string;
  id: string;
  [key: string]: unknown;
}

export interface FakeRequest {
  readonly method: string;
  readonly url: string;
  /** Path below the base. */
  readonly path: string;
  readonly params: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** 1 for the first request of the server. */
  readonly number: number;
}

export interface FakeServer {
  readonly url: string;
  readonly port: number;
  readonly requests: FakeRequest[];
  resources: Resource[];
  /** Answers itself and returns true, or leaves the request alone. */
  hook: ((request: FakeRequest, response: ServerResponse) => boolean | Promise<boolean>) | undefined;
  /** Changes a bundle before it is sent. */
  edit: ((bundle: Bundle, request: FakeRequest) => void) | undefined;
  /** Entries of one search at most, silently. */
  cap: number;
  pageLimit: number;
  close(): Promise<void>;
}

export interface Bundle {
  resourceType: string;
  type: string;
  total?: number;
  link?: Array<{ relation: string; url: string }>;
  entry?: Array<{ fullUrl?: string; resource?: unknown; search?: { mode: string } }>;
}

export async function startFake(resources: Resource[] = []): Promise<FakeServer> {
  const searches: Resource[][] = [];
  const http = createServer((request, response) => {
    void answer(request, response);
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? '/', 'http://x');
    const params = new URLSearchParams(url.search);
    for (const [key, value] of new URLSearchParams(body)) params.append(key, value);
    const path = url.pathname.replace(/^\/fhir\/?/, '').replace(/\/_search$/, '');
    const { method = '', headers } = request;
    const seen = { method, url: request.url ?? '', path, params, headers, number: fake.requests.length + 1 };
    fake.requests.push(seen);
    if (fake.hook !== undefined && (await fake.hook(seen, response))) return;
    const bundle = search(seen);
    fake.edit?.(bundle, seen);
    sendJson(response, bundle);
  }
  function search({ path, params }: FakeRequest): Bundle {
    const bundle: Bundle = { resourceType: 'Bundle', type: 'searchset' };
    if (params.has('_getpages')) {
      return page(bundle, Number(params.get('_getpages')), Number(params.get('_getpagesoffset')), Number(params.get('_count')));
    }
    const found = fake.resources.filter((resource) => resource.resourceType === path && matches(resource, params));
    if (params.get('_summary') === 'count') return { ...bundle, total: found.length };
    searches.push(found.slice(0, fake.cap));
    return page(bundle, searches.length - 1, 0, Math.min(fake.pageLimit, Number(params.get('_count') ?? 20)));
  }
  function page(bundle: Bundle, search: number, offset: number, count: number): Bundle {
    const all = searches[search] ?? [];
    bundle.entry = all.slice(offset, offset + count).map((resource) => ({
      fullUrl: `${fake.url}/${resource.resourceType}/${resource.id}`,
      resource,
      search: { mode: 'match' },
    }));
    bundle.link = [{ relation: 'self', url: fake.url }];
    if (offset + count < all.length) {
      const next = `${fake.url}?_getpages=${search}&_getpagesoffset=${offset + count}&_count=${count}`;
      bundle.link.push({ relation: 'next', url: next });
    }
    return bundle;
  }
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const fake: FakeServer = {
    url: `http://127.0.0.1:${port}/fhir`,
    port,
    requests: [],
    resources,
    hook: undefined,
    edit: undefined,
    cap: Number.POSITIVE_INFINITY,
    pageLimit: 1000,
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
  return fake;
}

export function sendJson(response: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}): void {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const zip = headers['content-encoding'] === 'gzip';
  response.writeHead(status, { 'content-type': 'application/fhir+json;charset=utf-8', ...headers });
  response.end(zip ? gzipSync(text) : text);
}

/** An OperationOutcome as HAPI sends it. */
export function outcome(code: string, diagnostics: string): unknown {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] };
}

/** Patients p000…, each with `each` encounters and `each` observations. */
export function cohort(patients: number, each: number): Resource[] {
  const resources: Resource[] = [];
  for (let p = 0; p < patients; p += 1) {
    const id = `p${String(p).padStart(3, '0')}`;
    const identifier = [{ system: 'https://github.com/synthetichealth/synthea', value: id }];
    resources.push({ resourceType: 'Patient', id, meta: meta(1, p), identifier, name: [{ family: `Müller-${p}` }] });
    for (let i = 0; i < each; i += 1) {
      const subject = { reference: `Patient/${id}` };
      const code = i % 2 === 0 ? 'IMP' : 'AMB';
      resources.push({ resourceType: 'Encounter', id: `e-${p}-${i}`, meta: meta(1, i), class: { code }, subject });
      resources.push({ resourceType: 'Observation', id: `o-${p}-${i}`, meta: meta(1, i), subject, valueQuantity: { value: i } });
    }
  }
  return resources;
}

export function meta(version: number, minute: number): { versionId: string; lastUpdated: string } {
  return { versionId: String(version), lastUpdated: new Date(Date.UTC(2024, 0, 1, 0, minute)).toISOString() };
}

function matches(resource: Resource, params: URLSearchParams): boolean {
  const {
    subject,
    identifier,
    class: encounterClass,
  } = resource as {
    subject?: { reference: string };
    identifier?: Array<{ system: string }>;
    class?: { code: string };
  };
  for (const [key, value] of params) {
    if (key === 'patient' && !value.split(',').includes(subject?.reference.slice('Patient/'.length) ?? '')) return false;
    if (key === '_id' && !value.split(',').includes(resource.id)) return false;
    if (key === 'class' && encounterClass?.code !== value) return false;
    if (key === 'identifier' && !identifier?.some(({ system }) => `${system}|` === value)) return false;
    if (key === '_lastUpdated') {
      const at = (resource['meta'] as { lastUpdated: string }).lastUpdated;
      const bound = new Date(value.slice(2)).toISOString();
      if (value.startsWith('ge') ? at < bound : at >= bound) return false;
    }
  }
  return true;
}
