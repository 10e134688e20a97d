/** Pages into files: against a plain reading of the same rules, for any distribution of versions over pages. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergePages, type CommittedPage } from '../../src/fhir/merge.ts';
import { makePageFile } from '../../src/fhir/page-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'merge-'));
});
afterEach(() => rm(dir, { recursive: true }));

interface Version {
  id: string;
  minute: number | undefined;
  version: string;
  value: number;
}
const resourceOf = ({ id, minute, version, value }: Version): unknown => ({
  resourceType: 'Observation',
  id,
  meta: { versionId: version, ...(minute === undefined ? {} : { lastUpdated: `2024-01-01T00:0${minute}:00Z` }) },
  value,
});

/** Numbers in their order, then other text. */
const rank = (version: string): number => ['8', '9', '10', '11', '1a', 'b'].indexOf(version);

async function commit(pages: readonly Version[][]): Promise<CommittedPage[]> {
  return Promise.all(
    pages.map(async (versions, n) => {
      const entries = versions.map((version) => ({ resource: resourceOf(version), span: undefined, mode: undefined }));
      const page = { url: '', bytes: Buffer.alloc(0), entries, next: null };
      const made = makePageFile(page, { type: 'Observation', maxDepth: 9 });
      const file = `${String(n).padStart(6, '0')}.page`;
      await writeFile(join(dir, file), made.bytes);
      const line = {
        kind: 'page',
        slice: '',
        file,
        bytes: made.bytes.length,
        head: made.head,
        sha256: '',
        next: null,
        warnings: [],
      } as const;
      return { line: { ...line, warnings: [] }, index: made.index };
    }),
  );
}

test('each id once, in order, in its newest version, whatever the size of the ranges', async () => {
  const version = fc.record({
    id: fc.constantFrom('a', 'B', 'a-1', 'a.1', 'z', '10', '9'),
    minute: fc.constantFrom(undefined, 1, 2, 3),
    version: fc.constantFrom('8', '9', '10', '11', '1a', 'b'),
    value: fc.integer({ min: 0, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(version, { maxLength: 6 }), { maxLength: 5 }),
      fc.constantFrom(1, 200, 1e9),
      async (pages, range) => {
        const all = pages.flat();
        const expected = [...new Set(all.map(({ id }) => id))].sort().map((id) => {
          const candidates = all.filter((v) => v.id === id);
          candidates.sort((a, b) => (b.minute ?? 0) - (a.minute ?? 0) || rank(b.version) - rank(a.version) || b.value - a.value);
          return JSON.stringify(resourceOf(candidates[0]!));
        });
        const [merged] = mergePages(dir, await commit(pages), range);
        expect([...(merged?.lines() ?? [])]).toEqual(expected);
        if (merged !== undefined) expect(merged).toMatchObject({ received: all.length, stored: expected.length });
      },
    ),
    { numRuns: 100 },
  );
});

test('without lastUpdated the higher versionId counts, as a number', async () => {
  const pages = [
    [{ id: 'a', minute: undefined, version: '9', value: 1 }],
    [{ id: 'a', minute: undefined, version: '10', value: 2 }],
  ];
  const [merged] = mergePages(dir, await commit(pages));
  expect([...(merged?.lines() ?? [])]).toEqual([JSON.stringify(resourceOf(pages[1]![0]!))]);
});
