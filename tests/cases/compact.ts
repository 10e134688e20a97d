/**
 * The short form of records in cases: one line a resource, expanded to FHIR R4.
 *
 *   Patient p born=1950-06-15 sex=female died=2020-02-01
 *   IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z at=north reason=22298006 type=32485007 status=finished disposition=home
 *     icd=F32.9 (a reason in ICD-10-CM) priority=EL source=emd (admit source)
 *   Condition c code=44054006 from=2015-01-01 until=2016-01-01 recorded=2015-01-02 verification=refuted
 *   Procedure x code=418824004 on=2020-01-02T09:00:00Z in=a status=completed
 *   Order m code=855332 on=2020-01-02T09:00:00Z in=a intent=order status=active
 *   Observation o code=2951-2 value=134 unit=mmol/L on=2020-01-02T09:00:00Z issued=… in=a comparator=< answer=449868002
 *
 * An encounter line begins with its class; "start/" is open, "/" has no period. of=q names another patient than p. codes=a,b gives several
 * codings; system=… another code system than the type's own. Whatever the short form cannot say is written as FHIR JSON.
 */
export type Resource = { resourceType: string; id: string } & Record<string, unknown>;

const sct = 'http://snomed.info/sct';
const systems: Readonly<Record<string, string>> = {
  Condition: sct,
  Procedure: sct,
  Order: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  Observation: 'http://loinc.org',
};
const types: Readonly<Record<string, string>> = { Order: 'MedicationRequest' };

/** A patient p is added where no line names one. */
export function expand(lines: readonly (string | Resource)[]): Resource[] {
  const resources = lines.map((line) => (typeof line === 'string' ? expandLine(line) : line));
  if (resources.some(({ resourceType }) => resourceType === 'Patient')) return resources;
  return [expandLine('Patient p born=1950-06-15 sex=female'), ...resources];
}

function expandLine(line: string): Resource {
  const [kind = '', id = '', ...rest] = line.trim().split(/\s+/);
  const field = new Map(
    rest
      .filter((word) => word.includes('='))
      .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
  const period = rest.find((word) => !word.includes('='));
  const read = new Set<string>();
  const get = (key: string): string | undefined => {
    read.add(key);
    return field.get(key);
  };
  const resource = withoutAbsent(kind === 'Patient' ? patient(get) : (known[kind] ?? encounterOf(kind, period))(get));
  const unknown = [...field.keys()].filter((key) => !read.has(key));
  if (id === '' || unknown.length > 0) throw new Error(`case line "${line}": unknown ${unknown.join(', ') || 'id'}`);
  const type = kind === 'Patient' || known[kind] !== undefined ? (types[kind] ?? kind) : 'Encounter';
  return { resourceType: type, id, ...resource };
}

type Get = (key: string) => string | undefined;

const patient = (get: Get): Record<string, unknown> => ({
  birthDate: get('born'),
  gender: get('sex'),
  deceasedDateTime: get('died'),
});

const known: Readonly<Record<string, (get: Get) => Record<string, unknown>>> = {
  Condition: (get) => ({
    ...clinical('Condition', get),
    onsetDateTime: get('from'),
    abatementDateTime: get('until'),
    recordedDate: get('recorded'),
    clinicalStatus: concept('http://terminology.hl7.org/CodeSystem/condition-clinical', get('status')),
    verificationStatus: concept('http://terminology.hl7.org/CodeSystem/condition-ver-status', get('verification')),
  }),
  Procedure: (get) => ({ ...clinical('Procedure', get), status: get('status') ?? 'completed', performedDateTime: get('on') }),
  Order: (get) => ({
    subject: subject(get),
    encounter: reference('Encounter', get('in')),
    status: get('status') ?? 'active',
    intent: get('intent') ?? 'order',
    medicationCodeableConcept: code('Order', get),
    authoredOn: get('on'),
  }),
  Observation: (get) => ({
    ...clinical('Observation', get),
    status: get('status') ?? 'final',
    effectiveDateTime: get('on'),
    issued: get('issued'),
    valueQuantity: quantity(get),
    valueCodeableConcept: concept(sct, get('answer')),
  }),
};

function encounterOf(kind: string, period: string | undefined): (get: Get) => Record<string, unknown> {
  if (!/^[A-Z]+$/.test(kind)) throw new Error(`case line of unknown kind "${kind}"`);
  const [start, end] = (period ?? '').split('/');
  return (get) => ({
    status: get('status') ?? (end ? 'finished' : 'in-progress'),
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: kind },
    type: list(concept(sct, get('type'))),
    reasonCode: list(concept(sct, get('reason')) ?? concept('http://hl7.org/fhir/sid/icd-10-cm', get('icd'))),
    priority: concept('http://terminology.hl7.org/CodeSystem/v3-ActPriority', get('priority')),
    subject: subject(get),
    serviceProvider: reference('Organization', get('at')),
    hospitalization: hospitalization(get('disposition'), get('source')),
    period: start || end ? withoutAbsent({ start: start || undefined, end: end || undefined }) : undefined,
  });
}

function clinical(kind: string, get: Get): Record<string, unknown> {
  return { subject: subject(get), encounter: reference('Encounter', get('in')), code: code(kind, get) };
}

function code(kind: string, get: Get): object | undefined {
  const system = get('system') ?? systems[kind];
  const codes = get('codes')?.split(',') ?? [get('code')].filter((c) => c !== undefined);
  return codes.length === 0 ? undefined : { coding: codes.map((c) => ({ system, code: c })) };
}

function quantity(get: Get): object | undefined {
  const value = get('value');
  const unit = get('unit');
  const comparator = get('comparator');
  return value === undefined ? undefined : withoutAbsent({ value: Number(value), comparator, unit, code: unit });
}

const subject = (get: Get): object => ({ reference: `Patient/${get('of') ?? 'p'}` });
const reference = (type: string, id: string | undefined): object | undefined =>
  id === undefined ? undefined : { reference: `${type}/${id}` };
const concept = (system: string, value: string | undefined): object | undefined =>
  value === undefined ? undefined : { coding: [{ system, code: value }] };
const list = (value: object | undefined): object[] | undefined => (value === undefined ? undefined : [value]);
const plain = (value: string | undefined): object | undefined =>
  value === undefined ? undefined : { coding: [{ code: value }] };
function hospitalization(disposition: string | undefined, source: string | undefined): object | undefined {
  if (disposition === undefined && source === undefined) return undefined;
  return withoutAbsent({ dischargeDisposition: plain(disposition), admitSource: plain(source) });
}

function withoutAbsent(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
