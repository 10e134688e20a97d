/**
 * Names of features, models, bands and events as they are shown. A key that is not known is shown as it stands.
 */
import { unitText } from '../../util/unit-text.ts';

/** "last_urea_nitrogen" → "last urea nitrogen", "prior_admissions_365d" → "prior admissions, 365 days". */
export function featureName(name: string): string {
  return name.replace(/_(\d+)d$/, ', $1 days').replaceAll('_', ' ');
}

/** "mm[Hg]" → "mmHg"; flags have no unit worth a word. */
export function shownUnit(unit: string | null): string {
  return unit === null || /^(1|\{flag\}|flag|0\/1)$/.test(unit) ? '' : unitText(unit);
}

const systems: readonly (readonly [address: string, name: string])[] = [
  ['http://snomed.info/sct', 'SNOMED CT'],
  ['http://loinc.org', 'LOINC'],
  ['http://www.nlm.nih.gov/research/umls/rxnorm', 'RxNorm'],
  ['http://hl7.org/fhir/sid/icd-10-cm', 'ICD-10-CM'],
  ['http://hl7.org/fhir/sid/icd-10', 'ICD-10'],
  ['http://terminology.hl7.org/CodeSystem/v3-ActCode', 'ActCode'],
  ['http://hl7.org/fhir/sid/cvx', 'CVX'],
];

/** "http://loinc.org|3094-0" → "LOINC 3094-0"; of a system without a name its address stays. */
export function codeText(code: string | null): string {
  const [, system, value] = /^(.*)\|([^|]+)$/.exec(code ?? '') ?? [];
  if (system === undefined || value === undefined) return code ?? '';
  return `${systems.find(([address]) => address === system)?.[1] ?? system}\u00a0${value}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "KnownRisksAndLimitations" → "Known risks and limitations"; "AISystemFacts" → "AI system facts". */
export function keyWords(key: string): string {
  const words = key.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');
  return capital(words.replace(/\b[A-Z][a-z]+/g, (word) => word.toLowerCase()));
}

const models: Readonly<Record<string, string>> = {
  forest: 'Random forest',
  parent: 'The same, before recalibration',
  logistic: 'Logistic regression (L2)',
  hospital_2013: 'HOSPITAL (2013)',
  hospital_2016: 'HOSPITAL (2016)',
  lace: 'LACE',
  charlson: 'Charlson index',
  reason: 'Reason of admission only',
  prevalence: 'Prevalence (the same risk for all)',
};
const modelOrder = Object.keys(models);

export function modelName(model: string): string {
  return Object.hasOwn(models, model) ? (models[model] as string) : featureName(model);
}

/** Those with a name in the order of the list, then the others. */
export function sortedModels(names: readonly string[]): string[] {
  const place = (name: string): number => (modelOrder.includes(name) ? modelOrder.indexOf(name) : modelOrder.length);
  return [...names].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

const events: Readonly<Record<string, string>> = {
  inpatient: 'Hospital stay',
  emergency: 'Emergency visit',
  outpatient: 'Outpatient visit',
  laboratory: 'Laboratory',
  unplanned: 'Unplanned readmission',
  planned: 'Planned readmission',
  died: 'Death without readmission',
};

export function eventName(kind: string): string {
  return Object.hasOwn(events, kind) ? (events[kind] as string) : capital(featureName(kind));
}
