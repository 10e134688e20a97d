/**
 * Observations of a planted stay: the values of its clinical course, dated, coded and with units as Synthea writes them.
 *
 * Time    at admission: vital signs and blood in the first hour of the emergency visit (of the stay, where it was arranged); near discharge:
 *         vital signs two hours and blood six hours before; results are issued 50 minutes after blood is drawn, so before discharge
 * Choice  the two pressures are one Observation with two components; the lower one may be missing
 */
import type { ClinicalCourse, CourseAnalyte } from './clinical-course.ts';
import { concept, plantedMeta, type PlantedResource, type StayPlan } from './planted-resource.ts';
import { hourMs, minuteMs } from './planted-time.ts';

const loinc = 'http://loinc.org';
const pressurePanel = concept(loinc, [{ code: '85354-9', display: 'Blood pressure panel with all children optional' }]);
const categorySystem = 'http://terminology.hl7.org/CodeSystem/observation-category';
const categories: Readonly<Record<CourseAnalyte['category'], fhir4.CodeableConcept[]>> = {
  laboratory: [concept(categorySystem, [{ code: 'laboratory', display: 'Laboratory' }])],
  'vital-signs': [concept(categorySystem, [{ code: 'vital-signs', display: 'Vital Signs' }])],
};
const bloodDelayMs = 50 * minuteMs;

interface Moment {
  readonly encounter: fhir4.Reference;
  readonly vitalMs: number;
  readonly bloodMs: number;
}

/** Writes courses of these analytes; their codes are prepared once. */
export function observationWriter(
  analytes: readonly CourseAnalyte[],
): (plan: StayPlan, course: ClinicalCourse) => PlantedResource[] {
  const codes = analytes.map((analyte) => concept(loinc, analyte.codes));
  const units = analytes.map((analyte) => analyte.unit);
  const systolic = analytes.findIndex((analyte) => analyte.name === 'systolic_bp');
  const diastolic = analytes.findIndex((analyte) => analyte.name === 'diastolic_bp');

  const quantity = (i: number, value: number): fhir4.Quantity => {
    const unit = units[i] as string;
    return { value, unit, system: 'http://unitsofmeasure.org', code: unit };
  };

  // Whole literals: this is the most frequent object of a simulation, and copying a common part into each costs as much as all the rest.
  function write(plan: StayPlan, moment: Moment, values: Float64Array, found: PlantedResource[]): void {
    const vital = timesOf(plan, moment.vitalMs, 0);
    const blood = timesOf(plan, moment.bloodMs, bloodDelayMs);
    for (const [i, analyte] of analytes.entries()) {
      const id = plan.nextId();
      const value = values[i] as number;
      const times = analyte.category === 'laboratory' ? blood : vital;
      if (Number.isNaN(value) || times === null || i === diastolic) continue;
      found.push(
        i === systolic
          ? {
              resourceType: 'Observation',
              id,
              meta: plantedMeta,
              status: 'final',
              category: categories[analyte.category],
              code: pressurePanel,
              subject: plan.subject,
              encounter: moment.encounter,
              effectiveDateTime: times.effective,
              issued: times.issued,
              component: pressures(value, values[diastolic] as number),
            }
          : {
              resourceType: 'Observation',
              id,
              meta: plantedMeta,
              status: 'final',
              category: categories[analyte.category],
              code: codes[i] as fhir4.CodeableConcept,
              subject: plan.subject,
              encounter: moment.encounter,
              effectiveDateTime: times.effective,
              issued: times.issued,
              valueQuantity: quantity(i, value),
            },
      );
    }
  }

  function pressures(upper: number, lower: number): fhir4.ObservationComponent[] {
    const systolicPart = { code: codes[systolic] as fhir4.CodeableConcept, valueQuantity: quantity(systolic, upper) };
    if (Number.isNaN(lower)) return [systolicPart];
    // Two draws may cross; a pulse pressure under 10 mm[Hg] is none.
    return [
      { code: codes[diastolic] as fhir4.CodeableConcept, valueQuantity: quantity(diastolic, Math.min(lower, upper - 10)) },
      systolicPart,
    ];
  }

  return (plan, course) => {
    const { emergency, inpatient } = plan;
    const found: PlantedResource[] = [];
    const beginMs = emergency?.startMs ?? inpatient.admitMs;
    const begin = {
      encounter: emergency?.reference ?? inpatient.reference,
      vitalMs: beginMs + 10 * minuteMs,
      bloodMs: beginMs + 30 * minuteMs,
    };
    write(plan, begin, course.admission, found);
    const end = {
      encounter: inpatient.reference,
      vitalMs: inpatient.dischargeMs - 2 * hourMs,
      bloodMs: inpatient.dischargeMs - 6 * hourMs,
    };
    write(plan, end, course.discharge, found);
    return found;
  };
}

function timesOf(plan: StayPlan, takenMs: number, delayMs: number): { effective: string; issued: string } | null {
  if (takenMs + delayMs > plan.untilMs) return null;
  return { effective: plan.time.dateTime(takenMs), issued: plan.time.instant(takenMs + delayMs) };
}
