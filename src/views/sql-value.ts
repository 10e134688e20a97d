/**
 * A FHIRPath collection as DuckDB SQL: either one value (NULL = empty) or a LIST (NULL or [] = empty).
 *
 * In      SQL text, FHIR type, whether there can be many
 * Out     steps on such values: a child element, each item, the non-null items, the first
 * Form    an element of the resource is a field of a STRUCT; what lies within a contained resource, of which the type is not known before it
 *         is read, is JSON and parsed step by step
 * Choice  whether something can be many is known from the R4 definitions, never from data; a list made by stepping may hold
 *         NULL where an item lacks the child (`hasHoles`), and those are taken out only where it shows. FHIR has null in arrays of
 *         primitives only, so arrays of complex elements are taken as they are
 */
import type { ElementTree } from './element-tree.ts';
import { primitiveSqlType, type Element } from './r4-elements.ts';
import { sqlName, sqlString } from './sql-text.ts';

export interface SqlValue {
  readonly sql: string;
  /** FHIR type; several only for a choice before ofType(). */
  readonly types: readonly string[];
  readonly isMany: boolean;
  readonly hasHoles: boolean;
  /** Each value is JSON: a contained resource, or a complex element of one. */
  readonly isJson: boolean;
  /** Where child elements are recorded; null for what is not an element (literals, results of functions). */
  readonly tree: ElementTree | null;
  /** A choice element before ofType(): its stem and the value it belongs to. */
  readonly choice: { readonly base: SqlValue; readonly element: Element } | null;
}

/** A single value that is no element. */
export function scalar(sql: string, type: string): SqlValue {
  return { sql, types: [type], isMany: false, hasHoles: false, isJson: false, tree: null, choice: null };
}

/** Names for lambda parameters, never the same twice in one view. */
export class Names {
  private count = 0;
  next(): string {
    this.count += 1;
    return `x${this.count}`;
  }
}

/** One item of a list as a value of its own, under the name of a lambda parameter. */
export function itemOf(value: SqlValue, name: string): SqlValue {
  return { ...value, sql: name, isMany: false, hasHoles: false };
}

/** Applies SQL to the value, or to each item of a list; `map` must not return a list. */
export function mapItems(value: SqlValue, names: Names, type: string, map: (sql: string) => string): SqlValue {
  if (!value.isMany) return scalar(map(value.sql), type);
  const name = names.next();
  return { ...scalar(`list_transform(${value.sql}, lambda ${name}: ${map(name)})`, type), isMany: true, hasHoles: true };
}

/** A child element under its JSON name; recorded in the tree of what the view reads. */
export function stepInto(value: SqlValue, names: Names, jsonName: string, type: string, isMany: boolean): SqlValue {
  const tree = value.tree?.read(jsonName, type, isMany) ?? null;
  const primitive = primitiveSqlType(type);
  const isPrimitive = primitive !== undefined;
  const shape = { [jsonName]: isMany ? [primitive ?? 'JSON'] : (primitive ?? 'JSON') };
  const field = (sql: string): string => {
    if (value.isJson) return `(from_json(${sql}, ${sqlString(JSON.stringify(shape))})).${sqlName(jsonName)}`;
    return /^[\w."]+$/.test(sql) ? `${sql}.${sqlName(jsonName)}` : `(${sql}).${sqlName(jsonName)}`;
  };
  const base = { types: [type], tree, choice: null, isJson: value.isJson && !isPrimitive };
  if (!value.isMany) return { ...base, sql: field(value.sql), isMany, hasHoles: isMany && isPrimitive };
  const name = names.next();
  const children = `list_transform(${value.sql}, lambda ${name}: ${field(name)})`;
  return { ...base, sql: isMany ? `flatten(${children})` : children, isMany: true, hasHoles: !isMany || isPrimitive };
}

/** The same list without NULL items. */
export function withoutHoles(value: SqlValue, names: Names): SqlValue {
  if (!value.isMany || !value.hasHoles) return value;
  const name = names.next();
  return { ...value, sql: `list_filter(${value.sql}, lambda ${name}: ${name} IS NOT NULL)`, hasHoles: false };
}

/** Item number `index` (from 0) of the collection, empty when there are fewer. */
export function itemAt(value: SqlValue, names: Names, index: number): SqlValue {
  if (!value.isMany) return index === 0 ? value : { ...value, sql: `CASE WHEN FALSE THEN ${value.sql} END` };
  return { ...value, sql: `(${withoutHoles(value, names).sql})[${index + 1}]`, isMany: false, hasHoles: false };
}

/** TRUE where the collection has an item, else FALSE; never NULL. */
export function existsSql(value: SqlValue, names: Names): string {
  if (!value.isMany) return `(${value.sql} IS NOT NULL)`;
  return `coalesce(len(${withoutHoles(value, names).sql}) > 0, FALSE)`;
}
