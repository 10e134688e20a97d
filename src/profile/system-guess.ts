/**
 * What an unknown code system, class or disposition probably is, from its URI, the shape of its codes and the words of its displays. Every guess
 * goes into a mapping that a person reads before it is used.
 *
 * Choice  a guess needs a word of the URI, or nine tenths of the codes in a shape that no other system has; else there is none
 */
import type { EncounterKind, SiteMapping } from '../mapping/index.ts';

type Disposition = SiteMapping['encounter']['disposition']['codes'][number]['meaning'];

const byWord: readonly (readonly [RegExp, string])[] = [
  [/loinc/i, 'http://loinc.org'],
  [/snomed|[^a-z]sct([^a-z]|$)/i, 'http://snomed.info/sct'],
  [/rxnorm|rxcui/i, 'http://www.nlm.nih.gov/research/umls/rxnorm'],
  [/icd-?_?10-?_?pcs/i, 'http://www.cms.gov/Medicare/Coding/ICD10'],
  [/icd-?_?10-?_?cm/i, 'http://hl7.org/fhir/sid/icd-10-cm'],
  [/icd-?_?10-?_?gm/i, 'http://fhir.de/CodeSystem/bfarm/icd-10-gm'],
  [/icd-?_?10/i, 'http://hl7.org/fhir/sid/icd-10'],
  [/icd-?_?9/i, 'http://hl7.org/fhir/sid/icd-9-cm'],
  [/[^a-z]ops([^a-z]|$)/i, 'http://fhir.de/CodeSystem/bfarm/ops'],
  [/[^a-z]atc([^a-z]|$)/i, 'http://www.whocc.no/atc'],
];
const byShape: readonly (readonly [RegExp, string])[] = [
  [/^\d{1,5}-\d$/, 'http://loinc.org'],
  [/^[A-Z]\d\d[A-Z]{2}\d\d$/, 'http://www.whocc.no/atc'],
  [/^[A-TV-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?[*+!]?$/i, 'http://hl7.org/fhir/sid/icd-10'],
];

/** A standard URI, or null. @param codes  the frequent codes of the system */
export function guessSystem(uri: string, codes: readonly string[]): string | null {
  const named = byWord.find(([word]) => word.test(uri));
  if (named !== undefined) return named[1];
  if (codes.length < 3) return null;
  return byShape.find(([shape]) => codes.filter((code) => shape.test(code)).length >= 0.9 * codes.length)?.[1] ?? null;
}

const kinds: readonly (readonly [RegExp, EncounterKind])[] = [
  [/observ/i, 'observation'],
  [/emergency|notfall|notaufnahme|^(ed|er|emerg)$/i, 'emergency'],
  [/nursing|pflegeheim|^snf$/i, 'nursing'],
  [/home (health|visit|care)|hausbesuch/i, 'home'],
  [
    /out-?patient|ambula|office|clinic|teilstation|day (case|surgery)|tagesklinik|vor-?station|nach-?station|virtual|tele/i,
    'outpatient',
  ],
  [/in-?patient|hospital encounter|vollstation|station(ä|ae)r|^(ip|inp|stat)$/i, 'inpatient'],
];

/** From a local class code and its display; "other" where no word is known. */
export function guessKind(code: string, display: string | null): EncounterKind {
  const texts = [display ?? '', code];
  return kinds.find(([words]) => texts.some((text) => words.test(text)))?.[1] ?? 'other';
}

const dispositions: readonly (readonly [RegExp, Disposition])[] = [
  [/expired|deceased|died|death|verstorben|^tod$/i, 'expired'],
  [/against|ama$|gegen ärztlichen/i, 'against-advice'],
  [/rehab/i, 'rehabilitation'],
  [/hospice|hospiz/i, 'hospice'],
  [/psych/i, 'psychiatric'],
  [/long.?term/i, 'long-term-care'],
  [/home.?health|home care/i, 'home-health'],
  [/nursing|snf|pflege/i, 'nursing'],
  [/acute|another hospital|short.?term|other hospital|anderes krankenhaus/i, 'acute-transfer'],
  [/home|routine|regul(ä|ae)r|nach hause|self.?care/i, 'home'],
];

/** From a local disposition code and its display; "other" where no word is known. */
export function guessDisposition(code: string, display: string | null): Disposition {
  return dispositions.find(([words]) => words.test(display ?? code))?.[1] ?? 'other';
}

/** Entlassungsgrund of §301 SGB V, first and second character. */
export const germanDispositions: Readonly<Record<string, Disposition>> = {
  '01': 'home',
  '02': 'home',
  '03': 'other',
  '04': 'against-advice',
  '05': 'other',
  '06': 'acute-transfer',
  '07': 'expired',
  '08': 'acute-transfer',
  '09': 'rehabilitation',
  '10': 'nursing',
  '11': 'hospice',
  '12': 'other',
  '13': 'psychiatric',
  '14': 'home',
  '15': 'against-advice',
};
