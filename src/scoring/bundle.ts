/**
 * A FHIR Bundle of one patient, made ready for the flat tables: types sorted out, references resolved to `Type/id`.
 *
 * In      a Bundle R4 (collection, searchset, transaction or document), already JSON-parsed
 * Out     resources by type; the patient's key; how many entries were of types that are not read
 * Choice  a reference by fullUrl (urn:uuid or absolute) becomes the relative key of the entry it names; unresolved ones stay as they
 *         are and join nothing
 * Choice  resources of another patient are refused, not filtered: a Bundle that mixes patients is a fault at the sender
 * Choice  only the elements that the flat tables read are checked and handed on
 */
import { ScoringError } from '../errors.ts';
import type { ResourcesByType } from './patient-warehouse.ts';
import { standardReaders, type ElementReaders, type JsonObject, type ReadElements } from './resource-shape.ts';
import { fhirId } from '../util/fhir-id.ts';

const maximumEntries = 100_000;

export interface PatientBundle {
  readonly resources: ResourcesByType;
  /** `Patient/id`. */
  readonly patient: string;
  /** Resource types that occur in the Bundle and are read. */
  readonly types: readonly string[];
  readonly ignoredEntries: number;
}

/**
 * @param readers  of the elements that the model's mapping reads
 * @throws {ScoringError} SCORING_BUNDLE_INVALID (no Bundle, bad id, entry without resource), SCORING_BUNDLE_PARTIAL (one page of several), SCORING_BUNDLE_PATIENT (none or several
 *         patients, or resources of another one), SCORING_RESOURCE_INVALID (an element of another shape than FHIR's), SCORING_TOO_LARGE
 */
export function readPatientBundle(value: unknown, readers: ElementReaders = standardReaders): PatientBundle {
  const entries = bundleEntries(value);
  const byUrl = new Map<string, string>();
  const kept: { resource: JsonObject; type: string; id: string; index: number; readElements: ReadElements }[] = [];
  let ignoredEntries = 0;
  for (const [index, { fullUrl, resource }] of entries.entries()) {
    const type = resource['resourceType'];
    if (typeof type !== 'string') throw invalid(`entry ${index} has no resourceType`);
    const readElements = readers.get(type);
    if (readElements === undefined) {
      ignoredEntries += 1;
      continue;
    }
    const id = typeof resource['id'] === 'string' ? resource['id'] : fullUrl?.replace(/^.*[:/]/, '');
    if (id === undefined || !fhirId.test(id)) throw invalid(`entry ${index} (${type}) has no id of the form [A-Za-z0-9-.]{1,64}`);
    if (fullUrl !== undefined) byUrl.set(fullUrl, `${type}/${id}`);
    kept.push({ resource, type, id, index, readElements });
  }
  const patients = new Set(kept.filter((entry) => entry.type === 'Patient').map((entry) => entry.id));
  if (patients.size !== 1) {
    throw new ScoringError('SCORING_BUNDLE_PATIENT', `expected one Patient in the Bundle, found ${patients.size}`);
  }
  const patient = `Patient/${[...patients][0]}`;
  const resources = new Map<string, JsonObject[]>();
  const seen = new Set<string>();
  const resolveHere = (reference: string): string => resolve(reference, byUrl);
  for (const { resource, type, id, index, readElements } of kept) {
    if (seen.has(`${type}/${id}`)) continue;
    seen.add(`${type}/${id}`);
    const subject = (resource['subject'] as { reference?: unknown } | undefined | null)?.reference;
    if (type !== 'Patient' && typeof subject === 'string' && resolveHere(subject) !== patient) {
      throw new ScoringError(
        'SCORING_BUNDLE_PATIENT',
        `entry ${index}: expected a ${type} of the Bundle's Patient, found one of another patient`,
      );
    }
    let ofType = resources.get(type);
    if (ofType === undefined) resources.set(type, (ofType = []));
    const elements = readElements(resource, index, resolveHere);
    elements['id'] = id;
    ofType.push(elements);
  }
  return { resources, patient, types: [...resources.keys()], ignoredEntries };
}

function bundleEntries(value: unknown): { fullUrl: string | undefined; resource: JsonObject }[] {
  const bundle = value as { resourceType?: unknown; entry?: unknown; link?: unknown; total?: unknown } | null;
  if (bundle === null || typeof bundle !== 'object' || bundle.resourceType !== 'Bundle')
    throw invalid('resourceType is not Bundle');
  const entries = bundle.entry ?? [];
  if (!Array.isArray(entries)) throw invalid('entry is not a list');
  if (entries.length > maximumEntries) {
    throw new ScoringError('SCORING_TOO_LARGE', `expected at most ${maximumEntries} entries, found ${entries.length}`);
  }
  // A page scored as if it were the record gives a risk for another patient history.
  const hasNext =
    Array.isArray(bundle.link) && bundle.link.some((link: { relation?: unknown } | null) => link?.relation === 'next');
  if (hasNext || (typeof bundle.total === 'number' && bundle.total > entries.length)) {
    throw new ScoringError(
      'SCORING_BUNDLE_PARTIAL',
      `expected the whole record in one Bundle, found one page of it (${entries.length} entries${hasNext ? ', with a link to the next page' : ` of ${bundle.total as number}`}); ` +
        'follow the links and send all entries together',
    );
  }
  return entries.map((entry: { fullUrl?: unknown; resource?: unknown } | null, index) => {
    const resource = entry?.resource;
    if (resource === null || typeof resource !== 'object' || Array.isArray(resource))
      throw invalid(`entry ${index} has no resource`);
    return { fullUrl: typeof entry?.fullUrl === 'string' ? entry.fullUrl : undefined, resource: resource as JsonObject };
  });
}

/** Remembers what it found: a patient's resources name the same few others again and again. */
function resolve(reference: string, known: Map<string, string>): string {
  const found = known.get(reference);
  if (found !== undefined) return found;
  const literal = /(?:^|\/)([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(reference);
  const key = literal?.[1] ?? reference;
  known.set(reference, key);
  return key;
}

function invalid(what: string): ScoringError {
  return new ScoringError('SCORING_BUNDLE_INVALID', `expected a FHIR R4 Bundle of one patient: ${what}`);
}
