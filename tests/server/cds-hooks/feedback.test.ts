/** Feedback: taken for cards that were given, on disk before it is thanked for, and never by halves. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Access } from '../../../src/server/access/principal.ts';
import { realDisk, type Disk, type DiskFile } from '../../../src/server/audit/disk.ts';
import { openCardStore, type CardStore } from '../../../src/server/cds-hooks/card-store.ts';
import { closeAll, serve } from '../support/served.ts';
import { discharge, dischargeCall, nowMs, post, stayAnswer, view } from './calls.ts';
import { cards, type Card } from './standard.ts';

let folder: string;
let stores: CardStore[] = [];
let clockMs = nowMs;
const now = (): number => clockMs;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'feedback-')), 'feedback');
  clockMs = nowMs;
});
afterEach(async () => {
  await closeAll();
  for (const store of stores) await store.close();
  stores = [];
  await rm(join(folder, '..'), { recursive: true, force: true });
});

async function opened(disk?: Disk): Promise<CardStore> {
  const store = await openCardStore({ folder, now, disk });
  stores.push(store);
  return store;
}

async function serveWith(store: CardStore, access?: Access) {
  return serve({ now, access, cds: { cards: store } }, () => stayAnswer);
}

async function givenCard(url: string): Promise<Card> {
  const response = await post(url, discharge, dischargeCall());
  return cards.parse(await response.json()).cards[0] as Card;
}

async function lines(prefix: string): Promise<Record<string, unknown>[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  );
}

const outcomeTimestamp = '2024-03-10T13:05:31+01:00';
const accepted = (card: Card, kind = 0): Record<string, unknown> => ({
  card: card.uuid,
  outcome: 'accepted',
  acceptedSuggestions: [{ id: card.suggestions?.[kind]?.uuid }],
  outcomeTimestamp,
});
const overridden = (card: Card): Record<string, unknown> => ({
  card: card.uuid,
  outcome: 'overridden',
  overrideReason: { reason: { code: 'declined', system: 'urn:x', display: 'no' }, userComment: 'ZZPHI said no' },
  outcomeTimestamp,
});

describe('what is kept', () => {
  test('a card without the patient, outcomes with their reason, in files of the owner alone', async () => {
    const served = await serveWith(await opened());
    const card = await givenCard(served.url);
    const response = await post(served.url, `${discharge}/feedback`, {
      feedback: [accepted(card, 1), overridden(card)],
      extension: {},
    });
    expect([response.status, await response.json()]).toEqual([200, { stored: 2 }]);
    expect(await lines('cards')).toEqual([
      {
        at: '2024-03-10T12:00:00.000Z',
        card: card.uuid,
        service: discharge,
        model: { name: 'tiny', sha256: 'aa'.repeat(32) },
        band: 'high',
        indicator: 'warning',
        client: { issuer: null, tenant: null },
      },
    ]);
    const shared = { at: '2024-03-10T12:00:00.000Z', card: card.uuid, acted: '2024-03-10T12:05:31.000Z' };
    expect(await lines('outcomes')).toEqual([
      { ...shared, outcome: 'accepted', accepted: ['phone-call'], reason: null, comment: null },
      { ...shared, outcome: 'overridden', accepted: [], reason: { system: 'urn:x', code: 'declined' }, comment: 'ZZPHI said no' },
    ]);
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(served.log.join('') + JSON.stringify(served.audited)).not.toContain('ZZPHI');
    expect(served.audited.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['cds-service', 'success'],
      ['cds-feedback', 'success'],
    ]);
  });

  test('cards are known after a restart, for this month and the two before', async () => {
    const first = await serveWith(await opened());
    const card = await givenCard(first.url);
    const give = async (): Promise<number> => {
      const served = await serveWith(await opened());
      return (await post(served.url, `${discharge}/feedback`, { feedback: [overridden(card)] })).status;
    };
    expect(await give()).toBe(200);
    clockMs = Date.UTC(2024, 4, 31, 23);
    expect(await give()).toBe(200);
    clockMs = Date.UTC(2024, 5, 1);
    expect(await give()).toBe(404);
    expect((await readdir(folder)).sort()).toEqual([
      'cards-2024-03.ndjson',
      'outcomes-2024-03.ndjson',
      'outcomes-2024-05.ndjson',
    ]);
  });

  test('without a store cards have no uuid, and no feedback is taken', async () => {
    const served = await serve({ now }, () => stayAnswer);
    const card = await givenCard(served.url);
    expect(card.uuid).toBeUndefined();
    const feedback = [{ card: '4e0a3a1e-3283-4575-ab82-028d55fe2719', outcome: 'overridden', outcomeTimestamp }];
    expect((await post(served.url, `${discharge}/feedback`, { feedback })).status).toBe(404);
  });
});

describe('whose card it is', () => {
  test('one that nobody was given, of another service or of another client is unknown; nothing of the call is kept', async () => {
    const store = await opened();
    const served = await serveWith(store);
    const card = await givenCard(served.url);
    const stranger = { ...overridden(card), card: '4e0a3a1e-3283-4575-ab82-028d55fe2719' };
    const refused = await post(served.url, `${discharge}/feedback`, { feedback: [overridden(card), stranger] });
    expect([refused.status, await refused.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'SERVER_CDS_CARD', detail: expect.stringContaining('feedback.1.card') }),
    ]);
    expect((await post(served.url, `${view}/feedback`, { feedback: [overridden(card)] })).status).toBe(404);
    for (const [issuer, tenant] of [
      ['https://other.example.org', null],
      [null, 'other'],
    ] as const) {
      const identify = () => ({ subject: 's', issuer, client: null, tenant, patient: null, scopes: new Set<never>() });
      const other = await serveWith(store, { identify });
      expect((await post(other.url, `${discharge}/feedback`, { feedback: [overridden(card)] })).status).toBe(404);
    }
    expect(await lines('outcomes')).toEqual([]);
  });

  test('a suggestion of another card is refused', async () => {
    const served = await serveWith(await opened());
    const [one, other] = [await givenCard(served.url), await givenCard(served.url)];
    const mixed = { ...accepted(one), acceptedSuggestions: [{ id: other.suggestions?.[0]?.uuid }] };
    expect((await post(served.url, `${discharge}/feedback`, { feedback: [mixed] })).status).toBe(400);
  });
});

describe('what is not of the standard', () => {
  const rows: readonly (readonly [string, (card: Card) => unknown])[] = [
    ['no list', () => ({})],
    ['an empty list', () => ({ feedback: [] })],
    ['accepted without suggestions', (card) => ({ feedback: [{ ...accepted(card), acceptedSuggestions: undefined }] })],
    ['accepted with an empty list', (card) => ({ feedback: [{ ...accepted(card), acceptedSuggestions: [] }] })],
    ['overridden with suggestions', (card) => ({ feedback: [{ ...accepted(card), outcome: 'overridden' }] })],
    ['another outcome', (card) => ({ feedback: [{ ...overridden(card), outcome: 'ZZPHI' }] })],
    ['no time', (card) => ({ feedback: [{ ...overridden(card), outcomeTimestamp: 'ZZPHI' }] })],
    [
      'a reason without a system',
      (card) => ({ feedback: [{ ...overridden(card), overrideReason: { reason: { code: 'ZZPHI' } } }] }),
    ],
    ['an empty comment', (card) => ({ feedback: [{ ...overridden(card), overrideReason: { userComment: '' } }] })],
    ['a card that is no UUID', (card) => ({ feedback: [{ ...overridden(card), card: 'ZZPHI' }] })],
  ];
  test.each(rows)('%s', async (_title, body) => {
    const served = await serveWith(await opened());
    const response = await post(served.url, `${discharge}/feedback`, body(await givenCard(served.url)));
    const text = await response.text();
    expect([response.status, text]).toEqual([400, expect.stringContaining('SERVER_CDS_REQUEST')]);
    expect(text).not.toContain('ZZPHI');
    expect(await lines('outcomes')).toEqual([]);
  });
});

/** A disk on which `fail` happens instead of the named step, while it is set. */
function failingDisk(): Disk & { fail: 'write' | 'sync' | 'half' | null; synced: string[] } {
  const disk = {
    ...realDisk,
    fail: null as 'write' | 'sync' | 'half' | null,
    synced: [] as string[],
    open: async (path: string, mode: 'new' | 'append'): Promise<DiskFile> => {
      const file = await realDisk.open(path, mode);
      return {
        ...file,
        write: async (bytes) => {
          if (disk.fail === 'write') throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
          if (disk.fail === 'half') {
            await file.write(bytes.subarray(0, 20));
            throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
          }
          // A disk may take less than it was given.
          return file.write(bytes.subarray(0, 7));
        },
        sync: async () => {
          if (disk.fail === 'sync') throw Object.assign(new Error('lost'), { code: 'EIO' });
          await file.sync();
          disk.synced.push(path);
        },
      };
    },
  };
  return disk;
}

