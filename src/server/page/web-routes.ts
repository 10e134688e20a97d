/**
 * The page at `/`: its document and the script and styles it names, as built into dist/web.
 *
 * Choice  read once, when the server starts, and served from memory by name: no request reaches the disk, and none can name another file
 * Choice  open to everybody: there is nothing in it about a patient or a model; what it asks for is not open
 * Choice  nothing inline and nothing from elsewhere is allowed to run or to load, so that a text of a record that were taken for markup could do
 *         nothing. No other page may frame it
 * Choice  the names of script and styles hold their content's hash, so they may be kept for good; the document may not be kept at all
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { idParameter, textContent } from '../open-api.ts';
import { RequestRefusal } from '../operation-outcome.ts';
import type { Route } from '../route.ts';

export interface WebPage {
  readonly document: Buffer;
  /** By name. */
  readonly assets: ReadonlyMap<string, { readonly bytes: Buffer; readonly type: string }>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** @returns null where the page was not built, as in a run from the sources */
export function readWebPage(folder: string = fileURLToPath(new URL('../../web/', import.meta.url))): WebPage | null {
  const [document, assets] = [join(folder, 'index.html'), join(folder, 'assets')];
  if (!existsSync(document) || !existsSync(assets)) return null;
  const known = readdirSync(assets).flatMap((name) => {
    const type = types[extname(name)];
    return type === undefined ? [] : [[name, { bytes: readFileSync(join(assets, name)), type }] as const];
  });
  return { document: readFileSync(document), assets: new Map(known) };
}

/** @param textIndex  what is here, for who asks for text or has no page to be shown */
export function webRoutes(page: WebPage | null, textIndex: () => string): Route[] {
  const common = { method: 'get', access: 'open', cost: 0 } as const;
  const index: Route = {
    ...common,
    path: '/',
    produces: page === null ? ['text/plain'] : ['text/html', 'text/plain'],
    describe: {
      operationId: 'index',
      summary: 'The page, or what is here',
      description: 'The page for clinicians where it was built; the paths of the API as text for who accepts no HTML.',
      answer: page === null ? textContent : { 'text/html': { schema: { type: 'string' } }, ...textContent },
      errors: [],
    },
    handle: ({ request }) => {
      if (page === null || request.accepts(['text/html', 'text/plain']) === 'text/plain') {
        return { body: textIndex(), type: 'text/plain', headers: { Vary: 'Accept' } };
      }
      const headers = { 'Content-Security-Policy': policy, 'X-Frame-Options': 'DENY', Vary: 'Accept' };
      return { body: page.document, type: 'text/html; charset=utf-8', headers };
    },
  };
  if (page === null) return [index];
  const assets: Route = {
    ...common,
    path: '/assets/:name',
    produces: Object.values(types).map((type) => type.replace(/;.*/, '')),
    describe: {
      operationId: 'asset',
      summary: 'A file of the page',
      description: 'Script, styles and icon that the page names.',
      answer: {
        'text/javascript': { schema: { type: 'string' } },
        'text/css': { schema: { type: 'string' } },
        'image/svg+xml': { schema: { type: 'string' } },
      },
      errors: [404],
      parameters: [idParameter('name', [...page.assets.keys()])],
    },
    handle: ({ param }) => {
      const asset = page.assets.get(param('name'));
      if (asset === undefined)
        throw new RequestRefusal('SERVER_NOT_FOUND', 'expected a file that the page names, found another name');
      return {
        body: asset.bytes,
        type: asset.type,
        headers: { 'Cache-Control': 'public, max-age=31536000, immutable' },
      };
    },
  };
  return [index, assets];
}
