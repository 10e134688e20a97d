/**
 * Covariates of one discharge, from facts: the features of the same names, computed a second time.
 *
 * In      facts of one patient, all stays, the stay that ends; nothing recorded after its end is read
 * Out     one number per covariate; NaN where nothing was recorded
 * Time    windows of use end at the admission, windows of drugs and slow analytes at the discharge; the start belongs to the window
 * Choice  a condition counts while it is not known to have ended before the admission
 * Choice  the emergency visit that led to the admission is no earlier visit; bed days count whole earlier stays by their admission
 * Choice  of values of an analyte at the same instant the one with the greatest id counts, then the greatest value
 */
import { SimulationError } from '../errors.ts';
import { codeSets } from './code-sets.ts';
import {
  analyteNames,
  conditionFlagNames,
  covariateNames,
  medicationFlagNames,
  reasonFlagNames,
  type CovariateName,
  type Covariates,
} from './covariate-names.ts';
import { ageAtAdmission } from './eligibility.ts';
import type { PatientFacts } from './facts.ts';
import { dayMs } from './record-time.ts';
import { isLongTermAnalyte } from './resource-facts.ts';
import type { Stay } from './stay.ts';
import { tookPlace } from './stays.ts';

export { covariateNames, type CovariateName, type Covariates } from './covariate-names.ts';

type Values = Record<CovariateName, number>;
/** A stay that has ended. */
type EndedStay = Stay & { readonly dischargeMs: number };

const blank = Object.fromEntries(
  covariateNames.map((name) => [name, name.startsWith('last_') || name === 'days_since_last_discharge' ? Number.NaN : 0]),
) as Values;
const conditionFlags = new Set<string>(conditionFlagNames);
const reasonFlags = new Set<string>(reasonFlagNames);
const medicationFlags = new Set<string>(medicationFlagNames);
const lastNames = new Map<string, CovariateName>(analyteNames.map((name) => [name, `last_${name}`]));

/**
 * @param stays  all stays of the patient, in any order; later ones are not looked at
 * @throws {SimulationError} SIM_OPEN_STAY for a stay without an end
 */
export function covariatesAt(facts: PatientFacts, stays: readonly Stay[], stay: Stay): Covariates {
  if (!hasEnded(stay)) {
    throw new SimulationError(
      'SIM_OPEN_STAY',
      `expected a stay that has ended, found ${stay.stayId} open; ask for discharges only`,
      {
        details: { stay: stay.stayId },
      },
    );
  }
  const values: Values = { ...blank };
  readPersonAndStay(values, facts, stay);
  readEarlierCare(values, facts, stays, stay);
  readConditions(values, facts, stay);
  readOrders(values, facts, stay);
  readProcedures(values, facts, stay);
  readObservations(values, facts, stay);
  return values;
}

function hasEnded(stay: Stay): stay is EndedStay {
  return stay.dischargeMs !== null;
}

function readPersonAndStay(values: Values, facts: PatientFacts, stay: EndedStay): void {
  values.age_years = ageAtAdmission(facts, stay) ?? Number.NaN;
  values.sex_male = facts.sex === 'male' ? 1 : 0;
  values.length_of_stay_days = (stay.dischargeMs - stay.admitMs) / dayMs;
  values.admitted_through_emergency = stay.emergencyEncounterId === null ? 0 : 1;
  values.acute_admission = stay.acuteSource === null ? 0 : 1;
  values.intensive_care = stay.intensiveCare ? 1 : 0;
  if (stay.reasonCode === null || stay.reasonSystem === null) return;
  raise(values, codeSets().reasonSets(stay.reasonSystem, stay.reasonCode), reasonFlags);
}

function readEarlierCare(values: Values, facts: PatientFacts, stays: readonly Stay[], stay: EndedStay): void {
  const { admitMs } = stay;
  let lastDischargeMs = -Infinity;
  let bedMs = 0;
  for (const earlier of stays) {
    if (earlier.stayId === stay.stayId || earlier.dischargeMs === null || earlier.dischargeMs > admitMs) continue;
    lastDischargeMs = Math.max(lastDischargeMs, earlier.dischargeMs);
    if (earlier.admitMs >= admitMs || earlier.admitMs < admitMs - 365 * dayMs) continue;
    values.prior_admissions_365d += 1;
    if (earlier.plannedRule === null) values.prior_unplanned_admissions_365d += 1;
    if (earlier.admitMs >= admitMs - 30 * dayMs) values.prior_admissions_30d += 1;
    bedMs += earlier.dischargeMs - earlier.admitMs;
  }
  values.prior_bed_days_365d = bedMs / dayMs;
  if (lastDischargeMs > -Infinity) values.days_since_last_discharge = (admitMs - lastDischargeMs) / dayMs;
  for (const visit of facts.encounters) {
    const { start } = visit;
    if (visit.classCode !== 'EMER' || start === null || start.ms >= admitMs || start.ms < admitMs - 365 * dayMs) continue;
    if (start.latestMs > stay.dischargeMs || visit.id === stay.emergencyEncounterId || !tookPlace(visit)) continue;
    values.emergency_visits_365d += 1;
    if (start.ms >= admitMs - 180 * dayMs) values.emergency_visits_180d += 1;
  }
}

