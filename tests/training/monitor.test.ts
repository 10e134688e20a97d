import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shareOutOfRange } from '../../src/evaluation/index.ts';
import type { ModelFolder } from '../../src/model/index.ts';
import {
  breachText,
  defaultBounds,
  monitoringRecord,
  monitorModel,
  readBounds,
  studySpan,
  type Monitoring,
  type Study,
} from '../../src/training/index.ts';
import { MonitoringRecordSchema } from '../../src/model/card-records.ts';
import { elsewhere, smallModel } from './site-study.ts';

const options = { seed: 1, draws: 100 };
const scratch = mkdtempSync(join(tmpdir(), 'monitor-'));
let folder: ModelFolder;
let own: Study;
const unchanged = elsewhere(2, 300);
beforeAll(async () => {
  ({ folder, study: own } = await smallModel());
});
afterAll(() => rmSync(scratch, { recursive: true }));

const whatOf = ({ breaches }: Monitoring): string[] => breaches.map(({ what, measure }) => `${what}: ${measure}`);
const withColumns = (study: Study, change: (values: Float64Array, c: number) => Float64Array): Study => ({
  ...study,
  matrix: { ...study.matrix, columns: study.matrix.columns.map(change) },
});

describe('monitoring', () => {
  it('finds nothing where nothing changed', async () => {
    const monitoring = await monitorModel(folder, unchanged, options);
    expect(monitoring.breaches).toEqual([]);
    expect(monitoring.features.map(({ name }) => name).sort()).toEqual(['age_years', 'last_sodium', 'prior_admissions_365d']);
    expect(monitoring.outcomes?.events).toBe(unchanged.matrix.outcome.reduce((sum, y) => sum + y, 0));
    expect(monitoring.outcomes?.ratio.lower).toBeLessThan(1);
    expect(monitoring.outcomes?.ratio.upper).toBeGreaterThan(1);
    expect(monitoring.outcomes?.figures['auroc']?.estimate).toBeGreaterThan(0.65);
    expect(monitoring.outcomes?.subgroups.map(({ by }) => by)).toEqual(['sex', 'race']);
    expect(monitoring.from >= '2019-01-01' && monitoring.to < '2021-12-31').toBe(true);
  });

  it('finds older patients, missing results and values out of range', async () => {
    const study = withColumns(unchanged, (values, c) =>
      c === 0 ? values.map((v) => v + 40) : c === 2 ? values.map((v, i) => (i % 2 === 0 ? NaN : v)) : values,
    );
    const monitoring = await monitorModel(folder, study, options);
    const found = whatOf(monitoring);
    expect(found).toEqual(
      expect.arrayContaining([
        'risk: population stability index',
        'age_years: population stability index',
        'age_years: share out of the training range',
        'last_sodium: change of the share missing',
      ]),
    );
    expect(found.join()).not.toContain('prior_admissions');
    expect(monitoring.features[0]?.name).toBe('age_years');
  });

  it('knows that only known values of training set a range', async () => {
    const { header } = folder.model;
    const { features } = await monitorModel(folder, unchanged, options);
    const patients = new Set(unchanged.matrix.patientIds).size;
    const sodium = header.features[2] as { min: number; max: number; missing: number };
    expect(sodium.missing).toBeGreaterThan(0.1);
    const then = header.training.patients * (1 - sodium.missing);
    const { outOfRangeChance } = shareOutOfRange(unchanged.matrix.columns[2] as Float64Array, sodium, {
      columns: 4,
      independent: { now: patients, then },
    });
    expect(features.find(({ name }) => name === 'last_sodium')?.outOfRangeChance).toBe(outOfRangeChance);
  });

  it('finds events that are not what was promised, either way', async () => {
    const outcome = unchanged.matrix.outcome;
    const more = { ...unchanged, matrix: { ...unchanged.matrix, outcome: outcome.map((y, i) => (i % 3 === 0 ? 1 : y)) } };
    const fewer = { ...unchanged, matrix: { ...unchanged.matrix, outcome: outcome.map((y, i) => (i % 2 === 0 ? 0 : y)) } };
    expect((await monitorModel(folder, more, options)).breaches).toEqual([
      expect.objectContaining({ what: 'calibration', bound: defaultBounds.observedToExpected[1] }),
    ]);
    expect((await monitorModel(folder, fewer, options)).breaches).toEqual([
      expect.objectContaining({ what: 'calibration', bound: defaultBounds.observedToExpected[0] }),
    ]);
    const wide = { ...defaultBounds, observedToExpected: [0.1, 10] as [number, number] };
    expect((await monitorModel(folder, fewer, { ...options, bounds: wide })).breaches).toEqual([]);
  });

  it('cries no wolf over a handful of discharges, even without one event', async () => {
    for (const seed of [3, 4, 5, 6]) {
      const few = elsewhere(seed, 3);
      expect((await monitorModel(folder, few, options)).breaches).toEqual([]);
    }
    const none = elsewhere(7, 2);
    const quiet = { ...none, matrix: { ...none.matrix, rows: 2, outcome: new Uint8Array(none.matrix.rows) } };
    const monitoring = await monitorModel(folder, { ...quiet, matrix: { ...quiet.matrix, rows: none.matrix.rows } }, options);
    expect(monitoring.outcomes?.ratio).toMatchObject({ estimate: 0, upper: 0 });
    expect(monitoring.outcomes?.figures).toEqual({});
    expect(whatOf(monitoring).filter((text) => text.startsWith('calibration'))).toEqual([]);
  });

  it('judges neither risk nor outcomes on the discharges of training, and their risk again once they are later ones', async () => {
    const monitoring = await monitorModel(folder, own, options);
    expect([monitoring.risk, monitoring.outcomes]).toEqual([null, null]);
    expect(monitoring.features.every(({ psi }) => psi === 0)).toBe(true);
    expect(monitoring.breaches).toEqual([]);
    const later = { ...own, matrix: { ...own.matrix, dischargeMs: own.matrix.dischargeMs.map(() => Date.UTC(2026, 5, 1)) } };
    const again = await monitorModel(folder, later, options);
    expect(again.risk?.discharges).toBe(own.matrix.rows);
    expect(again.outcomes).toBeNull();
  });

  it('refuses a model without reference distributions, or without those of one feature', async () => {
    const { references, ...metrics } = folder.metrics as { references: { risk: object; features: Record<string, object> } };
    const code = { code: 'MODEL_NO_REFERENCE' };
    await expect(monitorModel({ ...folder, metrics }, unchanged, options)).rejects.toMatchObject(code);
    const { age_years: _age, ...features } = references.features;
    const partial = { ...folder, metrics: { ...metrics, references: { ...references, features } } };
    await expect(monitorModel(partial, unchanged, options)).rejects.toMatchObject(code);
  });

  it('becomes a record that the card takes', async () => {
    const study = withColumns(unchanged, (values, c) => (c === 0 ? values.map((v) => v + 40) : values));
    const monitoring = await monitorModel(folder, study, options);
    const { manifest, manifestSha256 } = study;
    const run = { when: '2026-06-01T00:00:00Z', dataName: 'site', manifest, manifestSha256, command: 'readmission monitor' };
    const record = monitoringRecord(monitoring, run);
    expect(MonitoringRecordSchema.safeParse(JSON.parse(JSON.stringify(record))).error).toBeUndefined();
    expect(record.exceeded).toEqual(monitoring.breaches.map(breachText));
    expect(record.exceeded[0]).toMatch(/: .* \d+\.\d{3}, bound /);
    expect(record.stability.features[0]?.name).toBe('age_years');
  });
});

