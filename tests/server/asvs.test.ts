/** The checked list of security requirements: whole, true to the files it names, and told as it is in SECURITY.md. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import {
  chapterOf,
  documentFile,
  readAsvs,
  readInventory,
  securityDocument,
  type Asvs,
  type Inventory,
} from '../../scripts/asvs-table.ts';
import { accessConfigSchema } from '../../src/server/access/access-config.ts';
import { scopes } from '../../src/server/access/principal.ts';
import { jobLimits, type BatchJobs } from '../../src/server/jobs/batch-jobs.ts';
import { defaultLimits, serverContext, serverRoutes } from '../../src/server/index.ts';
import { asvsIds } from './asvs-ids.ts';
import { fakeModel } from './support/served.ts';

let asvs: Asvs;
let inventory: Inventory;
beforeAll(async () => {
  asvs = await readAsvs();
  inventory = await readInventory();
});

describe('the list', () => {
  test('has every requirement of levels 1 and 2 of its chapters once, in order', () => {
    const expected = Object.entries(asvsIds).flatMap(([chapter, levels]) =>
      ([1, 2] as const).flatMap((level) =>
        levels[level]
          .split(' ')
          .filter(Boolean)
          .map((id) => `${chapter} ${id} ${level}`),
      ),
    );
    expect(expected).toHaveLength(138);
    const listed = asvs.requirements.map((one) => `${chapterOf(one)} ${one.id} ${one.level}`);
    expect([...listed].sort()).toEqual([...expected].sort());
    expect(Object.keys(asvs.chapters)).toEqual(Object.keys(asvsIds));
    const numbers = asvs.requirements.map(({ id }) => id.split('.').map(Number));
    expect([...numbers].sort(([a = 0, b = 0, c = 0], [x = 0, y = 0, z = 0]) => a - x || b - y || c - z)).toEqual(numbers);
  });

  test('names files that are there; who says met says where, and shows it by tests that can fail', () => {
    for (const { id, state, where, shown } of asvs.requirements) {
      for (const path of [...where, ...shown]) expect([id, path, existsSync(path)]).toEqual([id, path, true]);
      if (state === 'met') expect([id, where.length > 0, shown.length > 0]).toEqual([id, true, true]);
      if (state === 'not-applicable') expect([id, where, shown]).toEqual([id, [], []]);
      for (const path of shown) {
        expect([id, path.endsWith('.test.ts'), /\bexpect\(/.test(readFileSync(path, 'utf8'))]).toEqual([id, true, true]);
      }
    }
  });

  test('refers to sections of the document that are there', () => {
    const titles = inventory.sections.map(({ title }) => title);
    const named = asvs.requirements.flatMap(({ how }) => [...how.matchAll(/SECURITY\.md, "([^"]+)"/g)].map(([, title]) => title));
    expect(new Set(named)).toEqual(new Set(titles));
  });
});

describe('the document', () => {
  test('is what scripts/asvs-table.ts writes', () => {
    expect(readFileSync(documentFile, 'utf8')).toBe(securityDocument(asvs, inventory));
  });

  test('has a row for each way into a route, and no other', () => {
    const model = fakeModel();
    const context = serverContext({ models: { current: () => model }, audit: { record: () => Promise.resolve() } });
    const known = new Set<string>(['open', 'cds-client', ...scopes]);
    for (const { access } of serverRoutes(context)) expect(known).toContain(access);
    expect(new Set(firstCells('Who may ask what'))).toEqual(known);
  });

  test('has the limits of the code', () => {
    const { perMinute, burst } = accessConfigSchema.parse({
      cdsClients: [{ issuer: 'x', jwksUri: 'https://ehr.example.org/jwks' }],
    }).rate;
    expect(row('Limits', 'body as sent and inflated')).toContain(`${defaultLimits.bodyBytes / 1_048_576} MiB;`);
    expect(row('Limits', 'scores under way')).toContain(`|${defaultLimits.scores}|`);
    expect(row('Limits', 'cost units of one caller')).toContain(`${burst} at once, ${perMinute} in a minute`);
    const model = fakeModel();
    const context = serverContext({
      models: { current: () => model },
      audit: { record: () => Promise.resolve() },
      jobs: {} as BatchJobs,
    });
    const costs = new Map(serverRoutes(context).map(({ path, cost }) => [path, cost]));
    const told = ['/v1/score', '/v1/patient', '/v1/audit', '/v1/worklist', '/v1/jobs'].map((path) => costs.get(path));
    expect(row('Limits', 'cost units of one caller')).toContain(
      `a score ${told[0]}, a patient view ${told[1]}, the audit trail ${told[2]}, a worklist ${told[3]}, a job ${told[4]}`,
    );
    const { waiting, kept, lines, keptMs } = jobLimits;
    expect(row('Limits', 'jobs')).toContain(
      `${waiting} waiting, ${kept} kept, ${lines.toLocaleString('en')} lines each, ${keptMs / 3_600_000} h after`,
    );
  });
});

function rowsOf(title: string): readonly (readonly string[])[] {
  return inventory.sections.find((section) => section.title === title)?.rows ?? [];
}

function firstCells(title: string): string[] {
  return rowsOf(title).map(([cell = '']) => cell);
}

function row(title: string, first: string): string {
  return `${rowsOf(title)
    .find(([cell]) => cell === first)
    ?.join('|')}|`;
}
