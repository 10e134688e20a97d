import { describe, expect, it } from '@jest/globals';
import { patientHash, patientSalt } from '../../src/model/index.ts';
import { seenPatients, sourceHash } from '../../src/training/seen-patients.ts';
import { sampleHeader } from '../model/sample-model.ts';

const base = sampleHeader(5);
const salt = patientSalt(1, base.training.manifestSha256);
const server = (url?: string) => ({
  source: { kind: 'fhir-search' as const, description: 'a server', ...(url === undefined ? {} : { url }) },
});
const hashes = (ids: readonly string[]): string[] => ids.map((id) => patientHash(salt, id)).sort();
const uuid = (n: number): string => `Patient/005c7398-c8cc-c32f-9d3d-29b8ddb7f0${String(n).padStart(2, '0')}`;
const modelOf = (ids: readonly string[], url?: string) => {
  const from = sourceHash(salt, server(url));
  const training = { ...base.training, patientHashes: hashes(ids), patientSalt: salt };
  return { ...base, training: { ...training, ...(from === undefined ? {} : { sourceHash: from }) } };
};
const records = (patientIds: readonly string[], url?: string) => ({
  manifestSha256: 'cd'.repeat(32),
  manifest: server(url),
  matrix: { rows: patientIds.length, patientIds },
});
const counted = ['Patient/1', 'Patient/2', 'Patient/3'];
const refused = expect.objectContaining({ code: 'COHORT_SAME_PATIENTS' });

describe('patients a model has seen', () => {
  it('are those of equal id, from whatever server, and are left out', () => {
    const asked = records(['Patient/2', 'Patient/9', 'Patient/2', 'Patient/10'], 'https://b.example/fhir');
    const { unseen, ...counts } = seenPatients(modelOf(counted, 'https://a.example/fhir'), asked);
    expect([...unseen]).toEqual([1, 3]);
    expect(counts).toEqual({ seenLeftOut: 2, seenMayCoincide: true, sameIdsKept: null });
  });

  it('are others where that is said, and how many ids are equal is counted', () => {
    const asked = records(['Patient/2', 'Patient/9', 'Patient/2'], 'https://b.example/fhir');
    const { unseen, ...counts } = seenPatients(modelOf(counted, 'https://a.example/fhir'), asked, { otherPatients: true });
    expect([...unseen]).toEqual([0, 1, 2]);
    expect(counts).toEqual({ seenLeftOut: 0, seenMayCoincide: false, sameIdsKept: 2 });
  });

  it.each([
    ['the same server', modelOf(counted, 'https://a.example/fhir'), records(counted, 'https://a.example/fhir/'), 'of the server'],
    ['ids drawn at random', modelOf([uuid(1), uuid(2)]), records([uuid(2), 'Patient/1']), '1 patients whose ids .* are UUIDs'],
    [
      'digests as ids',
      modelOf(['Patient/'.concat('0f'.repeat(16))]),
      records(['Patient/'.concat('0f'.repeat(16))]),
      'UUIDs or digests',
    ],
    [
      'the records of training',
      modelOf(counted),
      { ...records(counted), manifestSha256: base.training.manifestSha256 },
      'the very records',
    ],
  ])('are not said to be others on %s, nor is that proposed', (_what, header, asked, found) => {
    expect(() => seenPatients(header, asked, { otherPatients: true })).toThrow(refused);
    expect(() => seenPatients(header, asked, { otherPatients: true })).toThrow(new RegExp(found));
    if (found !== 'the very records') expect(seenPatients(header, asked).seenMayCoincide).toBe(false);
  });

  it('may be other UUIDs: those that do not occur in training stand in no one’s way', () => {
    const asked = records([uuid(7), 'Patient/1']);
    expect(seenPatients(modelOf(counted), asked, { otherPatients: true })).toMatchObject({ sameIdsKept: 1, seenLeftOut: 0 });
  });

  it('in a recalibration stay seen, whatever is said of those of training', () => {
    const trained = modelOf(counted);
    const parent = {
      ...{
        name: 'p',
        modelSha256: '12'.repeat(32),
        method: 'slope' as const,
        manifestSha256: '34'.repeat(32),
        rows: 9,
        events: 2,
      },
      patientHashes: hashes(['Patient/3', 'Patient/4']),
    };
    const header = { ...trained, parent };
    const asked = records(['Patient/1', 'Patient/3', 'Patient/4', 'Patient/5']);
    const said = seenPatients(header, asked, { otherPatients: true });
    expect([...said.unseen]).toEqual([0, 3]);
    expect(said).toMatchObject({ seenLeftOut: 2, sameIdsKept: 1 });
    expect([...seenPatients(header, asked).unseen]).toEqual([3]);
    // A model that has both in one list cannot tell them apart.
    const { patientHashes: _hashes, ...former } = parent;
    expect(() => seenPatients({ ...trained, parent: former }, asked, { otherPatients: true })).toThrow(refused);
  });
});
