/**
 * How much of each needed element is there: shares per type, and for encounters also among those of inpatient care.
 *
 * In   the raw records; the flat table encounter, for what is inpatient under the mapping
 * Out  one line per element, in the order below, with why the pipeline needs it
 */
import type { Row, Warehouse } from '../warehouse/index.ts';
import { containedDrug, type ProfiledType, type RawRecords } from './raw-records.ts';

interface Element {
  readonly element: string;
  /** SQL over the raw columns of the type, aliased r: true where the element is there. */
  readonly isPresent: string;
  readonly why: string;
  /** A record without it cannot be used. */
  readonly required?: true;
}

export interface ElementShare {
  readonly type: ProfiledType;
  readonly element: string;
  readonly records: number;
  readonly present: number;
  /** Encounters of inpatient care; null for other types. */
  readonly inpatient: number | null;
  readonly inpatientPresent: number | null;
  readonly required: boolean;
  readonly why: string;
}

const hasCode = (concept: string): string => `len(list_filter(${concept}.coding, c -> c.code IS NOT NULL)) > 0`;
const hasListCode = (list: string): string =>
  `len(list_filter(flatten(list_transform(${list}, x -> x.coding)), c -> c.code IS NOT NULL)) > 0`;
const hasContainedCode = `len(list_filter(${containedDrug}, c -> c.code IS NOT NULL)) > 0`;
const hasDrug = `(COALESCE(${hasCode('r.medicationCodeableConcept')}, FALSE) OR COALESCE(${hasContainedCode}, FALSE))`;
const has = (path: string): string => `${path} IS NOT NULL`;
const subject: Element = { element: 'subject', isPresent: has('r.subject.reference'), why: 'whose record it is', required: true };
const inEncounter: Element = { element: 'encounter', isPresent: has('r.encounter.reference'), why: 'which stay it belongs to' };

