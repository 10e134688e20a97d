/**
 * The records of a landing folder as they are, before any view or mapping: one relation per type with the elements a profile asks about.
 *
 * In   a landing folder's files; the columns below, named and typed, so that DuckDB reads nothing else and infers nothing
 * Out  the text of a FROM item per type, undefined where the folder holds no file of the type
 * Privacy  no column holds a name, an address, a narrative or a `text` element: what is not read cannot be shown
 */
import { landingFiles, type LandingManifest } from '../fhir/landing.ts';
import { readJsonSource } from '../views/index.ts';

const profiledTypes = ['Patient', 'Encounter', 'Condition', 'Observation', 'Procedure', 'MedicationRequest'] as const;
export type ProfiledType = (typeof profiledTypes)[number];

const coding = 'STRUCT("system" VARCHAR, code VARCHAR, display VARCHAR)';
const concept = `STRUCT(coding ${coding}[])`;
const reference = 'STRUCT(reference VARCHAR)';
const period = 'STRUCT("start" VARCHAR, "end" VARCHAR)';
const quantity = 'STRUCT("value" DOUBLE, unit VARCHAR, code VARCHAR)';
// Only whether it is there.
const anything = 'JSON';

const linked = { id: 'VARCHAR', subject: reference, encounter: reference };

const columns: Readonly<Record<ProfiledType, Readonly<Record<string, string>>>> = {
  Patient: { id: 'VARCHAR', birthDate: 'VARCHAR', gender: 'VARCHAR', deceasedDateTime: 'VARCHAR', deceasedBoolean: 'BOOLEAN' },
  Encounter: {
    id: 'VARCHAR',
    status: 'VARCHAR',
    class: coding,
    type: `${concept}[]`,
    serviceType: concept,
    priority: concept,
    subject: reference,
    period,
    reasonCode: `${concept}[]`,
    reasonReference: `${reference}[]`,
    diagnosis: `STRUCT(condition ${reference})[]`,
    hospitalization: `STRUCT(admitSource ${concept}, dischargeDisposition STRUCT(coding ${coding}[], extension STRUCT(url VARCHAR, extension STRUCT(url VARCHAR, valueCoding ${coding})[])[]))`,
    serviceProvider: 'STRUCT(reference VARCHAR, identifier STRUCT("value" VARCHAR))',
    partOf: reference,
    identifier: 'STRUCT("system" VARCHAR)[]',
  },
  Condition: {
    ...linked,
    code: concept,
    verificationStatus: concept,
    clinicalStatus: concept,
    category: `${concept}[]`,
    recordedDate: 'VARCHAR',
    onsetDateTime: 'VARCHAR',
    abatementDateTime: 'VARCHAR',
  },
  Observation: {
    ...linked,
    status: 'VARCHAR',
    code: concept,
    effectiveDateTime: 'VARCHAR',
    effectivePeriod: period,
    effectiveInstant: 'VARCHAR',
    issued: 'VARCHAR',
    valueQuantity: quantity,
    valueCodeableConcept: anything,
    valueString: anything,
    component: `STRUCT(code ${concept}, valueQuantity ${quantity})[]`,
  },
  Procedure: {
    ...linked,
    status: 'VARCHAR',
    code: concept,
    performedDateTime: 'VARCHAR',
    performedPeriod: period,
  },
  MedicationRequest: {
    ...linked,
    status: 'VARCHAR',
    intent: 'VARCHAR',
    authoredOn: 'VARCHAR',
    medicationCodeableConcept: concept,
    medicationReference: reference,
    // Of what an order contains only this: who ordered it can stand there too.
    contained: 'STRUCT(resourceType VARCHAR, id VARCHAR, code JSON)[]',
  },
};

/** SQL over an order `r`: the codings of the contained Medication that it refers to. */
export const containedDrug =
  "from_json(list_filter(r.contained, x -> x.resourceType = 'Medication' AND '#' || x.id = r.medicationReference.reference)[1].code, " +
  `'{"coding":[{"system":"VARCHAR","code":"VARCHAR","display":"VARCHAR"}]}').coding`;

export type RawRecords = ReadonlyMap<ProfiledType, string>;

export function rawRecords(folder: string, manifest: LandingManifest): RawRecords {
  const sources = new Map<ProfiledType, string>();
  for (const type of profiledTypes) {
    const files = landingFiles(manifest, folder, type);
    if (files.length > 0) sources.set(type, readJsonSource(columns[type], files));
  }
  return sources;
}
