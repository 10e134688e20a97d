/**
 * What from_json makes of a JSON value of a stated type, without a database.
 *
 * In      parsed JSON; the structure of a compiled view (CompiledView.jsonStructure), node by node
 * Out     a reader per node: the value, or null where it is absent
 * Choice  a value of another shape never throws. Where read_json reads it too, both give what DuckDB gives: a number as text
 *         where a text is due, the number in a text, an object without elements for what should be an object. Where read_json
 *         ends the query or from_json gives NULL, the value is null
 * Limit   JSON.parse has lost how a number was spelt, so 1.0 where a text is due is '1' here and '1.0' there, and -0 keeps its
 *         sign; of a key that occurs twice it keeps the last, from_json the first. Who reads requests checks shapes before
 */
export type JsonObject = Readonly<Record<string, unknown>>;
/** From parsed JSON, or undefined where the element is absent, to a value; null is absent. */
export type ReadJson = (value: unknown) => unknown;

const NO_ELEMENTS: JsonObject = Object.freeze({});
/** The empty collection. */
export const NO_ITEMS: readonly unknown[] = Object.freeze([]);

const READERS: Readonly<Record<string, ReadJson>> = {
  VARCHAR: readText,
  DOUBLE: readDouble,
  INTEGER: readInteger,
  BOOLEAN: readBoolean,
  JSON: (value) => value ?? null,
};

/** The reader of one value of the structure: a type name, or an object of further structures. */
export function readerOf(structure: unknown): ReadJson {
  return typeof structure === 'string' ? READERS[structure]! : readObject;
}

/** Items of a list, each as its reader makes it; no items where there is no list. */
export function readItems(value: unknown, read: ReadJson): readonly unknown[] {
  if (!Array.isArray(value)) return NO_ITEMS;
  const items: readonly unknown[] = value;
  // Nearly always every item is already what it should be, and then the list is not copied.
  for (const item of items) if (read(item) !== item) return items.map(read);
  return items;
}

export function readObject(value: unknown): JsonObject | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : NO_ELEMENTS;
}

function readText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value as number | boolean);
}

function readDouble(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value) ? Number(value) : null;
}

function readInteger(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value);
  const isWholeText = typeof value === 'string' && /^\s*-?\d+\s*$/.test(value);
  if (typeof value !== 'number' && !isWholeText) return null;
  const whole = roundHalfEven(Number(value));
  return whole >= -2_147_483_648 && whole <= 2_147_483_647 ? whole : null;
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return (Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded) + 0;
}

function readBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value !== 0 : null;
  if (typeof value !== 'string') return null;
  if (/^(?:true|t|yes|y)$/i.test(value)) return true;
  return /^(?:false|f|no|n)$/i.test(value) ? false : null;
}
