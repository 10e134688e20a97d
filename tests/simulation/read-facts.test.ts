/** A whole landing folder: every line is accounted for, and none is left out in silence. */
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readManifest } from '../../src/fhir/index.ts';
import { readFacts, type FactsRead } from '../../src/simulation/read-facts.ts';
import type { Progress } from '../../src/util/progress.ts';
import { withLanding, type LandingOptions } from '../cases/landing.ts';
import { hospital } from '../features/hospital.ts';
import type { Resource } from '../cases/compact.ts';

const records = hospital(3, 12);

async function readAll(resources: readonly Resource[], options: LandingOptions = {}): Promise<FactsRead> {
  return withLanding(resources, async (folder) => readFacts(folder, await readManifest(folder)), options);
}

/** Reads a folder in which a file was changed after the manifest was written. */
async function readChanged(change: (folder: string) => Promise<void>): Promise<FactsRead> {
  return withLanding(records, async (folder) => {
    const manifest = await readManifest(folder);
    await change(folder);
    return readFacts(folder, manifest);
  });
}

describe('readFacts', () => {
  it('accounts for every line', async () => {
    const { patients, accounts } = await readAll(records);
    expect(patients.size).toBe(12);
    expect(accounts.map(({ type }) => type)).toEqual([
      'Patient',
      'Condition',
      'Encounter',
      'Observation',
      'Procedure',
      'MedicationRequest',
    ]);
    for (const { type, lines, facts } of accounts) {
      expect(lines).toBe(records.filter(({ resourceType }) => resourceType === type).length);
      const kept = { Patient: patients.size, Encounter: 0, Condition: 0, Observation: 0, Procedure: 0, MedicationRequest: 0 };
      for (const p of patients.values()) {
        kept.Encounter += p.encounters.length;
        kept.Condition += p.conditions.length;
        kept.Observation += p.observations.length;
        kept.Procedure += p.procedures.length;
        kept.MedicationRequest += p.orders.length;
      }
      expect(facts).toBe(kept[type]);
    }
  });

  it('gives the same facts for any order of lines and number of files', async () => {
    const { patients } = await readAll(records);
    const again = await readAll([...records].reverse(), { parts: 3 });
    expect([...again.patients]).toEqual([...patients]);
    expect([...patients.keys()]).toEqual([...patients.keys()].sort());
  });

  it('counts what names no patient', async () => {
    const stray = { resourceType: 'Condition', id: 'stray', subject: { reference: 'Group/7' } };
    const { accounts } = await readAll([...records, stray]);
    expect(accounts.map(({ withoutPatient }) => withoutPatient)).toEqual([0, 1, 0, 0, 0, 0]);
  });

  it('tells how far it is', async () => {
    const told: Progress[] = [];
    await withLanding(records, async (folder) =>
      readFacts(folder, await readManifest(folder), { onProgress: (progress) => told.push(progress) }),
    );
    expect(told.at(-1)).toEqual({ task: 'records', done: records.length, total: records.length });
  });

  it.each([
    ['no JSON', '{"resourceType":"Condition",'],
    ['another type', '{"resourceType":"Patient","id":"x"}'],
    ['another value', '[]'],
    ['no id', '{"resourceType":"Condition"}'],
  ])('refuses a line with %s and names it', async (_what, line) => {
    const lines = records.filter(({ resourceType }) => resourceType === 'Condition').length;
    await expect(readChanged((folder) => appendFile(join(folder, 'Condition.ndjson'), `${line}\n`))).rejects.toThrow(
      expect.objectContaining({ code: 'SIM_RECORD', message: expect.stringContaining(`Condition.ndjson, line ${lines + 1}:`) }),
    );
  });

  it('refuses bytes that are not UTF-8', async () => {
    const line = Buffer.from([0x7b, 0xff, 0x7d, 0x0a]);
    await expect(readChanged((folder) => appendFile(join(folder, 'Condition.ndjson'), line))).rejects.toThrow(
      expect.objectContaining({ code: 'SIM_RECORD' }),
    );
  });

  it('refuses a resource that comes twice', async () => {
    const first = records.find(({ resourceType }) => resourceType === 'Patient');
    await expect(readAll([...records, first as Resource])).rejects.toThrow(expect.objectContaining({ code: 'SIM_DUPLICATE' }));
  });

  it('refuses a file that holds fewer resources than the manifest says', async () => {
    await expect(readChanged((folder) => writeFile(join(folder, 'Condition.ndjson'), ''))).rejects.toThrow(
      expect.objectContaining({ code: 'SIM_RECORD_COUNT', details: expect.objectContaining({ type: 'Condition', found: 0 }) }),
    );
  });

  it('stops when it is cancelled', async () => {
    const read = withLanding(records, async (folder) =>
      readFacts(folder, await readManifest(folder), { signal: AbortSignal.abort() }),
    );
    await expect(read).rejects.toThrow(expect.objectContaining({ code: 'CANCELLED' }));
  });
});
