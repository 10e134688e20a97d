/** The dictionary beside an exported matrix: every column of the table, in its order, with what it may be used for. */
import { describe, expect, it } from '@jest/globals';
import { matrixTable, tableDictionary } from '../../src/features/index.ts';
import { syntheticStudy } from '../training/synthetic-study.ts';

interface Entry {
  readonly name: string;
  readonly role: string;
  readonly type: string;
  readonly empty: string | null;
}

describe('tableDictionary', () => {
  const { matrix } = syntheticStudy(1, 20, () => null);
  const dictionary = tableDictionary(matrix, { outcome: 'a return within 30 days', synthetic: true });
  const columns = dictionary['columns'] as Entry[];
  const table = matrixTable(matrix);

  it('has an entry for each column of the table, in its order and with its type', () => {
    expect(columns.map(({ name, type }) => [name, type])).toEqual(
      table.map(({ name, values }) => [name, values instanceof Float64Array ? 'double' : 'string']),
    );
    expect(dictionary).toMatchObject({ format: 'readmission-columns', rows: matrix.rows, synthetic: true, timeZone: 'UTC' });
  });

  it('calls a feature only what is known at the prediction time', () => {
    expect(columns.filter(({ role }) => role === 'feature').map(({ name }) => name)).toEqual(
      matrix.features.map(({ name }) => name),
    );
    const roles = Object.fromEntries(columns.map(({ name, role }) => [name, role]));
    expect(roles).toMatchObject({
      index_id: 'id',
      patient_id: 'group',
      discharge: 'time',
      readmitted: 'outcome',
      target: 'label',
    });
  });

  it('says what an empty cell means, and has none where it says there is none', () => {
    for (const [c, { values }] of table.entries()) {
      const isEmpty = [...values].some((value: string | number | null) => value === null || Number.isNaN(value));
      if (isEmpty) expect([columns[c]?.name, columns[c]?.empty]).toEqual([columns[c]?.name, expect.any(String)]);
    }
    expect(columns.find(({ name }) => name === 'last_sodium')?.empty).toContain('not recorded');
    expect(columns.find(({ name }) => name === 'prior_admissions_365d')?.empty).toContain('not searched');
    expect(columns.find(({ name }) => name === 'target')).toMatchObject({
      meaning: expect.stringContaining('a return within 30 days'),
    });
  });
});
