/**
 * What standard codes of admission and discharge say, as far as a rule asks.
 *
 * In      the codings of an encounter's discharge disposition, priority or admit source
 * Out     the meaning of the first coding of a known system; null where there is none or the code says nothing that a rule asks
 * Choice  a coding without a system is read as standard; one of a system that is not listed is passed over
 * Source  NUBC UB-04 (FL 14, 15, 17); HL7 Terminology: discharge-disposition, admit-source, v3-ActPriority
 */
import type { Coding } from './record-element.ts';

export type Disposition = 'expired' | 'against-advice' | 'acute-transfer';
export type Priority = 'emergency' | 'urgent' | 'elective';
export type AdmitSource = 'emergency';

interface CodeList<M extends string> {
  readonly systems: readonly string[];
  readonly meanings: ReadonlyMap<string, M>;
}

function codeList<M extends string>(systems: readonly string[], codes: Readonly<Record<M, string>>): CodeList<M> {
  const pairs = Object.entries<string>(codes).flatMap(([meaning, list]) =>
    list.split(' ').map((code) => [code, meaning as M] as const),
  );
  return { systems, meanings: new Map(pairs) };
}

const dispositions = [
  codeList<Disposition>(
    [
      'https://www.nubc.org/CodeSystem/PatDischargeStatus',
      'http://www.nubc.org/patient-discharge',
      'urn:oid:2.16.840.1.113883.6.301.5',
    ],
    { expired: '20 40 41 42', 'against-advice': '07 7', 'acute-transfer': '02 2 05 5 43 66 82 85 88 94' },
  ),
  codeList<Disposition>(
    ['http://terminology.hl7.org/CodeSystem/discharge-disposition', 'http://hl7.org/fhir/discharge-disposition'],
    { expired: 'exp', 'against-advice': 'aadvice', 'acute-transfer': 'other-hcf' },
  ),
];
const priorities = [
  codeList<Priority>(['https://www.nubc.org/CodeSystem/PriorityTypeOfAdmitOrVisit'], {
    emergency: '1 5',
    urgent: '2',
    elective: '3',
  }),
  codeList<Priority>(['http://terminology.hl7.org/CodeSystem/v3-ActPriority', 'http://hl7.org/fhir/v3/ActPriority'], {
    emergency: 'EM S',
    urgent: 'UR A RR',
    elective: 'EL R P',
  }),
];
const admitSources = [
  codeList<AdmitSource>(['https://www.nubc.org/CodeSystem/PointOfOrigin'], { emergency: '7' }),
  codeList<AdmitSource>(['http://terminology.hl7.org/CodeSystem/admit-source', 'http://hl7.org/fhir/admit-source'], {
    emergency: 'emd',
  }),
];

export const dispositionOf = (codings: readonly Coding[]): Disposition | null => meaningOf(codings, dispositions);
export const priorityOf = (codings: readonly Coding[]): Priority | null => meaningOf(codings, priorities);
export const admitSourceOf = (codings: readonly Coding[]): AdmitSource | null => meaningOf(codings, admitSources);

function meaningOf<M extends string>(codings: readonly Coding[], lists: readonly CodeList<M>[]): M | null {
  for (const { system, code } of codings) {
    const known = lists.filter(({ systems }) => system === null || systems.includes(system));
    if (known.length === 0) continue;
    return (
      (code === null ? undefined : known.map(({ meanings }) => meanings.get(code)).find((meaning) => meaning !== undefined)) ??
      null
    );
  }
  return null;
}
