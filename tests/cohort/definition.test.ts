/** Cohort definitions: what is shipped, what is refused, what the hash sees. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  cohortDefinitionColumns,
  cohortDefinitionHash,
  cohortDefinitionNames,
  cohortDefinitionRow,
  outcomeOf,
  parseCohortDefinition,
  readCohortDefinition,
} from '../../src/cohort/index.ts';

const shipped = readCohortDefinition('hwr-like');

describe('cohort definition', () => {
  it('ships two, each named as its file', () => {
    expect(cohortDefinitionNames()).toEqual(['all-adult', 'hwr-like']);
    for (const name of cohortDefinitionNames()) expect(readCohortDefinition(name).name).toBe(name);
  });

  it('reads one from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'readmission-definition-'));
    const path = join(folder, 'mine.json');
    await writeFile(path, JSON.stringify({ ...shipped, name: 'mine', horizonDays: 90 }));
    expect(readCohortDefinition(path)).toMatchObject({ name: 'mine', horizonDays: 90 });
    await writeFile(path, '{');
    expect(() => readCohortDefinition(path)).toThrow(expect.objectContaining({ code: 'COHORT_DEFINITION_INVALID' }));
    await rm(folder, { recursive: true });
    expect(() => readCohortDefinition(path)).toThrow(expect.objectContaining({ code: 'COHORT_DEFINITION_INVALID' }));
  });

  it('names the first wrong field', () => {
    const wrong: [object, RegExp][] = [
      [{ horizonDays: 0 }, /horizonDays/],
      [{ horizonDays: '30' }, /horizonDays/],
      [{ minimumAge: 17.5 }, /minimumAge/],
      [{ stitching: { gapHours: 200, anyGap: false } }, /stitching\.gapHours/],
      [{ exclude: { ...shipped.exclude, sleepStudy: 1 } }, /exclude\.sleepStudy/],
      [{ horizonUnit: 'days' }, /horizonUnit/],
      [{ inpatientEquivalent: { fromHours: 0 } }, /inpatientEquivalent\.fromHours/],
      [{ emergencyLinkHours: -1 }, /emergencyLinkHours/],
      [{ labels: { name: 'x', sha256: 'short' } }, /labels\.sha256/],
      [{ surprise: true }, /surprise/],
    ];
    for (const [change, message] of wrong) {
      expect(() => parseCohortDefinition({ ...shipped, ...change }, 'test')).toThrow(
        expect.objectContaining({ code: 'COHORT_DEFINITION_INVALID', message: expect.stringMatching(message) }),
      );
    }
  });

  it('reads a definition written before it could say more, and gives what it lacks its earlier meaning', () => {
    const before = {
      name: 'hwr-like',
      description: 'as in a model of an earlier release',
      horizonDays: 30,
      minimumAge: 18,
      stitching: { gapHours: 24, anyGap: false },
      exclude: { sleepStudy: true, againstAdvice: true, transferOut: true, detoxification: true, cancerTreatment: true },
      plannedByType: true,
    };
    expect(parseCohortDefinition(before, 'test')).toEqual({
      ...before,
      horizonUnit: 'calendar-days',
      lookbackDays: 365,
      inpatientEquivalent: { observation: false, fromHours: null },
      stitching: { ...before.stitching, transferType: true, otherHospital: true, sameCondition: true, openEncounterDays: 30 },
      exclude: {
        ...before.exclude,
        nursing: true,
        lookBack: true,
        diedInStay: true,
        rehabilitation: false,
        psychiatric: false,
        dayCase: false,
      },
      emergencyLinkHours: 24,
      outcome: { composite: false },
    });
  });

  it('says in words what a model of it predicts', () => {
    expect(outcomeOf(shipped)).toEqual({
      name: 'unplanned-readmission',
      description: 'unplanned inpatient readmission within 30 calendar days of discharge, to any hospital, for any cause',
    });
    expect(outcomeOf({ ...shipped, outcome: { composite: true }, horizonUnit: 'elapsed' })).toEqual({
      name: 'unplanned-readmission-or-death',
      description: 'unplanned inpatient readmission, to any hospital, for any cause, or death, within 720 hours of discharge',
    });
    const labels = { name: 'mine.csv', sha256: 'ab'.repeat(32) };
    expect(outcomeOf({ ...shipped, labels })).toEqual({
      name: 'own-label',
      description: 'label 1 of the file mine.csv (SHA-256 abababababab…)',
    });
    expect(cohortDefinitionHash({ ...shipped, labels })).not.toBe(cohortDefinitionHash(shipped));
  });

  it('refuses an unknown name, listing the known ones', () => {
    expect(() => readCohortDefinition('nope')).toThrow(
      expect.objectContaining({ code: 'COHORT_DEFINITION_UNKNOWN', message: expect.stringContaining('hwr-like') }),
    );
  });

  it('hashes what it says, not the order it is said in', () => {
    const turned = Object.fromEntries(Object.entries(shipped).reverse());
    expect(cohortDefinitionHash(parseCohortDefinition(turned, 'test'))).toBe(cohortDefinitionHash(shipped));
    expect(cohortDefinitionHash({ ...shipped, horizonDays: 31 })).not.toBe(cohortDefinitionHash(shipped));
  });

  it('gives SQL one value for each column', () => {
    const columns = cohortDefinitionColumns.split(',').map((column) => column.trim().split(' ')[0]);
    const values = cohortDefinitionRow(
      { ...shipped, stitching: { ...shipped.stitching, gapHours: 1.5, anyGap: true } },
      20000,
    ).split(', ');
    expect(Object.fromEntries(columns.map((name, i) => [name, values[i]]))).toMatchObject({
      stitch_gap_ms: '5400000',
      stitch_any_gap: '1',
      horizon_days: '30',
      minimum_age: '18',
      run_out_day: '20000',
    });
    expect(values).toHaveLength(columns.length);
  });
});
