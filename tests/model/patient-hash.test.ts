import { describe, expect, it } from '@jest/globals';
import { patientHash, patientSalt, saltOf, toldTraining } from '../../src/model/index.ts';
import { toldParent } from '../../src/model/patient-hash.ts';
import { sampleHeader } from './sample-model.ts';

const header = sampleHeader(5);
const [one, other] = ['12'.repeat(32), '34'.repeat(32)] as const;

describe('hashes of patients', () => {
  it('are the same for equal records and seed, and cannot be compared between models of other records or seeds', () => {
    const hash = (seed: number, manifest: string): string => patientHash(patientSalt(seed, manifest), 'Patient/1');
    expect(hash(1, one)).toMatch(/^[0-9a-f]{16}$/);
    expect(hash(1, one)).toBe(hash(1, one));
    expect(new Set([hash(1, one), hash(2, one), hash(1, other)]).size).toBe(3);
  });

  it('of a model without a salt were made with its seed', () => {
    expect(saltOf(header)).toBe(String(header.seed));
    expect(saltOf({ ...header, training: { ...header.training, patientSalt: one } })).toBe(one);
    // As in models that were written before there was a salt.
    expect(patientHash('1', 'Patient/1')).toBe('b9ff490d7fc64525');
  });

  it('and what they are made with are not told to those who ask about the model', () => {
    const patientHashes = [patientHash(one, 'Patient/1')];
    const training = { ...header.training, patientHashes, patientSalt: one, sourceHash: 'ab'.repeat(8) };
    const parent = {
      ...{ name: 'p', modelSha256: one, method: 'slope' as const, manifestSha256: other, rows: 9, events: 2 },
      patientHashes,
    };
    expect(toldTraining({ training })).toEqual(header.training);
    const { patientHashes: _hashes, ...told } = parent;
    expect(toldParent({ parent })).toEqual(told);
    expect(toldParent({})).toBeUndefined();
  });
});
