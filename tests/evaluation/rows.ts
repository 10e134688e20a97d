/**
 * Made-up rows for the tests of this folder, and a comparison within a stated distance.
 */
import { randomStream } from '../../src/util/random.ts';

export interface Rows {
  outcome: Uint8Array;
  risk: Float64Array;
  groups: Int32Array;
  stratum: Int32Array;
}

/** Patients with 1 to 4 rows each; risks in steps of 1 / levels, so that many are tied; both outcomes present. */
export function madeUpRows(seed: number, n: number, levels = 50): Rows {
  const stream = randomStream(seed, 0);
  const rows: Rows = {
    outcome: new Uint8Array(n),
    risk: new Float64Array(n),
    groups: new Int32Array(n),
    stratum: new Int32Array(n),
  };
  let patient = 0;
  let patientRisk = 0.3;
  for (let i = 0; i < n; i++) {
    if (i === 0 || stream.uniform() < 0.5) {
      patient++;
      patientRisk = stream.uniform() * 0.6;
    }
    const p = Math.min(0.98, Math.max(0.02, patientRisk + 0.2 * (stream.uniform() - 0.5)));
    rows.groups[i] = patient * 7;
    rows.risk[i] = Math.min(levels - 1, Math.max(1, Math.round(p * levels))) / levels;
    rows.outcome[i] = stream.uniform() < p ? 1 : 0;
    rows.stratum[i] = stream.below(6) - 1;
  }
  rows.outcome[0] = 0;
  rows.outcome[n - 1] = 1;
  return rows;
}

/** |found - expected| over max(1, |expected|). */
export function distance(found: number, expected: number): number {
  return Math.abs(found - expected) / Math.max(1, Math.abs(expected));
}

/** The code of the error that a call throws; undefined when it returns. */
export function errorCode(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
