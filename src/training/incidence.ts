/**
 * What followed the discharges: cumulative incidence of the first event, as the cohort's report, the model card and the report tell it.
 *
 * In      a warehouse with a built cohort
 * Out     per kind of event its incidence by day 7, 14, 30 and the horizon, or by every day from that of the discharge to the horizon
 * Choice  every discharge that was watched at all counts, also those that run-out keeps from the index; patients are the groups
 */
import { followUpStates, readFollowUp, type CohortDefinition, type FollowUp } from '../cohort/index.ts';
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
  const followUp = await watched(warehouse, definition);
  return followUp === null ? null : incidenceOf(followUp, definition, days);
}

/** What was seen of each discharge; null where the outcome is a researcher's own labels, which have no days. */
export async function watched(warehouse: Warehouse, definition: CohortDefinition): Promise<FollowUp | null> {
  return definition.labels === undefined ? readFollowUp(warehouse) : null;
}

/**
 * @param days      as readIncidence
 * @param patients  of these alone; default of all
 * @returns         null where nothing was watched
 */
export function incidenceOf(
  followUp: FollowUp,
  { horizonDays }: Pick<CohortDefinition, 'horizonDays'>,
  days: 'told' | 'daily',
  patients?: ReadonlySet<string>,
): StateIncidence[] | null {
  const rows = [...followUp.patientIds.keys()].filter((i) => patients?.has(followUp.patientIds[i] as string) ?? true);
  if (rows.length === 0) return null;
  const at = days === 'told' ? toldDays(horizonDays) : Array.from({ length: horizonDays + 1 }, (_, d) => d);
  const curves = cumulativeIncidence(
    Float64Array.from(rows, (i) => followUp.day[i] as number),
    Uint8Array.from(rows, (i) => followUp.state[i] as number),
    { kinds: followUpStates.length, at, groups: groupNumbers(rows.map((i) => followUp.patientIds[i] as string)) },
  );
  return followUpStates.map((name, k) => ({ state: name, points: curves[k] ?? [] }));
}
