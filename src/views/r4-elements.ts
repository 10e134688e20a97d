/**
 * What FHIR R4 says about the elements a view may name: type, and whether there can be many.
 *
 * In      nothing; data written from the R4 resource definitions (4.0.1)
 * Out     the element of a type by name; a type is a FHIR name (`CodeableConcept`) or a backbone path (`Patient.contact`)
 * Form    `name:Type`, `*` after the type for an array, `name[x]:A|B` for a choice; one string per type
 * Choice  only the resources the shipped views read; Extension.value[x] names the types seen in practice
 * Source  http://hl7.org/fhir/R4/, compared with @types/fhir in the tests
 */
export interface Element {
  /** Name in the JSON, or the stem of a choice (`value` for `value[x]`). */
  readonly name: string;
  /** FHIR type; for a choice the permitted types, in the order of the definition. */
  readonly types: readonly string[];
  readonly isMany: boolean;
  readonly isChoice: boolean;
}

const EXTENSION_VALUES =
  'base64Binary|boolean|canonical|code|date|dateTime|decimal|id|instant|integer|markdown|oid|positiveInt|string|time|' +
  'unsignedInt|uri|url|uuid|Address|Age|Annotation|Attachment|CodeableConcept|Coding|ContactPoint|Count|Distance|Duration|' +
  'HumanName|Identifier|Money|Period|Quantity|Range|Ratio|Reference|SampledData|Signature|Timing|Meta';

const ELEMENT = 'id:string extension:Extension*';
const BACKBONE = `${ELEMENT} modifierExtension:Extension*`;
const RESOURCE =
  'resourceType:code id:id meta:Meta implicitRules:uri language:code text:Narrative extension:Extension* modifierExtension:Extension*';
const QUANTITY = `${ELEMENT} value:decimal comparator:code unit:string system:uri code:code`;

