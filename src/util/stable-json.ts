/**
 * JSON with sorted keys: the same value gives the same bytes, so it can be hashed and compared.
 */
export function stableJson(value: unknown, indent = 0): string {
  return JSON.stringify(
    value,
    (_key, v: unknown) =>
      v !== null && typeof v === 'object' && !Array.isArray(v)
        ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
        : v,
    indent,
  );
}
