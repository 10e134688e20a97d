/** A model on records of another site: what is told of the discharges judged, and of a recalibration before and after. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parseModelMetrics, type ModelFolder } from '../../src/model/index.ts';
import type { Evidence, Figure } from '../../src/evaluation/index.ts';
import { recalibratedFolder, type Study } from '../../src/training/index.ts';
import { evaluateStudy } from '../../src/training/evaluate-model.ts';
import { incidenceOf } from '../../src/training/incidence.ts';
import type { SettingFigures } from '../../src/training/setting-figures.ts';
import { randomStream } from '../../src/util/random.ts';
import { elsewhere, smallModel } from './site-study.ts';

let folder: ModelFolder;
let own: Study;
/** A site where the outcome is a third as frequent, and where the first 50 discharges are of patients of training. */
let site: Study;
const LEFT = 50;

beforeAll(async () => {
  ({ folder, study: own } = await smallModel());
  const base = elsewhere(2, 700);
  const stream = randomStream(19, 0);
  const outcome = base.matrix.outcome.map((y) => (y === 1 && stream.uniform() < 1 / 3 ? 1 : 0));
  const patientIds = base.matrix.patientIds.map((id, i) => (i < LEFT ? (own.matrix.patientIds[i] as string) : id));
  const outcomeStates = Array.from(outcome, (y) => (y === 1 ? 'unplanned' : 'none'));
  const followUp = {
    day: Float64Array.from(outcome, (y) => (y === 1 ? 5 : 30)),
    state: Uint8Array.from(outcome, (y) => y),
    patientIds,
  };
  site = { ...base, followUp, matrix: { ...base.matrix, outcome, outcomeStates, patientIds } };
});

describe('an external validation', () => {
  it('tells what followed the discharges that were judged, those of patients seen in training left out', async () => {
    const evaluation = await evaluateStudy(folder, site, { draws: 100 });
    const { rows, outcome, patientIds } = site.matrix;
    const events = outcome.slice(LEFT).reduce((sum, y) => sum + y, 0);
    expect(evaluation.seenLeftOut).toBe(LEFT);
    expect(evaluation.judged).toMatchObject({
      discharges: rows - LEFT,
      patients: new Set(patientIds.slice(LEFT)).size,
      synthetic: true,
      states: { unplanned: events, none: rows - LEFT - events },
    });
    // By hand: the event comes on day 5 or not at all.
    const unplanned = evaluation.judged?.cumulativeIncidence?.find(({ state }) => state === 'unplanned')?.points;
    expect(unplanned?.find(({ day }) => day === 4)?.estimate).toBe(0);
    expect(unplanned?.at(-1)?.estimate).toBeCloseTo(events / (rows - LEFT), 12);
    expect(evaluation.settings?.map(({ setting }) => setting)).toEqual(['grouped', 'temporal', 'external']);
    const here = evaluation.settings?.at(-1) as SettingFigures;
    expect(here.figures['observedToExpected']?.estimate).toBeCloseTo(events / (here.meanRisk as number) / here.rows, 9);
    expect(here.figures['observedToExpected']?.upper).toBeLessThan(1);
  });

  it('leaves both out on the records of training', async () => {
    const evaluation = await evaluateStudy(folder, own, { draws: 100 });
    expect([evaluation.judged, evaluation.settings]).toEqual([undefined, undefined]);
  });
});

describe('a recalibration', () => {
  it('holds its figures before and after, by maps that were not fitted on whom they judge', async () => {
    const { metrics } = await recalibratedFolder({ ...folder, records: { external: [], monitoring: [], parents: [] } }, site, {
      name: 'local',
      createdAt: '2026-06-01T00:00:00Z',
      method: 'slope',
      seed: 1,
      draws: 100,
      dataName: 'the site',
      command: 'c',
    });
    const { evidence, recalibration, local } = metrics as unknown as {
      evidence: { local: Evidence };
      recalibration: { settings: SettingFigures[]; differences: Record<string, Figure>; updateTest: { supported: string } };
      local: { discharges: number; seenLeftOut: number; judged: { discharges: number } };
    };
    const [before, after] = recalibration.settings.slice(-2) as [SettingFigures, SettingFigures];
    expect([before.setting, after.setting]).toEqual(['before', 'after']);
    expect(before.figures['observedToExpected']?.upper).toBeLessThan(1);
    expect(Math.abs((after.figures['observedToExpected']?.estimate as number) - 1)).toBeLessThan(0.2);
    // Not exactly 1: that would be a map judged on what it was fitted on.
    expect(after.figures['observedToExpected']?.estimate).not.toBeCloseTo(1, 9);
    // A rising map changes no order within a fold.
    expect(after.figures['auroc']).toEqual(before.figures['auroc']);
    expect(evidence.local.differences['parent']).toMatchObject({ estimate: 0, lower: 0, upper: 0 });
    expect(recalibration.differences['brier']?.upper).toBeLessThan(0);
    expect(recalibration.differences['brier']?.estimate).toBeCloseTo(
      (after.figures['brier']?.estimate as number) - (before.figures['brier']?.estimate as number),
      12,
    );
    expect(recalibration.updateTest.supported).not.toBe('none');
    expect(local).toMatchObject({
      discharges: site.matrix.rows,
      seenLeftOut: LEFT,
      judged: { discharges: site.matrix.rows - LEFT },
    });
    // What the card reads of it stays readable.
    expect(() => parseModelMetrics(JSON.parse(JSON.stringify(metrics)), 'metrics')).not.toThrow();
  });

  it('warns in metrics and card of a slope on few events', async () => {
    let left = 60;
    const outcome = site.matrix.outcome.map((y, i) => (y === 1 && i >= LEFT && left-- > 0 ? 1 : 0));
    const { recalibration, card } = await recalibratedFolder(
      { ...folder, records: { external: [], monitoring: [], parents: [] } },
      { ...site, matrix: { ...site.matrix, outcome } },
      {
        name: 'local',
        createdAt: '2026-06-01T00:00:00Z',
        method: 'slope',
        seed: 1,
        draws: 100,
        dataName: 'the site',
        command: 'c',
      },
    );
    expect(recalibration.caution).toContain('60 discharges with the outcome are few for --method slope');
    expect(card.warnings.join(' ')).toContain('--method intercept');
  });
});

it('the incidence of no patient is none', () => {
  expect(incidenceOf(site.followUp!, { horizonDays: 30 }, 'daily', new Set())).toBeNull();
});