const DEFINITIONS: Readonly<Record<string, string>> = {
  Patient: `${RESOURCE} identifier:Identifier* active:boolean name:HumanName* telecom:ContactPoint* gender:code birthDate:date
    deceased[x]:boolean|dateTime address:Address* maritalStatus:CodeableConcept multipleBirth[x]:boolean|integer photo:Attachment*
    contact:Patient.contact* communication:Patient.communication* generalPractitioner:Reference* managingOrganization:Reference
    link:Patient.link*`,
  'Patient.contact': `${BACKBONE} relationship:CodeableConcept* name:HumanName telecom:ContactPoint* address:Address gender:code
    organization:Reference period:Period`,
  'Patient.communication': `${BACKBONE} language:CodeableConcept preferred:boolean`,
  'Patient.link': `${BACKBONE} other:Reference type:code`,

  Encounter: `${RESOURCE} identifier:Identifier* status:code statusHistory:Encounter.statusHistory* class:Coding
    classHistory:Encounter.classHistory* type:CodeableConcept* serviceType:CodeableConcept priority:CodeableConcept subject:Reference
    episodeOfCare:Reference* basedOn:Reference* participant:Encounter.participant* appointment:Reference* period:Period
    length:Duration reasonCode:CodeableConcept* reasonReference:Reference* diagnosis:Encounter.diagnosis* account:Reference*
    hospitalization:Encounter.hospitalization location:Encounter.location* serviceProvider:Reference partOf:Reference`,
  'Encounter.statusHistory': `${BACKBONE} status:code period:Period`,
  'Encounter.classHistory': `${BACKBONE} class:Coding period:Period`,
  'Encounter.participant': `${BACKBONE} type:CodeableConcept* period:Period individual:Reference`,
  'Encounter.diagnosis': `${BACKBONE} condition:Reference use:CodeableConcept rank:positiveInt`,
  'Encounter.hospitalization': `${BACKBONE} preAdmissionIdentifier:Identifier origin:Reference admitSource:CodeableConcept
    reAdmission:CodeableConcept dietPreference:CodeableConcept* specialCourtesy:CodeableConcept*
    specialArrangement:CodeableConcept* destination:Reference dischargeDisposition:CodeableConcept`,
  'Encounter.location': `${BACKBONE} location:Reference status:code physicalType:CodeableConcept period:Period`,

  Condition: `${RESOURCE} identifier:Identifier* clinicalStatus:CodeableConcept verificationStatus:CodeableConcept
    category:CodeableConcept* severity:CodeableConcept code:CodeableConcept bodySite:CodeableConcept* subject:Reference
    encounter:Reference onset[x]:dateTime|Age|Period|Range|string abatement[x]:dateTime|Age|Period|Range|string
    recordedDate:dateTime recorder:Reference asserter:Reference stage:Condition.stage* evidence:Condition.evidence*
    note:Annotation*`,
  'Condition.stage': `${BACKBONE} summary:CodeableConcept assessment:Reference* type:CodeableConcept`,
  'Condition.evidence': `${BACKBONE} code:CodeableConcept* detail:Reference*`,

  Observation: `${RESOURCE} identifier:Identifier* basedOn:Reference* partOf:Reference* status:code category:CodeableConcept*
    code:CodeableConcept subject:Reference focus:Reference* encounter:Reference effective[x]:dateTime|Period|Timing|instant
    issued:instant performer:Reference*
    value[x]:Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period
    dataAbsentReason:CodeableConcept interpretation:CodeableConcept* note:Annotation* bodySite:CodeableConcept
    method:CodeableConcept specimen:Reference device:Reference referenceRange:Observation.referenceRange* hasMember:Reference*
    derivedFrom:Reference* component:Observation.component*`,
  'Observation.referenceRange': `${BACKBONE} low:Quantity high:Quantity type:CodeableConcept appliesTo:CodeableConcept* age:Range
    text:string`,
  'Observation.component': `${BACKBONE} code:CodeableConcept
    value[x]:Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period
    dataAbsentReason:CodeableConcept interpretation:CodeableConcept* referenceRange:Observation.referenceRange*`,

  Procedure: `${RESOURCE} identifier:Identifier* instantiatesCanonical:canonical* instantiatesUri:uri* basedOn:Reference*
    partOf:Reference* status:code statusReason:CodeableConcept category:CodeableConcept code:CodeableConcept subject:Reference
    encounter:Reference performed[x]:dateTime|Period|string|Age|Range recorder:Reference asserter:Reference
    performer:Procedure.performer* location:Reference reasonCode:CodeableConcept* reasonReference:Reference*
    bodySite:CodeableConcept* outcome:CodeableConcept report:Reference* complication:CodeableConcept*
    complicationDetail:Reference* followUp:CodeableConcept* note:Annotation* focalDevice:Procedure.focalDevice*
    usedReference:Reference* usedCode:CodeableConcept*`,
  'Procedure.performer': `${BACKBONE} function:CodeableConcept actor:Reference onBehalfOf:Reference`,
  'Procedure.focalDevice': `${BACKBONE} action:CodeableConcept manipulated:Reference`,

  MedicationRequest: `${RESOURCE} identifier:Identifier* status:code statusReason:CodeableConcept intent:code
    category:CodeableConcept* priority:code doNotPerform:boolean reported[x]:boolean|Reference
    medication[x]:CodeableConcept|Reference subject:Reference encounter:Reference supportingInformation:Reference*
    authoredOn:dateTime requester:Reference performer:Reference performerType:CodeableConcept recorder:Reference
    reasonCode:CodeableConcept* reasonReference:Reference* instantiatesCanonical:canonical* instantiatesUri:uri*
    basedOn:Reference* groupIdentifier:Identifier courseOfTherapyType:CodeableConcept insurance:Reference* note:Annotation*
    dosageInstruction:Dosage* dispenseRequest:MedicationRequest.dispenseRequest substitution:MedicationRequest.substitution
    priorPrescription:Reference detectedIssue:Reference* eventHistory:Reference*`,
  'MedicationRequest.dispenseRequest': `${BACKBONE} initialFill:MedicationRequest.dispenseRequest.initialFill
    dispenseInterval:Duration validityPeriod:Period numberOfRepeatsAllowed:unsignedInt quantity:Quantity
    expectedSupplyDuration:Duration performer:Reference`,
  'MedicationRequest.dispenseRequest.initialFill': `${BACKBONE} quantity:Quantity duration:Duration`,
  'MedicationRequest.substitution': `${BACKBONE} allowed[x]:boolean|CodeableConcept reason:CodeableConcept`,

  Medication: `${RESOURCE} identifier:Identifier* code:CodeableConcept status:code manufacturer:Reference form:CodeableConcept
    amount:Ratio ingredient:Medication.ingredient* batch:Medication.batch`,
  'Medication.ingredient': `${BACKBONE} item[x]:CodeableConcept|Reference isActive:boolean strength:Ratio`,
  'Medication.batch': `${BACKBONE} lotNumber:string expirationDate:dateTime`,

  Extension: `${ELEMENT} url:uri value[x]:${EXTENSION_VALUES}`,
  Meta: `${ELEMENT} versionId:id lastUpdated:instant source:uri profile:canonical* security:Coding* tag:Coding*`,
  Narrative: `${ELEMENT} status:code div:xhtml`,
  Identifier: `${ELEMENT} use:code type:CodeableConcept system:uri value:string period:Period assigner:Reference`,
  Reference: `${ELEMENT} reference:string type:uri identifier:Identifier display:string`,
  CodeableConcept: `${ELEMENT} coding:Coding* text:string`,
  Coding: `${ELEMENT} system:uri version:string code:code display:string userSelected:boolean`,
  Period: `${ELEMENT} start:dateTime end:dateTime`,
  Quantity: QUANTITY,
  Age: QUANTITY,
  Count: QUANTITY,
  Distance: QUANTITY,
  Duration: QUANTITY,
  Range: `${ELEMENT} low:Quantity high:Quantity`,
  Ratio: `${ELEMENT} numerator:Quantity denominator:Quantity`,
  Money: `${ELEMENT} value:decimal currency:code`,
  SampledData: `${ELEMENT} origin:Quantity period:decimal factor:decimal lowerLimit:decimal upperLimit:decimal
    dimensions:positiveInt data:string`,
  HumanName: `${ELEMENT} use:code text:string family:string given:string* prefix:string* suffix:string* period:Period`,
  Address: `${ELEMENT} use:code type:code text:string line:string* city:string district:string state:string postalCode:string
    country:string period:Period`,
  ContactPoint: `${ELEMENT} system:code value:string use:code rank:positiveInt period:Period`,
  Attachment: `${ELEMENT} contentType:code language:code data:base64Binary url:url size:unsignedInt hash:base64Binary title:string
    creation:dateTime`,
  Annotation: `${ELEMENT} author[x]:Reference|string time:dateTime text:markdown`,
  Dosage: `${BACKBONE} sequence:integer text:string additionalInstruction:CodeableConcept* patientInstruction:string timing:Timing
    asNeeded[x]:boolean|CodeableConcept site:CodeableConcept route:CodeableConcept method:CodeableConcept
    doseAndRate:Dosage.doseAndRate* maxDosePerPeriod:Ratio maxDosePerAdministration:Quantity maxDosePerLifetime:Quantity`,
  'Dosage.doseAndRate': `${ELEMENT} type:CodeableConcept dose[x]:Range|Quantity rate[x]:Ratio|Range|Quantity`,
  Timing: `${BACKBONE} event:dateTime* repeat:Timing.repeat code:CodeableConcept`,
  'Timing.repeat': `${ELEMENT} bounds[x]:Duration|Range|Period count:positiveInt countMax:positiveInt duration:decimal
    durationMax:decimal durationUnit:code frequency:positiveInt frequencyMax:positiveInt period:decimal periodMax:decimal
    periodUnit:code dayOfWeek:code* timeOfDay:time* when:code* offset:unsignedInt`,
  Signature: `${ELEMENT} type:Coding* when:instant who:Reference onBehalfOf:Reference targetFormat:code sigFormat:code
    data:base64Binary`,
};

