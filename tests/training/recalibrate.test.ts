import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  addCardRecords,
  applyCalibration,
  bandsObserved,
  chooseBands,
  cutBands,
  readModelFolder,
  rebuildCard,
  recalibrated,
  riskIntervalAt,
  writeModelFolder,
  type ModelFolder,
} from '../../src/model/index.ts';
import { assignFolds } from '../../src/evaluation/index.ts';
import { predictColumns } from '../../src/forest/index.ts';
import { monitorModel, recalibratedFolder, recalibrateModel, type Study } from '../../src/training/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { elsewhere, smallModel } from './site-study.ts';

const scratch = mkdtempSync(join(tmpdir(), 'recalibrate-'));
const options = { name: 'local', createdAt: '2026-06-01T00:00:00Z', method: 'slope' as const, seed: 1, draws: 100 };
const none = { external: [], monitoring: [], parents: [] };
let folder: ModelFolder;
let own: Study;
/** A site where the outcome is three times as rare. */
let site: Study;
const base = elsewhere(2, 700);
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

beforeAll(async () => {
  ({ folder, study: own } = await smallModel());
  const stream = randomStream(19, 0);
  const outcome = base.matrix.outcome.map((y) => (y === 1 && stream.uniform() < 1 / 3 ? 1 : 0));
  site = { ...base, matrix: { ...base.matrix, outcome } };
});
afterAll(() => rmSync(scratch, { recursive: true }));

const risks = ({ forest, header }: ModelFolder['model'], { matrix }: Study): Float64Array =>
  predictColumns(forest, matrix.columns, matrix.rows).map((output) => applyCalibration(header.calibration, output));