const elements: Readonly<Record<ProfiledType, readonly Element[]>> = {
  Patient: [
    { element: 'birthDate', isPresent: has('r.birthDate'), why: 'age; a stay without it is no index discharge', required: true },
    { element: 'gender', isPresent: has('r.gender'), why: 'sex' },
    {
      element: 'deceased[x]',
      isPresent: '(r.deceasedDateTime IS NOT NULL OR r.deceasedBoolean)',
      why: 'death in the stay, death before a return (share of patients known to have died)',
    },
    {
      element: 'deceasedDateTime',
      isPresent: has('r.deceasedDateTime'),
      why: 'a death without a date leaves out all stays of the patient',
    },
  ],
  Encounter: [
    subject,
    { element: 'status', isPresent: has('r.status'), why: 'cancelled and planned encounters are left out' },
    { element: 'class', isPresent: has('r.class.code'), why: 'inpatient, emergency or outpatient', required: true },
    { element: 'type', isPresent: hasListCode('r.type'), why: 'elective, intensive care, transfer, rehabilitation' },
    { element: 'serviceType', isPresent: hasCode('r.serviceType'), why: 'department, for site rules' },
    { element: 'period.start', isPresent: has('r.period."start"'), why: 'admission', required: true },
    { element: 'period.end', isPresent: has('r.period."end"'), why: 'discharge; a stay without it is open', required: true },
    {
      element: 'hospitalization.dischargeDisposition',
      isPresent: `(${hasCode('r.hospitalization.dischargeDisposition')} OR len(r.hospitalization.dischargeDisposition.extension) > 0)`,
      why: 'died, left against advice, transferred',
    },
    {
      element: 'hospitalization.admitSource',
      isPresent: hasCode('r.hospitalization.admitSource'),
      why: 'how the admission came about',
    },
    { element: 'priority', isPresent: hasCode('r.priority'), why: 'urgent or arranged' },
    {
      element: 'serviceProvider',
      isPresent: '(r.serviceProvider.reference IS NOT NULL OR r.serviceProvider.identifier."value" IS NOT NULL)',
      why: 'which hospital, to tell a transfer from a return',
    },
    {
      element: 'reasonCode, reasonReference or diagnosis',
      isPresent: `(${hasListCode('r.reasonCode')} OR len(r.reasonReference) > 0 OR len(r.diagnosis) > 0)`,
      why: 'principal reason: planned or acute, reason groups',
    },
    { element: 'reasonCode', isPresent: hasListCode('r.reasonCode'), why: 'reason known at admission' },
    { element: 'diagnosis', isPresent: 'len(r.diagnosis) > 0', why: 'reason by reference' },
    { element: 'partOf', isPresent: has('r.partOf.reference'), why: 'departments of one stay' },
  ],
  Condition: [
    subject,
    { element: 'code', isPresent: hasCode('r.code'), why: 'comorbidity', required: true },
    inEncounter,
    { element: 'recordedDate', isPresent: has('r.recordedDate'), why: 'known since when' },
    { element: 'onsetDateTime', isPresent: has('r.onsetDateTime'), why: 'since when, where it was not recorded' },
    {
      element: 'recordedDate, onsetDateTime or encounter',
      isPresent: '(r.recordedDate IS NOT NULL OR r.onsetDateTime IS NOT NULL OR r.encounter.reference IS NOT NULL)',
      why: 'a condition that nothing dates is never known',
      required: true,
    },
    { element: 'abatementDateTime', isPresent: has('r.abatementDateTime'), why: 'over before the admission' },
    { element: 'verificationStatus', isPresent: hasCode('r.verificationStatus'), why: 'refuted conditions are left out' },
    { element: 'category', isPresent: hasListCode('r.category'), why: 'problem list or encounter diagnosis' },
  ],
  Observation: [
    subject,
    { element: 'code', isPresent: hasCode('r.code'), why: 'which value it is', required: true },
    {
      element: 'value[x] or component',
      isPresent:
        '(r.valueQuantity."value" IS NOT NULL OR r.valueCodeableConcept IS NOT NULL OR r.valueString IS NOT NULL OR len(r.component) > 0)',
      why: 'the value',
    },
    { element: 'valueQuantity', isPresent: has('r.valueQuantity."value"'), why: 'laboratory values and vital signs' },
    {
      element: 'unit of valueQuantity',
      isPresent: '(r.valueQuantity."value" IS NOT NULL AND COALESCE(r.valueQuantity.code, r.valueQuantity.unit) IS NOT NULL)',
      why: 'a value without a unit is not read',
    },
    { element: 'effectiveDateTime', isPresent: has('r.effectiveDateTime'), why: 'when it was measured', required: true },
    { element: 'issued', isPresent: has('r.issued'), why: 'when it was known; else the time of measurement counts' },
    inEncounter,
  ],
  Procedure: [
    subject,
    { element: 'code', isPresent: hasCode('r.code'), why: 'operations, planned returns', required: true },
    {
      element: 'performed[x]',
      isPresent: '(r.performedDateTime IS NOT NULL OR r.performedPeriod."start" IS NOT NULL)',
      why: 'when it was done',
      required: true,
    },
    inEncounter,
  ],
  MedicationRequest: [
    subject,
    {
      element: 'medicationCodeableConcept or contained Medication',
      isPresent: hasDrug,
      why: 'which drug',
      required: true,
    },
    {
      element: 'medicationReference not followed',
      isPresent: `(r.medicationReference.reference IS NOT NULL AND NOT ${hasDrug})`,
      why: 'orders whose drug is not known: the Medication is a resource of its own, or has no code',
    },
    { element: 'authoredOn', isPresent: has('r.authoredOn'), why: 'when it was ordered', required: true },
    inEncounter,
  ],
};

/** Elements of every type with a file. */
export async function elementShares(warehouse: Warehouse, records: RawRecords): Promise<ElementShare[]> {
  const shares: ElementShare[] = [];
  for (const [type, source] of records) {
    const [row] = await warehouse.rows(countsSql(type, source), [], `elements of ${type}`);
    if (row !== undefined) shares.push(...elements[type].map((element, i) => toShare(type, element, i, row)));
  }
  return shares;
}

function countsSql(type: ProfiledType, source: string): string {
  const counts = elements[type].flatMap(({ isPresent }, i) => [
    `COUNT(*) FILTER (${isPresent}) AS present_${i}`,
    ...(type === 'Encounter' ? [`COUNT(*) FILTER (r.is_inpatient AND (${isPresent})) AS inpatient_${i}`] : []),
  ]);
  if (type !== 'Encounter') return `SELECT COUNT(*) AS n, ${counts.join(', ')} FROM ${source} r`;
  return `SELECT COUNT(*) AS n, COUNT(*) FILTER (r.is_inpatient) AS inpatient, ${counts.join(', ')}
    FROM (SELECT s.*, 'Encounter/' || s.id IN (SELECT encounter_id FROM encounter WHERE kind = 'inpatient') AS is_inpatient FROM ${source} s) r`;
}

function toShare(type: ProfiledType, { element, why, required }: Element, i: number, row: Row): ElementShare {
  const isEncounter = type === 'Encounter';
  return {
    type,
    element,
    records: Number(row['n']),
    present: Number(row[`present_${i}`]),
    inpatient: isEncounter ? Number(row['inpatient']) : null,
    inpatientPresent: isEncounter ? Number(row[`inpatient_${i}`]) : null,
    required: required === true,
    why,
  };
}
