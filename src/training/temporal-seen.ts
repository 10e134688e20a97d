/**
 * Test rows of a split in time, those of patients with an earlier discharge in training apart from those of new patients.
 *
 * Why     a model may know a returning patient's ways; what it does for patients it never saw is what another hospital would get
 * Out     per kind the rows and risks to judge, and why they cannot be judged where they cannot
 */
import type { TemporalSplit } from '../evaluation/index.ts';
import type { FeatureMatrix } from '../features/index.ts';
import type { ModelName, Risks } from './held-out.ts';

export interface SeenPart {
  readonly patients: 'seen' | 'unseen';
  /** Rows of the matrix. */
  readonly rows: Int32Array;
  /** In the order of `rows`. */
  readonly risks: Risks;
  readonly events: number;
  /** Why there is nothing to judge; null where there is. */
  readonly tooFew: string | null;
}

/** With fewer an interval says nothing. */
const LEAST_EVENTS = 5;

/** Whether rows have so few of either outcome that nothing can be said. */
export function hasTooFew({ outcome }: Pick<FeatureMatrix, 'outcome'>, rows: Int32Array): boolean {
  const events = rows.reduce((sum, row) => sum + (outcome[row] as number), 0);
  return events < LEAST_EVENTS || rows.length - events < LEAST_EVENTS;
}

/** @param risks  of the test rows, in their order  @returns  seen, then unseen */
export function splitSeen(matrix: Pick<FeatureMatrix, 'outcome'>, split: TemporalSplit, risks: Risks): SeenPart[] {
  return (['seen', 'unseen'] as const).map((patients) => {
    const isWanted = (_value: number, i: number): boolean => split.seen[i] === (patients === 'seen' ? 1 : 0);
    const rows = split.test.filter(isWanted);
    const events = rows.reduce((sum, row) => sum + (matrix.outcome[row] as number), 0);
    const parts = (Object.entries(risks) as [ModelName, Float64Array][]).map(([name, risk]) => [name, risk.filter(isWanted)]);
    return {
      patients,
      rows,
      risks: Object.fromEntries(parts) as Risks,
      events,
      tooFew: hasTooFew(matrix, rows)
        ? `${events} events among ${rows.length} test discharges of ${patients} patients; at least ${LEAST_EVENTS} of each outcome are needed`
        : null,
    };
  });
}
