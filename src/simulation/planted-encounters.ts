/**
 * Encounters of a planted stay: the emergency visit and the inpatient stay it leads to.
 *
 * Choice  the emergency visit ends within the hour after admission, so the two overlap and no gap rule is needed to join them
 * Choice  a stay in intensive care is one encounter of that type, as Synthea writes it
 * Choice  what has not ended by the end of the records is in progress: no end, no disposition
 */
import { concept, plantedMeta, plantedSystem, snomed, type PlantedResource, type StayPlan } from './planted-resource.ts';

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const emergencyClass = { system: actCode, code: 'EMER', display: 'emergency' };
const inpatientClass = { system: actCode, code: 'IMP', display: 'inpatient encounter' };
const emergencyType = { code: '50849002', display: 'Emergency room admission (procedure)' };
const intensiveCareType = { code: '305351004', display: 'Admission to intensive care unit (procedure)' };

/** Where records name no hospital of this patient. */
const plantedHospital: fhir4.Reference = {
  identifier: { system: plantedSystem, value: 'hospital' },
  display: 'Planted hospital',
};

/** Hospitals as references, in the form in which the records name them: a literal reference, or an identifier of this system. */
export function hospitalReferences(organizationSystem: string): (provider: string | null) => fhir4.Reference {
  const made = new Map<string, fhir4.Reference>();
  return (provider) => {
    if (provider === null) return plantedHospital;
    let reference = made.get(provider);
    if (reference === undefined) {
      const literal = /^(Organization[/?]|urn:|https?:\/\/)/.test(provider);
      reference = literal ? { reference: provider } : { identifier: { system: organizationSystem, value: provider } };
      made.set(provider, reference);
    }
    return reference;
  };
}

export type Disposition = 'home' | 'home-care' | 'nursing';

function disposition(code: string, display: string): fhir4.CodeableConcept {
  return concept('http://www.nubc.org/patient-discharge', [{ code, display }]);
}

const dispositions: Readonly<Record<Disposition, fhir4.CodeableConcept>> = {
  home: disposition('01', 'Discharged to home care or self care (routine discharge)'),
  'home-care': disposition('06', 'Discharged/transferred to home under care of organized home health service organization'),
  nursing: disposition('03', 'Discharged/transferred to skilled nursing facility (SNF) with Medicare certification'),
};

/** @returns the emergency visit, unless the stay was arranged, then the inpatient stay; those that began within the records */
export function encountersOf(plan: StayPlan, provider: fhir4.Reference, to: Disposition): PlantedResource[] {
  const { emergency, inpatient } = plan;
  const found: PlantedResource[] = [];
  if (emergency !== null && emergency.startMs <= plan.untilMs) {
    found.push(encounter(plan, emergency.reference, emergencyClass, emergencyType, provider, emergency.startMs, emergency.endMs));
  }
  if (inpatient.admitMs <= plan.untilMs) {
    const type = plan.intensiveCare ? intensiveCareType : plan.cause.admissionType;
    found.push(
      encounter(
        plan,
        inpatient.reference,
        inpatientClass,
        type,
        provider,
        inpatient.admitMs,
        inpatient.dischargeMs,
        dispositions[to],
      ),
    );
  }
  return found;
}

function encounter(
  plan: StayPlan,
  self: fhir4.Reference,
  encounterClass: fhir4.Encounter['class'],
  type: { code: string; display: string },
  provider: fhir4.Reference,
  startMs: number,
  endMs: number,
  dischargeDisposition?: fhir4.CodeableConcept,
): PlantedResource {
  const ended = endMs <= plan.untilMs;
  const start = plan.time.dateTime(startMs);
  return {
    resourceType: 'Encounter',
    id: (self.reference ?? '').slice('Encounter/'.length),
    meta: plantedMeta,
    status: ended ? 'finished' : 'in-progress',
    class: encounterClass,
    type: [snomed(type)],
    subject: plan.subject,
    period: ended ? { start, end: plan.time.dateTime(endMs) } : { start },
    reasonCode: [snomed(plan.cause.reason)],
    ...(ended && dischargeDisposition !== undefined && { hospitalization: { dischargeDisposition } }),
    serviceProvider: provider,
  };
}