describe('recalibration of a model', () => {
  it('promises what happens at the site, with the forest of the parent, and names it', () => {
    for (const method of ['intercept', 'slope', 'isotonic'] as const) {
      const { model, recalibration } = recalibrateModel(folder, site, { ...options, method });
      expect(model.forest).toBe(folder.model.forest);
      expect(model.header.parent).toMatchObject({
        name: 'small',
        modelSha256: folder.modelSha256,
        method,
        rows: site.matrix.rows,
        patients: new Set(site.matrix.patientIds).size,
      });
      expect(Math.abs(mean(risks(model, site)) - mean(site.matrix.outcome))).toBeLessThan(0.01);
      expect(recalibration.before.calibrationIntercept.upper).toBeLessThan(-0.5);
      // Cross-fitted: on patients the map was not fitted on.
      expect(Math.abs(recalibration.after?.calibrationIntercept.estimate as number)).toBeLessThan(0.3);
      expect(recalibration.after?.brier.estimate).toBeLessThan(recalibration.before.brier.estimate as number);
      // Intervals are those of this site: around its risks, not the parent's.
      const outputs = predictColumns(model.forest, site.matrix.columns, site.matrix.rows);
      const inside = Array.from(outputs, (output) => {
        const { low, high } = riskIntervalAt(model.header.riskIntervals!, output);
        const risk = applyCalibration(model.header.calibration, output);
        return Number(risk >= low && risk <= high);
      });
      expect(inside.reduce((sum, one) => sum + one, 0) / inside.length).toBeGreaterThan(0.8);
    }
  });

  it('fits each cross-fitted map without the patients it judges', () => {
    // A map that has seen its patients is exactly right on average.
    const { recalibration } = recalibrateModel(folder, site, { ...options, method: 'intercept' });
    expect(Math.abs(recalibration.after?.calibrationIntercept.estimate as number)).toBeGreaterThan(1e-6);
  });

  it('tells what the bands hold by maps that were not fitted on their patients', () => {
    const { matrix } = base;
    const { calibration } = folder.model.header;
    const before = risks(folder.model, base);
    const fold = assignFolds(matrix.patientIds, 5, options.seed);
    const outputs = predictColumns(folder.model.forest, matrix.columns, matrix.rows);
    const crossFitted = new Float64Array(matrix.rows);
    const placed: string[] = [];
    for (let k = 0; k < 5; k += 1) {
      const isOther = (_value: number, row: number): boolean => fold[row] !== k;
      const map = recalibrated(calibration, matrix.outcome.filter(isOther), before.filter(isOther), 'slope');
      const others = outputs.filter(isOther).map((output) => applyCalibration(map, output));
      const cuts = cutBands(others, mean(matrix.outcome.filter(isOther)));
      fold.forEach((of, row) => {
        if (of !== k) return;
        crossFitted[row] = applyCalibration(map, outputs[row] as number);
        placed[row] = cuts.findLast(({ from }) => (crossFitted[row] as number) >= from)?.name as string;
      });
    }
    const { bands } = folder.model.header;
    const kept = recalibrateModel(folder, base, { ...options, keepBands: true }).model;
    expect(kept.header.bands).toEqual(bandsObserved(bands, matrix.outcome, crossFitted));
    expect(kept.header.bands).not.toEqual(bandsObserved(bands, matrix.outcome, risks(kept, base)));
    const { model } = recalibrateModel(folder, base, options);
    const local = risks(model, base);
    const rate = mean(matrix.outcome);
    expect(model.header.bands).toEqual(chooseBands(matrix.outcome, local, rate, undefined, placed));
    expect(model.header.bands).not.toEqual(chooseBands(matrix.outcome, local, rate));
    expect(model.header.bands.map(({ from }) => from)).toEqual(cutBands(local, rate).map(({ from }) => from));
  });

  it('has bands that part the risks of the site, by the rule of training; those of the parent where they are to stay', () => {
    for (const method of ['intercept', 'slope', 'isotonic'] as const) {
      const { model, recalibration } = recalibrateModel(folder, site, { ...options, method });
      const { bands, parent } = model.header;
      const local = risks(model, site);
      expect(bands.map(({ name }) => name)).toEqual(['low', 'moderate', 'high']);
      expect(bands[1]?.from).toBe(mean(site.matrix.outcome));
      const high = local.filter((risk) => risk >= (bands[2]?.from as number)).length / local.length;
      expect(high).toBeGreaterThan(0.05);
      expect(high).toBeLessThanOrEqual(0.1);
      // What is told of the band is told of about as many, of patients that its thresholds were not chosen on.
      const [, told] = /validation: ([\d.]+) % of discharges/.exec(bands[2]?.meaning as string) as unknown as [string, string];
      expect(Math.abs(Number(told) - 10)).toBeLessThan(3);
      expect(parent?.bands).toBe('local');
      expect(recalibration.bands).toEqual({ thresholds: 'local', empty: [] });
    }
    const { model, recalibration } = recalibrateModel(folder, site, { ...options, keepBands: true });
    const thresholds = ({ header }: ModelFolder['model']): number[] => header.bands.map(({ from }) => from);
    expect(thresholds(model)).toEqual(thresholds(folder.model));
    expect(model.header.parent?.bands).toBe('parent');
    // Three times as rare: every risk is low.
    expect(Math.max(...risks(model, site))).toBeLessThan(thresholds(model)[1] as number);
    expect(recalibration.bands).toEqual({ thresholds: 'parent', empty: ['moderate', 'high'] });
  });

  it('keeps other patients of equal ids where that is said, and never those it was recalibrated on', () => {
    const patientIds = site.matrix.patientIds.map((id, i) => (i < 50 ? (own.matrix.patientIds[i] as string) : id));
    const mixed = { ...site, matrix: { ...site.matrix, patientIds } };
    const said = { ...options, otherPatients: true };
    const first = recalibrateModel(folder, mixed, said);
    expect(first.recalibration).toMatchObject({ seenLeftOut: 0, sameIdsKept: 50, discharges: site.matrix.rows });
    expect(() => recalibrateModel({ ...folder, model: first.model }, mixed, said)).toThrow(
      expect.objectContaining({ code: 'COHORT_ALL_SEEN' }),
    );
    // A grandchild has seen those of both sites.
    const second = recalibrateModel({ ...folder, model: first.model }, elsewhere(4, 300), said);
    expect(() => recalibrateModel({ ...folder, model: second.model }, mixed, said)).toThrow(
      expect.objectContaining({ code: 'COHORT_ALL_SEEN' }),
    );
    // One that has both in one list cannot tell a later one apart either.
    const { patientHashes = [], ...parent } = first.model.header.parent as { patientHashes?: string[] };
    const { training } = folder.model.header;
    const union = [...new Set([...(training.patientHashes ?? []), ...patientHashes])].sort();
    const header = {
      ...first.model.header,
      parent,
      training: { ...training, patientHashes: union },
    } as ModelFolder['model']['header'];
    const former = { ...folder, model: { ...first.model, header } };
    const later = recalibrateModel(former, elsewhere(4, 300), options);
    expect(() => recalibrateModel({ ...folder, model: later.model }, mixed, said)).toThrow(
      expect.objectContaining({ code: 'COHORT_ALL_SEEN' }),
    );
  });

  it('counts its patients as seen from then on, and leaves out those of training', () => {
    const { model } = recalibrateModel(folder, site, options);
    expect(() => recalibrateModel({ ...folder, model }, site, options)).toThrow(
      expect.objectContaining({ code: 'COHORT_ALL_SEEN' }),
    );
    expect(() => recalibrateModel(folder, own, options)).toThrow(expect.objectContaining({ code: 'COHORT_ALL_SEEN' }));
    const patientIds = site.matrix.patientIds.map((id, i) => (i < 50 ? (own.matrix.patientIds[i] as string) : id));
    const mixed = { ...site, matrix: { ...site.matrix, patientIds } };
    expect(recalibrateModel(folder, mixed, options).recalibration.seenLeftOut).toBe(50);
  });

  it('refuses too few events, and says "after" of none where four fifths are too few', () => {
    const few = (events: number): Study => {
      let left = events;
      const outcome = site.matrix.outcome.map((y) => (y === 1 && left-- > 0 ? 1 : 0));
      return { ...site, matrix: { ...site.matrix, outcome } };
    };
    expect(() => recalibrateModel(folder, few(10), options)).toThrow(expect.objectContaining({ code: 'RECALIBRATION_TOO_FEW' }));
    expect(recalibrateModel(folder, few(21), { ...options, method: 'intercept' }).recalibration.after).toBeNull();
  });

  it('is a folder that is read, told of in its card, and monitored against the site it was fitted to', async () => {
    for (const method of ['slope', 'isotonic'] as const) {
      const content = await recalibratedFolder({ ...folder, records: none }, site, {
        ...options,
        method,
        dataName: 'the site',
        command: 'readmission recalibrate',
      });
      const dir = join(scratch, method);
      const sha = await writeModelFolder(dir, content);
      await addCardRecords(dir, sha, content.records);
      const read = await readModelFolder(dir);
      expect(risks(read.model, site)).toEqual(risks(content.model, site));
      const { card } = read as unknown as { card: { warnings: string[]; records: { parents: object[] } } };
      expect(card.warnings.join()).toContain('This is small, recalibrated');
      expect(card.records.parents).toMatchObject([{ change: 'recalibrated', method, modelSha256: folder.modelSha256 }]);
      const { validations } = read.metrics as { validations: { description: string }[] };
      expect(validations.every(({ description }) => description.startsWith('Of the parent small, before'))).toBe(true);
      expect(read.metrics['recalibration']).toMatchObject({ method, events: site.matrix.outcome.reduce((s, y) => s + y, 0) });
      expect((await rebuildCard(dir)).card).toEqual(content.card);

      const next = elsewhere(6, 500);
      const stream = randomStream(21, 0);
      const outcome = next.matrix.outcome.map((y) => (y === 1 && stream.uniform() < 1 / 3 ? 1 : 0));
      const later = { ...next, matrix: { ...next.matrix, outcome } };
      expect((await monitorModel(read, later, { seed: 1, draws: 100 })).breaches).toEqual([]);
      const parent = await monitorModel(folder, later, { seed: 1, draws: 100 });
      expect(parent.breaches.map(({ what }) => what)).toEqual(['calibration']);
    }
  });

  it('keeps the line of parents', async () => {
    const first = await recalibratedFolder({ ...folder, records: none }, site, { ...options, dataName: 'a', command: 'c' });
    const parents = first.records.parents ?? [];
    const child = { model: first.model, modelSha256: '34'.repeat(32), metrics: first.metrics, card: first.card };
    const second = await recalibratedFolder(
      { ...(JSON.parse(JSON.stringify(child)) as ModelFolder), model: first.model, records: { ...none, parents } },
      elsewhere(4, 300),
      { ...options, name: 'grandchild', dataName: 'b', command: 'c' },
    );
    expect(second.records.parents?.map(({ name }) => name)).toEqual(['small', 'local']);
  });
});
