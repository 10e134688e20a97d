/** An earlier encounter that nobody closed: the stay after it is scored as it was in training. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCohort, readCohortDefinition } from '../../src/cohort/index.ts';
import { selectFeatures } from '../../src/features/index.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { settleMapping, standardMapping } from '../../src/mapping/index.ts';
import { PatientWarehouse, type StayAnswer } from '../../src/scoring/patient-warehouse.ts';
import { loadFlatTables, loadTerminology, Warehouse } from '../../src/warehouse/index.ts';
import { expand } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';

const definition = readCohortDefinition('hwr-like');
let warehouse: PatientWarehouse;
beforeAll(async () => {
  warehouse = await PatientWarehouse.open(definition, selectFeatures('index-stay'), settleMapping(standardMapping, true));
});
afterAll(() => warehouse.close());

function scored(lines: readonly string[], encounterId: string, asOf?: string): StayAnswer['stay'] {
  const byType = new Map<string, unknown[]>();
  for (const resource of expand(lines))
    byType.set(resource.resourceType, [...(byType.get(resource.resourceType) ?? []), resource]);
  return warehouse.read({ resources: byType, encounterId, asOf }, (answer) => answer.stay);
}

async function trained(lines: readonly string[]): Promise<unknown> {
  const duck = await Warehouse.open({ threads: 1 });
  try {
    await loadTerminology(duck);
    await withLanding(expand(lines), async (dir) => void (await loadFlatTables(duck, dir, await readManifest(dir))));
    await buildCohort(duck, definition, { transactionTime: '2026-01-01T00:00:00Z', runOut: 20251231 });
    const [row] = await duck.rows(
      "SELECT stay_id, admit_ms, discharge_ms, exclusion FROM discharge WHERE discharge_id = 'Encounter/b'",
    );
    return row;
  } finally {
    duck.close();
  }
}

const never = 'IMP a 2020-01-01T08:00:00Z/ at=north reason=88805009';
const stay = 'IMP b 2020-03-20T08:00:00Z/2020-03-25T08:00:00Z at=south reason=233604007';

describe('an encounter that nobody closed', () => {
  it('does not make a later stay begin when it did', async () => {
    const found = scored([never, stay], 'Encounter/b');
    expect(found).toMatchObject({ stayId: 'Encounter/b', exclusion: null, admitMs: Date.UTC(2020, 2, 20, 8) });
    expect(await trained([never, stay])).toEqual({
      stay_id: found?.stayId,
      admit_ms: found?.admitMs,
      discharge_ms: found?.dischargeMs,
      exclusion: found?.exclusion,
    });
  });

  it('is the stay itself where it is the one asked about, however long it has lasted', () => {
    expect(scored([never], 'Encounter/a', '2020-03-20T08:00:00Z')).toMatchObject({
      stayId: 'Encounter/a',
      exclusion: null,
      admitMs: Date.UTC(2020, 0, 1, 8),
    });
  });

  it('goes on with a move to another ward within its 30 days', () => {
    const ward = 'IMP b 2020-01-20T08:00:00Z/ at=north type=305342007';
    expect(scored([never, ward], 'Encounter/b', '2020-02-20T08:00:00Z')).toMatchObject({
      stayId: 'Encounter/a',
      exclusion: null,
      admitMs: Date.UTC(2020, 0, 1, 8),
    });
  });
});
