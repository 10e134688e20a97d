/**
 * The resources of a Bundle by their keys `Type/id`, as the scorer names them.
 *
 * Choice  looks, and refuses nothing: whether a Bundle can be scored is for the scorer to say
 */
import { fhirId } from '../../util/fhir-id.ts';

export interface KeyedResource {
  readonly key: string;
  readonly resource: fhir4.Resource & Readonly<Record<string, unknown>>;
}

export interface BundleKeys {
  readonly resources: readonly KeyedResource[];
  /** The key that a reference means: by fullUrl, or as it stands. */
  resolve(reference: string): string;
}

export function bundleKeys(bundle: { readonly [key: string]: unknown }): BundleKeys {
  const entries: readonly unknown[] = Array.isArray(bundle['entry']) ? (bundle['entry'] as unknown[]) : [];
  const byUrl = new Map<string, string>();
  const resources: KeyedResource[] = [];
  for (const entry of entries) {
    const { fullUrl, resource } = (entry ?? {}) as { fullUrl?: unknown; resource?: KeyedResource['resource'] | null };
    if (typeof resource?.resourceType !== 'string') continue;
    const id = idOf(resource.id, fullUrl);
    if (id === null) continue;
    const key = `${resource.resourceType}/${id}`;
    if (typeof fullUrl === 'string') byUrl.set(fullUrl, key);
    resources.push({ key, resource });
  }
  return { resources, resolve: (reference) => byUrl.get(reference) ?? reference };
}

/** Key of the first Patient; null where there is none. */
export function patientKey({ resources }: BundleKeys): string | null {
  return resources.find(({ resource }) => resource.resourceType === 'Patient')?.key ?? null;
}

/** Id of the first Patient; null where there is none. Asked of every request with a Bundle, so it stops where it has found one. */
export function patientOfBundle(bundle: { readonly [key: string]: unknown }): string | null {
  const entries: unknown = bundle['entry'];
  if (!Array.isArray(entries)) return null;
  for (const entry of entries as ({ fullUrl?: unknown; resource?: { resourceType?: unknown; id?: unknown } | null } | null)[]) {
    const id = entry?.resource?.resourceType === 'Patient' ? idOf(entry.resource.id, entry.fullUrl) : null;
    if (id !== null) return id;
  }
  return null;
}

/** A resource without an id has that of its address, as a transaction's urn:uuid. */
function idOf(id: unknown, fullUrl: unknown): string | null {
  const found = typeof id === 'string' ? id : typeof fullUrl === 'string' ? fullUrl.replace(/^.*[:/]/, '') : '';
  return fhirId.test(found) ? found : null;
}
