/** Truth rows as columns: a fixed order, whole rows or a refusal. */
import { describe, expect, it } from '@jest/globals';
import { truthColumns, type TruthRow } from '../../src/simulation/truth.ts';

const row: TruthRow = {
  patientId: 'Patient/a',
  indexId: 'Encounter/1',
  dischargeMs: 1_600_000_000_000,
  eligible: true,
  exclusion: null,
  planted: false,
  frailty: 0.25,
  probabilities: [0.2, 0.03, 0.02],
  oracle: [0.18, 0.02, 0.02],
  state: 'none',
  day: null,
  covariates: { prior: 2, hb: NaN },
  contributions: { prior: 0.3, hb: 0 },
};
const names = { contributions: ['prior', 'hb'], covariates: ['prior', 'hb'] };

describe('truthColumns', () => {
  it('has its columns in one order and nothing for what is not', () => {
    const other: TruthRow = {
      ...row,
      indexId: 'Encounter/2',
      eligible: false,
      exclusion: 'died',
      state: 'unplanned',
      day: 4,
      planted: true,
    };
    const columns = truthColumns([row, other], names);
    expect(columns.map(({ name }) => name)).toEqual(
      'patient_id index_id discharge_ms eligible exclusion planted frailty p_unplanned p_death p_planned oracle_unplanned oracle_death oracle_planned state day covariate_hb covariate_prior contribution_hb contribution_prior'.split(
        ' ',
      ),
    );
    const values = Object.fromEntries(columns.map((column) => [column.name, [...column.values]]));
    expect(values).toMatchObject({
      eligible: [1, 0],
      exclusion: [null, 'died'],
      planted: [0, 1],
      state: ['none', 'unplanned'],
      day: [NaN, 4],
      covariate_hb: [NaN, NaN],
      contribution_prior: [0.3, 0.3],
      oracle_unplanned: [0.18, 0.18],
    });
  });

  it('keeps covariates only where asked', () => {
    expect(truthColumns([row], { contributions: ['hb'] }).filter(({ name }) => name.startsWith('cov'))).toEqual([]);
  });

  it('refuses two rows of one discharge and a row without a value', () => {
    expect(() => truthColumns([row, row], names)).toThrow(expect.objectContaining({ code: 'SIM_TRUTH_DUPLICATE' }));
    expect(() => truthColumns([row], { contributions: ['age'] })).toThrow(
      expect.objectContaining({ code: 'SIM_COVARIATE_MISSING' }),
    );
  });
});
