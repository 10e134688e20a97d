/**
 * Conditions of a planted stay: what it was for, and the chronic disease it brought to light.
 *
 * Choice  the acute condition begins with the emergency visit, is recorded at admission and, where it resolves, ends with the stay: nothing
 *         about the time after discharge is written, which is not yet known when the stay is
 * Choice  the chronic condition is recorded two hours before discharge, only where the records hold none of its kind
 */
import { concept, plantedMeta, snomed, type PlantedResource, type StayPlan } from './planted-resource.ts';
import { hourMs } from './planted-time.ts';

const clinical = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
const active = concept(clinical, [{ code: 'active', display: 'Active' }]);
const resolved = concept(clinical, [{ code: 'resolved', display: 'Resolved' }]);
const confirmed = concept('http://terminology.hl7.org/CodeSystem/condition-ver-status', [
  { code: 'confirmed', display: 'Confirmed' },
]);
const categories = 'http://terminology.hl7.org/CodeSystem/condition-category';
const encounterDiagnosis = concept(categories, [{ code: 'encounter-diagnosis', display: 'Encounter Diagnosis' }]);
const problem = concept(categories, [{ code: 'problem-list-item', display: 'Problem List Item' }]);

/** @param groups  value sets of chronic conditions already recorded */
export function conditionsOf(plan: StayPlan, groups: ReadonlySet<string>): PlantedResource[] {
  const { cause, inpatient, untilMs, time } = plan;
  const found: PlantedResource[] = [];
  const acuteId = plan.nextId();
  const chronicId = plan.nextId();
  const shared = { meta: plantedMeta, verificationStatus: confirmed, subject: plan.subject, encounter: inpatient.reference };
  if (inpatient.admitMs <= untilMs) {
    const over = cause.condition.resolves && inpatient.dischargeMs <= untilMs;
    found.push({
      resourceType: 'Condition',
      id: acuteId,
      ...shared,
      clinicalStatus: over ? resolved : active,
      category: [encounterDiagnosis],
      code: snomed(cause.condition),
      onsetDateTime: time.dateTime(plan.emergency?.startMs ?? inpatient.admitMs),
      ...(over && { abatementDateTime: time.dateTime(inpatient.dischargeMs) }),
      recordedDate: time.dateTime(inpatient.admitMs),
    });
  }
  const foundMs = inpatient.dischargeMs - 2 * hourMs;
  if (cause.establishes !== undefined && !groups.has(cause.establishes.group) && foundMs <= untilMs) {
    const at = time.dateTime(foundMs);
    found.push({
      resourceType: 'Condition',
      id: chronicId,
      ...shared,
      clinicalStatus: active,
      category: [problem],
      code: snomed(cause.establishes),
      onsetDateTime: at,
      recordedDate: at,
    });
  }
  return found;
}