describe('bounds', () => {
  const file = (content: string): string => {
    const path = join(scratch, 'bounds.json');
    writeFileSync(path, content);
    return path;
  };

  it('have defaults for what a file leaves out', () => {
    expect(readBounds(file('{"scorePsi": 0.1}'))).toEqual({ ...defaultBounds, scorePsi: 0.1 });
  });

  it.each([
    ['{"scorePSI": 0.1}', 'scorePSI'],
    ['{"missingShift": 2}', 'missingShift'],
    ['{"observedToExpected": [1.2, 0.8]}', 'observedToExpected'],
    ['{', 'bounds.json'],
  ])('refuse %s, naming the key', (content, named) => {
    expect(() => readBounds(file(content))).toThrow(expect.objectContaining({ code: 'MODEL_BOUNDS' }));
    expect(() => readBounds(file(content))).toThrow(named);
  });
});

describe('a span of dates', () => {
  it('keeps the discharges of its days, both ends, in every column', () => {
    const span = studySpan(unchanged, { from: 20200101, to: 20200131 });
    const days = [...span.matrix.dischargeMs].map((ms) => new Date(ms).toISOString().slice(0, 10));
    expect(days.length).toBeGreaterThan(5);
    expect(days.every((day) => day >= '2020-01-01' && day <= '2020-01-31')).toBe(true);
    const all = [...unchanged.matrix.dischargeMs].filter((ms) => ms >= Date.UTC(2020, 0, 1) && ms < Date.UTC(2020, 1, 1));
    expect(span.matrix.rows).toBe(all.length);
    const row = unchanged.matrix.indexIds.indexOf(span.matrix.indexIds[3] as string);
    expect(span.matrix.columns[0]?.[3]).toBe(unchanged.matrix.columns[0]?.[row]);
    expect(span.subgroups[0]?.labels[3]).toBe(unchanged.subgroups[0]?.labels[row]);
    expect(span.scores.lace[3]).toBe(unchanged.scores.lace[row]);
  });

  it('is refused where it holds none', () => {
    expect(() => studySpan(unchanged, { from: 20300101 })).toThrow(expect.objectContaining({ code: 'COHORT_EMPTY' }));
  });
});