/** DuckDB type of each FHIR primitive. Decimals are DOUBLE because every later stage computes in Float64. */
const PRIMITIVES: Readonly<Record<string, string>> = {
  boolean: 'BOOLEAN',
  integer: 'INTEGER',
  positiveInt: 'INTEGER',
  unsignedInt: 'INTEGER',
  decimal: 'DOUBLE',
  ...Object.fromEntries(
    ('string code id uri url canonical oid uuid markdown base64Binary xhtml date dateTime instant time' as const)
      .split(' ')
      .map((type) => [type, 'VARCHAR']),
  ),
};

function parse(text: string): ReadonlyMap<string, Element> {
  return new Map(
    text
      .trim()
      .split(/\s+/)
      .map((entry): [string, Element] => {
        const [left = '', right = ''] = entry.split(':');
        const isChoice = left.endsWith('[x]');
        const name = isChoice ? left.slice(0, -3) : left;
        const isMany = right.endsWith('*');
        return [name, { name, types: (isMany ? right.slice(0, -1) : right).split('|'), isMany, isChoice }];
      }),
  );
}

const TYPES: ReadonlyMap<string, ReadonlyMap<string, Element>> = new Map(
  Object.entries(DEFINITIONS).map(([type, text]) => [type, parse(text)]),
);

/** Elements of a type by name, or undefined for a type this table does not hold. */
export function elementsOf(type: string): ReadonlyMap<string, Element> | undefined {
  return TYPES.get(type);
}

/** Names of all complex types, backbones and resources in the table. */
export function knownTypes(): string[] {
  return [...TYPES.keys()];
}

/** True for a resource type a view may be about. */
export function isResourceType(type: string): boolean {
  return TYPES.get(type)?.has('resourceType') === true;
}

/** DuckDB type of a FHIR primitive, or undefined for a complex type. */
export function primitiveSqlType(type: string): string | undefined {
  return Object.hasOwn(PRIMITIVES, type) ? PRIMITIVES[type] : undefined;
}

/** JSON name of one variant of a choice: `value` and `Quantity` give `valueQuantity`. */
export function choiceName(stem: string, type: string): string {
  return stem + type.charAt(0).toUpperCase() + type.slice(1);
}
