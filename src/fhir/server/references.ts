/**
 * References as this server resolves them: relative, or absolute under its own base or the base the records came from.
 *
 * Choice  a version (/_history/2) is dropped, as the server holds one version; urn:, contained (#…), conditional
 *         (Organization?identifier=…) and foreign absolute references resolve to nothing and are served as they are
 */
const relativeReference = /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** "Type/id", or null where the reference does not point into this server. */
export function localReference(text: string, bases: readonly string[]): string | null {
  let path = text;
  if (/^https?:/.test(text)) {
    const base = bases.find((b) => text.startsWith(`${b}/`));
    if (base === undefined) return null;
    path = text.slice(base.length + 1);
  }
  const match = relativeReference.exec(path);
  return match ? `${match[1]}/${match[2]}` : null;
}

/** The values at a dotted path, arrays flattened: `participant.individual`. */
export function valuesAt(resource: unknown, path: string): unknown[] {
  let values: unknown[] = [resource];
  for (const name of path.split('.')) {
    values = values.flatMap((value) => {
      if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return [];
      return (value as Record<string, unknown>)[name];
    });
  }
  return values;
}

/** Local references ("Type/id") at these paths. */
export function referencesAt(resource: unknown, paths: readonly string[], bases: readonly string[]): string[] {
  return paths.flatMap((path) =>
    valuesAt(resource, `${path}.reference`).flatMap((text) => {
      const local = typeof text === 'string' ? localReference(text, bases) : null;
      return local === null ? [] : [local];
    }),
  );
}

/** Every local reference anywhere in a resource, contained resources included. */
export function allReferences(resource: unknown, bases: readonly string[]): string[] {
  const found: string[] = [];
  const open: unknown[] = [resource];
  while (open.length > 0) {
    const value = open.pop();
    if (value === null || typeof value !== 'object') continue;
    for (const [name, child] of Object.entries(value)) {
      if (name === 'reference' && typeof child === 'string') {
        const local = localReference(child, bases);
        if (local !== null) found.push(local);
      } else if (typeof child === 'object') open.push(child);
    }
  }
  return found;
}