function readConditions(values: Values, { conditions }: PatientFacts, stay: EndedStay): void {
  const present = new Set<string>();
  for (const { knownMs, told, encounterId, abatement, sets } of conditions) {
    if (knownMs > stay.dischargeMs) break;
    // Without a date it is known by the end of its encounter: of the stay's own by the discharge, of another's when that came before.
    const isOfStay = encounterId !== null && stay.encounterIds.includes(encounterId);
    if (told !== null && !isOfStay && told.latestMs >= stay.dischargeMs) continue;
    if (abatement !== null && abatement.latestMs <= stay.dischargeMs && abatement.ms < stay.admitMs) continue;
    for (const name of sets) present.add(name);
  }
  raise(values, present, conditionFlags);
  for (const { name, weight, dominatedBy } of codeSets().charlson) {
    if (present.has(name) && !dominatedBy.some((dominant) => present.has(dominant))) values.charlson_index += weight;
  }
}

function readOrders(values: Values, { orders }: PatientFacts, stay: EndedStay): void {
  const asOfMs = stay.dischargeMs;
  const year = new Set<string>();
  const quarter = new Set<string>();
  const inStay = new Set<string>();
  // From the latest back: what was ordered before the stay is then only a matter of what was ordered in it.
  for (let i = firstAfter(orders, asOfMs, (order) => order.authoredMs) - 1; i >= 0; i -= 1) {
    const { drug, sets, authoredMs, knownMs } = orders[i] as (typeof orders)[number];
    const inYear = authoredMs >= asOfMs - 365 * dayMs;
    if (!inYear && authoredMs < stay.admitMs && inStay.size === 0) break;
    if (knownMs > asOfMs) continue;
    if (authoredMs >= asOfMs - 90 * dayMs) {
      if (drug !== null) quarter.add(drug);
      raise(values, sets, medicationFlags);
    }
    if (drug === null) continue;
    if (inYear) year.add(drug);
    if (authoredMs >= stay.admitMs) inStay.add(drug);
    else inStay.delete(drug);
  }
  values.distinct_drugs_365d = year.size;
  values.distinct_drugs_90d = quarter.size;
  values.new_drugs_in_stay = inStay.size;
}

function readProcedures(values: Values, { procedures }: PatientFacts, stay: EndedStay): void {
  const codes = new Set<string>();
  for (const { encounterId, performed, sets, code } of procedures) {
    if (performed === null || performed.latestMs > stay.dischargeMs) continue;
    const isOfStay = encounterId === null ? performed.ms >= stay.admitMs : stay.encounterIds.includes(encounterId);
    if (!isOfStay || sets.includes('administrative_procedure')) continue;
    codes.add(code);
    if (sets.includes('operating_room_procedure')) values.stay_operation = 1;
    if (sets.includes('ventilation_procedure')) values.stay_ventilation = 1;
    if (sets.includes('dialysis_procedure')) values.stay_dialysis = 1;
  }
  values.stay_procedures = codes.size;
}

function readObservations(values: Values, { observations }: PatientFacts, stay: EndedStay): void {
  const asOfMs = stay.dischargeMs;
  const shortFromMs = stay.admitMs - dayMs;
  const longFromMs = asOfMs - 365 * dayMs;
  for (let i = firstAfter(observations, asOfMs, (observation) => observation.effectiveMs) - 1; i >= 0; i -= 1) {
    const { analyte, value, effectiveMs, knownMs, hospital } = observations[i] as (typeof observations)[number];
    if (effectiveMs < shortFromMs && effectiveMs < longFromMs) break;
    if (knownMs > asOfMs) continue;
    const name = lastNames.get(analyte);
    if (name === undefined || !Number.isNaN(values[name])) continue;
    if (isLongTermAnalyte(analyte) ? effectiveMs >= longFromMs : hospital && effectiveMs >= shortFromMs) values[name] = value;
  }
}

function raise(values: Values, sets: Iterable<string>, flags: ReadonlySet<string>): void {
  for (const name of sets) if (flags.has(name)) values[name as CovariateName] = 1;
}

/** Position of the first item of a sorted list whose time is later than the given one. */
function firstAfter<T>(items: readonly T[], ms: number, timeOf: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeOf(items[middle] as T) > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}
