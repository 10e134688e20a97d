/**
 * What followed the discharges: cumulative incidence of the first event, as the cohort's report, the model card and the report tell it.
 *
 * In      a warehouse with a built cohort
 * Out     per kind of event its incidence by day 7, 14, 30 and the horizon, or by every day from that of the discharge to the horizon
 * Choice  every discharge that was watched at all counts, also those that run-out keeps from the index; patients are the groups
 */
import { followUpStates, readFollowUp, type CohortDefinition } from '../cohort/index.ts';
import { cumulativeIncidence, groupNumbers, type IncidencePoint } from '../evaluation/index.ts';
import { toldDays } from '../model/index.ts';
import type { Warehouse } from '../warehouse/index.ts';

export interface StateIncidence {
  /** "unplanned", "planned" or "died". */
  readonly state: string;
  readonly points: readonly IncidencePoint[];
}

/**
 * @param days  "told": those that are told in words; "daily": 0, 1, ... to the horizon, for a curve
 * @returns     null where nothing was watched, and where the outcome is a researcher's own labels
 */
export async function readIncidence(
  warehouse: Warehouse,
  definition: CohortDefinition,
  days: 'told' | 'daily' = 'told',
): Promise<StateIncidence[] | null> {
  if (definition.labels !== undefined) return null;
  const { day, state, patientIds } = await readFollowUp(warehouse);
  if (day.length === 0) return null;
  const { horizonDays } = definition;
  const at = days === 'told' ? toldDays(horizonDays) : Array.from({ length: horizonDays + 1 }, (_, d) => d);
  const curves = cumulativeIncidence(day, state, { kinds: followUpStates.length, at, groups: groupNumbers(patientIds) });
  return followUpStates.map((name, k) => ({ state: name, points: curves[k] ?? [] }));
}
