/**
 * The resources of a Bundle by their keys `Type/id`, as the scorer names them.
 *
 * Choice  looks, and refuses nothing: whether a Bundle can be scored is for the scorer to say
 */

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
    const url = typeof fullUrl === 'string' ? fullUrl : undefined;
    const id = typeof resource.id === 'string' ? resource.id : url?.replace(/^.*[:/]/, '');
    if (id === undefined || !/^[A-Za-z0-9\-.]{1,64}$/.test(id)) continue;
    const key = `${resource.resourceType}/${id}`;
    if (url !== undefined) byUrl.set(url, key);
    resources.push({ key, resource });
  }
  return { resources, resolve: (reference) => byUrl.get(reference) ?? reference };
}

/** Key of the first Patient; null where there is none. */
export function patientKey({ resources }: BundleKeys): string | null {
  return resources.find(({ resource }) => resource.resourceType === 'Patient')?.key ?? null;
}
