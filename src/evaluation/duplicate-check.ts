/**
 * Duplicates: the same people under two ids, who would be on both sides of any split.
 *
 * In      patient, time of discharge and columns of each row
 * Rule    rows of different patients that agree in time and in every column are one discharge twice
 * Choice  values that three patients or more share, and not all at one time, are common values (of a few columns, a score, say): that two such
 *         discharges fall on one instant, which may be no more than a date, says nothing
 */
import type { LeakageCheck } from './evidence.ts';
import type { AuditedColumn } from './leakage-checks.ts';

/** Who has the values of a row, and when. */
interface Owners {
  readonly patients: Set<number>;
  readonly times: Set<number>;
}

/**
 * @param patients     number of the patient per row
 * @param dischargeMs  time of discharge per row; without times equal rows need not be one stay, and nothing is assessed
 */
export function duplicateCheck(patients: Int32Array, dischargeMs: Float64Array, columns: readonly AuditedColumn[]): LeakageCheck {
  const bound = 'any such discharge fails';
  if (dischargeMs.some((ms) => Number.isNaN(ms))) {
    const finding = 'the time of discharge is not known';
    return { check: 'duplicate-patients', verdict: 'not-assessed', finding, bound, figures: {}, features: [] };
  }
  const keys = valueKeys(patients.length, columns);
  const owners = new Map<string, Owners>();
  for (const [row, key] of keys.entries()) {
    const owner = owners.get(key) ?? { patients: new Set(), times: new Set() };
    owner.patients.add(patients[row]!);
    owner.times.add(dischargeMs[row]!);
    owners.set(key, owner);
  }
  const first = new Map<string, number>();
  const twins = new Set<number>();
  let rows = 0;
  for (const [row, key] of keys.entries()) {
    const { patients: sharing, times } = owners.get(key)!;
    if (sharing.size > 2 && times.size > 1) continue;
    const discharge = `${dischargeMs[row]!} ${key}`;
    const other = first.get(discharge);
    if (other === undefined) first.set(discharge, patients[row]!);
    else if (other !== patients[row]) {
      rows += 1;
      twins.add(patients[row]!);
    }
  }
  return {
    check: 'duplicate-patients',
    verdict: rows === 0 ? 'pass' : 'fail',
    finding:
      rows === 0
        ? 'no two patients share a discharge with equal time and equal features'
        : `${rows} discharges of ${twins.size} patients repeat those of another patient in time and in every feature: the same people under two ids; remove one of each`,
    bound,
    figures: { rows, patients: twins.size },
    features: [],
  };
}

/** Per row its values, bit by bit. */
function valueKeys(rows: number, columns: readonly AuditedColumn[]): string[] {
  const bits = new Float64Array(columns.length);
  const bytes = Buffer.from(bits.buffer);
  return Array.from({ length: rows }, (_, row) => {
    columns.forEach(({ values }, c) => (bits[c] = values[row]!));
    return bytes.toString('latin1');
  });
}
