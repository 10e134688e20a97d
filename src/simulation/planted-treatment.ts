/**
 * Procedures of a planted stay and the drugs ordered at its discharge.
 *
 * Time    a procedure begins in the first two thirds of the stay and is over before it; drugs are ordered 45 minutes before discharge, so
 *         that they are known at it
 * Choice  of drugs that stand for each other (`choice` in ./causes.json) at most one is ordered
 * Choice  an order is "active" for 90 days and "completed" after, seen from the end of the records
 */
import type { RandomStream } from '../util/random.ts';
import { between, happens } from './planted-chance.ts';
import { concept, plantedMeta, snomed, type PlantedResource, type StayPlan } from './planted-resource.ts';
import { hourMs, minuteMs, wholeSecond } from './planted-time.ts';
import { dayMs } from './record-time.ts';

const rxNorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const drugConcepts = new WeakMap<object, fhir4.CodeableConcept>();

export function proceduresOf(plan: StayPlan, random: RandomStream): PlantedResource[] {
  const { admitMs, dischargeMs, reference } = plan.inpatient;
  const found: PlantedResource[] = [];
  for (const procedure of plan.cause.procedures) {
    const id = plan.nextId();
    const done = happens(random, (plan.intensiveCare ? procedure.inIntensiveCare : undefined) ?? procedure.probability);
    const from = between(random, 0, 0.66);
    const lasting = between(random, 20, 110);
    const startMs = wholeSecond(admitMs + hourMs + from * (dischargeMs - admitMs - 3 * hourMs));
    const endMs = startMs + wholeSecond(lasting * minuteMs);
    if (!done || endMs > plan.untilMs) continue;
    found.push({
      resourceType: 'Procedure',
      id,
      meta: plantedMeta,
      status: 'completed',
      code: snomed(procedure),
      subject: plan.subject,
      encounter: reference,
      performedPeriod: { start: plan.time.dateTime(startMs), end: plan.time.dateTime(endMs) },
    });
  }
  return found;
}

export function dischargeDrugsOf(plan: StayPlan, random: RandomStream): PlantedResource[] {
  const { dischargeMs, reference } = plan.inpatient;
  const found: PlantedResource[] = [];
  const orderedMs = dischargeMs - 45 * minuteMs;
  const authoredOn = plan.time.dateTime(orderedMs);
  const status = orderedMs + 90 * dayMs > plan.untilMs ? 'active' : 'completed';
  let choice: string | undefined;
  let left = 0;
  for (const drug of plan.cause.drugs) {
    const id = plan.nextId();
    // Alternatives stand side by side and share one draw: each takes its part of [0, 1).
    const fresh = drug.choice === undefined || drug.choice !== choice;
    if (fresh) left = random.uniform();
    choice = drug.choice;
    const ordered = left >= 0 && left < drug.probability;
    left -= drug.probability;
    if (!ordered || orderedMs > plan.untilMs) continue;
    let medication = drugConcepts.get(drug);
    if (medication === undefined) drugConcepts.set(drug, (medication = concept(rxNorm, [drug])));
    found.push({
      resourceType: 'MedicationRequest',
      id,
      meta: plantedMeta,
      status,
      intent: 'order',
      medicationCodeableConcept: medication,
      subject: plan.subject,
      encounter: reference,
      authoredOn,
    });
  }
  return found;
}
