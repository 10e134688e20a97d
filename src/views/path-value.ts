/**
 * A FHIRPath collection as a function of parsed JSON: either one value (null = empty) or an array ([] = empty).
 *
 * In      a reader, FHIR type, whether there can be many
 * Out     steps on such values, each the counterpart of the step of the same name in ./sql-value.ts
 * Choice  holes are kept and taken out where the SQL keeps them and takes them out, so that a null in an array shows, or does not
 *         show, alike
 */
import { ViewError } from '../errors.ts';
import { NO_ITEMS, readerOf, readItems, type JsonObject } from './json-shape.ts';
import { primitiveSqlType, type Element } from './r4-elements.ts';

/** From the frame (the resource, or the item a lambda or forEach is at) to the value. */
export type Read = (frame: unknown) => unknown;

export interface PathValue {
  readonly read: Read;
  /** FHIR type; the first one for a choice before ofType(). */
  readonly type: string;
  readonly isMany: boolean;
  readonly hasHoles: boolean;
  /** The part of the view's JSON structure below this value; null for what is not an element. */
  readonly structure: unknown;
  /** A choice element before ofType(): its stem and the value it belongs to. */
  readonly choice: { readonly base: PathValue; readonly element: Element } | null;
}

/** What the evaluation of a path knows around it. */
export interface EvaluatorScope {
  /** Resource type of the view; a path may start with it. */
  readonly resource: string;
  readonly root: PathValue;
  readonly constants: ReadonlyMap<string, PathValue>;
  /** The resource that is being read: under forEach and where() the frame is an item of it. */
  readonly reading: { resource: JsonObject | null };
}

/** Reads the frame itself. */
export const frame: Read = (value) => value;

/** A single value that is no element. */
export function single(read: Read, type: string): PathValue {
  return { read, type, isMany: false, hasHoles: false, structure: null, choice: null };
}

/** One item of a list, or a single value, as the frame of what is evaluated on it. */
export function itemOf(value: PathValue): PathValue {
  return { ...value, read: frame, isMany: false, hasHoles: false };
}

/** A child element under its JSON name. */
export function stepInto(value: PathValue, jsonName: string, type: string, isMany: boolean): PathValue {
  const below = (value.structure as JsonObject | null)?.[jsonName];
  const structure = (isMany ? (below as readonly unknown[] | undefined)?.[0] : below) ?? primitiveSqlType(type) ?? {};
  const readOne = readerOf(structure);
  const child: Read = isMany
    ? (parent) => (parent === null ? NO_ITEMS : readItems((parent as JsonObject)[jsonName], readOne))
    : (parent) => (parent === null ? null : readOne((parent as JsonObject)[jsonName]));
  const base = { type, structure, choice: null };
  const isPrimitive = primitiveSqlType(type) !== undefined;
  if (!value.isMany) return { ...base, read: compose(value.read, child), isMany, hasHoles: isMany && isPrimitive };
  const read = value.read as (frame: unknown) => readonly unknown[];
  return {
    ...base,
    read: isMany ? (at) => flatten(read(at), child as typeof read) : (at) => read(at).map(child),
    isMany: true,
    hasHoles: !isMany || isPrimitive,
  };
}

/** Applies a function to the value, or to each item of a list. */
export function mapItems(value: PathValue, type: string, map: Read): PathValue {
  if (!value.isMany) return single(compose(value.read, map), type);
  const read = value.read as (frame: unknown) => readonly unknown[];
  return { ...single((at) => read(at).map(map), type), isMany: true, hasHoles: true };
}

/** The same list without nulls. */
export function withoutHoles(value: PathValue): PathValue {
  if (!value.isMany || !value.hasHoles) return value;
  const read = value.read as (frame: unknown) => readonly unknown[];
  const clean: Read = (at) => {
    const items = read(at);
    return items.includes(null) ? items.filter((item) => item !== null) : items;
  };
  return { ...value, read: clean, hasHoles: false };
}

/** Item number `index` (from 0) of the collection, null when there are fewer. */
export function itemAt(value: PathValue, index: number): PathValue {
  if (!value.isMany) return index === 0 ? value : { ...value, read: () => null };
  const read = withoutHoles(value).read as (frame: unknown) => readonly unknown[];
  return { ...value, read: (at) => read(at)[index] ?? null, isMany: false, hasHoles: false };
}

/** Whether the collection has an item. */
export function existsIn(value: PathValue): (frame: unknown) => boolean {
  const { read, isMany } = withoutHoles(value);
  return isMany ? (at) => (read(at) as readonly unknown[]).length > 0 : (at) => read(at) !== null;
}

function flatten(parents: readonly unknown[], children: (parent: unknown) => readonly unknown[]): readonly unknown[] {
  return parents.length === 1 ? children(parents[0]) : parents.flatMap(children);
}

function compose(first: Read, then: Read): Read {
  return first === frame ? then : (at) => then(first(at));
}

/** For what compileView refuses, and so cannot come. */
export function notCompiled(what: string): never {
  throw new ViewError('VIEW_INVALID', `expected a view that was compiled, found ${what}; compile it first`);
}
