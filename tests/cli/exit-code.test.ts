/** Exit codes: every code that is thrown has one on purpose, and errors say nothing a log must not hold. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { errorLine, exitCodeOf } from '../../src/cli/exit-code.ts';
import {
  CancelledError,
  CohortError,
  ExperimentError,
  FhirError,
  ModelError,
  ReadmissionError,
  SimulationError,
} from '../../src/errors.ts';

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? sources(path) : path.endsWith('.ts') ? [readFileSync(path, 'utf8')] : [];
  });
}

const thrown = new Set(
  sources('src').flatMap((text) =>
    [...text.matchAll(/new [A-Z][A-Za-z]+Error\(\s*'([A-Z][A-Z_]+)'/g)].map((m) => m[1] as string),
  ),
);

/** Defects of the program: nothing a user can mend. */
const defects =
  /^(COHORT_ACCOUNTING|FEATURE_CATALOGUE_INVALID|VIEW_|MODEL_(CALIBRATION_INPUT|BANDS_INPUT|RISK_RANGE)|WAREHOUSE_OPEN|SIM_(ACCOUNTING|COVARIATE_MISSING|FRAILTY|TRUTH_DUPLICATE)|DEMO_)/;

describe('exit codes', () => {
  it('finds the codes of the whole source', () => {
    expect(thrown.size).toBeGreaterThan(60);
  });

  it.each([...thrown].sort())('%s is a defect or has an exit code of its own', (code) => {
    const exit = exitCodeOf(new ReadmissionError(code, 'text'));
    if (defects.test(code)) expect(exit).toBe(1);
    else expect([2, 3, 4, 5, 6, 7, 8, 130]).toContain(exit);
  });

  it.each([
    [new CancelledError('training'), 130],
    [new FhirError('FHIR_UNAVAILABLE', 'x'), 7],
    [new FhirError('FHIR_CROSS_ORIGIN', 'x'), 4],
    [new FhirError('FHIR_INCOMPLETE', 'x'), 8],
    [new FhirError('LANDING_CORRUPT', 'x'), 3],
    [new ModelError('MODEL_CORRUPT', 'x'), 3],
    [new ModelError('MODEL_NOT_FOUND', 'x'), 2],
    [new ModelError('MODEL_FOLDER_INCOMPLETE', 'x'), 3],
    [new ExperimentError('EXPERIMENT_RESULTS_MISSING', 'x'), 2],
    [new ExperimentError('EXPERIMENT_NOT_REPEATED', 'x'), 3],
    [new CohortError('COHORT_MISMATCH', 'x'), 2],
    [new SimulationError('SIM_OUT_TAKEN', 'x'), 2],
    [new SimulationError('SIM_PLANTED_ALREADY', 'x'), 2],
    [new SimulationError('SIM_NOT_PLANTED', 'x'), 2],
    [new SimulationError('SIM_TRUTH_INVALID', 'x'), 2],
    [new SimulationError('SIM_TRUTH_OTHER', 'x'), 3],
    [new SimulationError('SIM_STRIP', 'x'), 3],
    [Object.assign(new Error('x'), { code: 'ENOSPC' }), 6],
    [new TypeError('x'), 1],
  ])('%s exits with %i', (error, expected) => {
    expect(exitCodeOf(error)).toBe(expected);
  });

  it('says which folder is not there to write into', () => {
    const path = '/nowhere/at/all/x.parquet.1234.tmp';
    expect(errorLine(Object.assign(new Error('x'), { code: 'ENOENT', path }))).toContain('expected /nowhere/at/all to be there');
  });

  it('does not print the message of an unexpected error, which could hold a value', () => {
    expect(errorLine(new TypeError('Mr. Canary'))).not.toContain('Canary');
  });
});