describe('a disk that fails', () => {
  test.each(['write', 'sync', 'half'] as const)('%s: no card and no thanks, and afterwards a whole file', async (fail) => {
    const disk = failingDisk();
    const served = await serveWith(await opened(disk));
    const card = await givenCard(served.url);
    const give = (): Promise<Response> => post(served.url, `${discharge}/feedback`, { feedback: [overridden(card)] });
    expect((await give()).status).toBe(200);
    disk.fail = fail;
    const [refusedCard, refusedThanks] = [await post(served.url, discharge, dischargeCall()), await give()];
    for (const response of [refusedCard, refusedThanks]) {
      const text = await response.text();
      expect([response.status, text]).toEqual([503, expect.stringContaining('SERVER_CDS_STORE')]);
      expect(text).not.toMatch(/no space|lost|cards-/);
    }
    expect(served.audited.slice(-2).map(({ outcome, scores }) => [outcome, scores])).toEqual([
      ['refused', []],
      ['refused', []],
    ]);
    disk.fail = null;
    const again = await givenCard(served.url);
    expect((await give()).status).toBe(200);
    expect((await lines('cards')).map((line) => line['card'])).toEqual([card.uuid, again.uuid]);
    expect(await lines('outcomes')).toHaveLength(2);
  });

  test('what is answered is on disk: the file was synced before', async () => {
    const disk = failingDisk();
    const served = await serveWith(await opened(disk));
    const card = await givenCard(served.url);
    expect(disk.synced).toEqual([join(folder, 'cards-2024-03.ndjson')]);
    await post(served.url, `${discharge}/feedback`, { feedback: [overridden(card)] });
    expect(disk.synced.at(-1)).toBe(join(folder, 'outcomes-2024-03.ndjson'));
  });

  test('many at once share few writes and lose none', async () => {
    const disk = failingDisk();
    const store = await opened(disk);
    const ids = Array.from({ length: 200 }, (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`);
    const more = {
      service: discharge,
      model: { name: 'm', sha256: 's' },
      band: 'high',
      indicator: 'warning',
      client: { issuer: null, tenant: null },
    };
    await Promise.all(ids.map((card) => store.issue({ card, ...more })));
    expect((await lines('cards')).map((line) => line['card'])).toEqual(ids);
    expect(disk.synced.length).toBeLessThan(10);
  });

  test('half a line that a crash left is ended, and spoils no other', async () => {
    const first = await serveWith(await opened());
    const card = await givenCard(first.url);
    await stores[0]?.close();
    const path = join(folder, 'cards-2024-03.ndjson');
    await writeFile(path, '{"at":"2024-03-10T1', { flag: 'a' });
    const second = await serveWith(await opened());
    const next = await givenCard(second.url);
    const whole = (await readFile(path, 'utf8')).split('\n');
    expect(whole.filter((line) => line.endsWith('}')).map((line) => (JSON.parse(line) as { card: string }).card)).toEqual([
      card.uuid,
      next.uuid,
    ]);
    const third = await serveWith(await opened());
    for (const one of [card, next]) {
      expect((await post(third.url, `${discharge}/feedback`, { feedback: [overridden(one)] })).status).toBe(200);
    }
  });
});
