/**
 * What followed the discharges: cumulative incidence of the first event, as the cohort's report and the model card tell it.
 *
 * In      a warehouse with a built cohort
 * Out     per kind of event its incidence by day 7, 14 and 30, up to the horizon
 * Choice  every discharge that was watched at all counts, also those that run-out keeps from the index; patients are the groups
 */
import { followUpStates, readFollowUp, type CohortDefinition } from '../cohort/index.ts';
import { cumulativeIncidence, groupNumbers, type IncidencePoint } from '../evaluation/index.ts';
import type { Warehouse } from '../warehouse/index.ts';

export interface StateIncidence {
  /** "unplanned", "planned" or "died". */
  readonly state: string;
  readonly points: readonly IncidencePoint[];
}

/** @returns null where nothing was watched, and where the outcome is a researcher's own labels */
export async function readIncidence(warehouse: Warehouse, definition: CohortDefinition): Promise<StateIncidence[] | null> {
  if (definition.labels !== undefined) return null;
  const { day, state, patientIds } = await readFollowUp(warehouse);
  if (day.length === 0) return null;
  const options = { kinds: followUpStates.length, at: reportedDays(definition), groups: groupNumbers(patientIds) };
  const curves = cumulativeIncidence(day, state, options);
  return followUpStates.map((name, k) => ({ state: name, points: curves[k] ?? [] }));
}

function reportedDays({ horizonDays }: CohortDefinition): number[] {
  return [...new Set([...[7, 14, 30].filter((day) => day <= horizonDays), horizonDays])].sort((a, b) => a - b);
}
