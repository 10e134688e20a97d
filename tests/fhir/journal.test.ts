/** The journal: what was appended is there, in order, and the state is the same when read again. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal, sliceState, type JournalLine, type JournalState } from '../../src/fhir/journal.ts';

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'));
  path = join(dir, 'journal.ndjson');
});
afterEach(() => rm(dir, { recursive: true }));

const page = (slice: string, n: number, next: string | null = null): JournalLine => ({
  kind: 'page',
  slice,
  file: `${String(n).padStart(6, '0')}.page`,
  bytes: 10,
  head: 5,
  sha256: 'a'.repeat(64),
  next,
  warnings: [],
});
const half = (key: string) => ({ key, type: 'Encounter', patients: [0, 1] as [number, number], window: null });
const plain = (state: JournalState): unknown => ({ ...state, slices: [...state.slices] });

test('appended at once by many, lines are whole, in order, and read back to the same state', async () => {
  const journal = await openJournal(path);
  await journal.append({ kind: 'start', format: 1, query: { server: 'x' } });
  await Promise.all(Array.from({ length: 200 }, (_, n) => journal.append(page(`E/${n % 7}`, n, n % 2 === 0 ? `u${n}` : null))));
  await journal.append({ kind: 'done', slice: 'E/0', expected: 3, found: 3 });
  await journal.append({ kind: 'short', slice: 'E/1', expected: 9, found: 3 });
  await journal.append({ kind: 'restart', slice: 'E/2' });
  await journal.append({ kind: 'split', slice: 'E/3', expected: 8, into: [half('E/3.0'), half('E/3.1')] });
  await journal.append({ kind: 'clock', at: 5 });
  const before = plain(journal.state);
  await journal.close();
  const again = await openJournal(path);
  expect(plain(again.state)).toEqual(before);
  expect(sliceState(again.state, 'E/0')).toMatchObject({ status: 'done', expected: 3 });
  expect(sliceState(again.state, 'E/0').pages.map(({ file }) => file)).toEqual(
    Array.from({ length: 29 }, (_, i) => `${String(i * 7).padStart(6, '0')}.page`),
  );
  expect(sliceState(again.state, 'E/2')).toMatchObject({ status: 'open', pages: [] });
  expect(sliceState(again.state, 'E/3')).toMatchObject({
    status: 'split',
    expected: 8,
    pages: [],
    into: [half('E/3.0'), half('E/3.1')],
  });
  await again.close();
});

describe('a torn end', () => {
  test('cut at every byte of the last line: the lines before it stand, and the next line follows them', async () => {
    const journal = await openJournal(path);
    await journal.append({ kind: 'clock', at: 5 });
    const first = await readFile(path, 'utf8');
    await journal.append(page('É', 1, 'https://x.org/é'));
    await journal.close();
    const whole = await readFile(path);
    for (let cut = Buffer.byteLength(first); cut < whole.length; cut += 1) {
      await rm(path);
      await appendFile(path, whole.subarray(0, cut));
      const torn = await openJournal(path);
      expect(torn.state).toMatchObject({ clockMs: 5 });
      expect(torn.state.slices.size).toBe(0);
      await torn.append({ kind: 'clock', at: 6 });
      await torn.close();
      const mended = await openJournal(path);
      expect(mended.state.clockMs).toBe(6);
      await mended.close();
    }
  });

  test('damage anywhere else is refused by line number', async () => {
    await appendFile(path, '{"kind":"clock","at":5}\n{"kind":"clock","at":"x"}\n{"kind":"clock","at":6}\n');
    await expect(openJournal(path)).rejects.toMatchObject({ code: 'FHIR_JOURNAL', details: { line: 2 } });
  });
});
