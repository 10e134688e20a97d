/**
 * The FHIRPath functions of the subset over parsed JSON, one entry each: what ./path-functions.ts is to SQL.
 *
 * In      a call: its input value, its arguments as trees, the scope
 * Out     PathValue
 * Choice  the same table of names as the compiler's; a test runs every case of the compiler here too
 */
import type { Expression } from './fhirpath-parser.ts';
import { existsIn, frame, itemAt, itemOf, mapItems, notCompiled, single, stepInto, withoutHoles } from './path-value.ts';
import type { EvaluatorScope, PathValue, Read } from './path-value.ts';
import { choiceName } from './r4-elements.ts';

const SLASH = 47;
const QUESTION_MARK = 63;

type Call = Extract<Expression, { kind: 'call' }>;
export type EvaluateArgument = (tree: Expression, focus: PathValue) => PathValue;
type Run = (input: PathValue, args: readonly Expression[], evaluate: EvaluateArgument, scope: EvaluatorScope) => PathValue;

const FUNCTIONS: Readonly<Record<string, Run>> = {
  first: (input) => itemAt(input, 0),
  exists: (input, [criteria], evaluate) =>
    single(exists(criteria === undefined ? input : where(input, criteria, evaluate)), 'boolean'),
  empty: (input) => {
    const hasItems = exists(input);
    return single((at) => !hasItems(at), 'boolean');
  },
  not: ({ read }) =>
    single((at) => {
      const value = read(at);
      return value === null ? null : value !== true;
    }, 'boolean'),
  where: (input, [criteria], evaluate) => where(input, criteria!, evaluate),
  ofType: (input, [type]) => ofType(input, typeName(type)),
  extension,
  iif,
  join,
  startsWith: (input, [prefix]) => {
    const start = textOf(prefix);
    return mapItems(input, 'boolean', (text) => (text === null ? null : (text as string).startsWith(start)));
  },
  upper: (input) =>
    mapItems(input, 'string', (text) =>
      text === null ? null : (text as string).replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
    ),
  replace: (input, [pattern, substitution]) => {
    const [from, to] = [textOf(pattern), textOf(substitution)];
    return mapItems(input, 'string', (text) => (text === null ? null : (text as string).split(from).join(to)));
  },
  resolve: (input, _args, _evaluate, scope) => resolve(input, scope),
  getResourceKey: (input, _args, _evaluate, { resource }) => {
    const id = stepInto(input, 'id', 'id', false);
    return mapItems(id, 'string', (text) => (text === null ? null : `${resource}/${text as string}`));
  },
  getReferenceKey: (input, [type]) => {
    const reference = stepInto(input, 'reference', 'string', false);
    return mapItems(reference, 'string', referenceKey(type === undefined ? null : typeName(type)));
  },
};

export function evaluateCall(call: Call, input: PathValue, scope: EvaluatorScope, evaluate: EvaluateArgument): PathValue {
  const run = Object.hasOwn(FUNCTIONS, call.name) ? FUNCTIONS[call.name]! : notCompiled(`${call.name}()`);
  return run(input, call.args, evaluate, scope);
}

function where(value: PathValue, criteria: Expression, evaluate: EvaluateArgument): PathValue {
  if (!value.isMany) {
    // On the value itself, not on an item of its own: the resource stays the resource, and a path may start with its type.
    const condition = evaluate(criteria, value).read;
    return { ...value, read: (at) => (condition(at) === true ? value.read(at) : null) };
  }
  const condition = evaluate(criteria, itemOf(value)).read;
  return keep(value, (item) => condition(item) === true);
}

function keep(value: PathValue, isKept: (item: unknown) => boolean): PathValue {
  const read = value.read as (frame: unknown) => readonly unknown[];
  return { ...value, read: (at) => read(at).filter(isKept) };
}

function ofType(input: PathValue, type: string): PathValue {
  const { choice } = input;
  if (choice === null && input.type === anyResource) return resourceOfType(input, type);
  const { base, element } = choice ?? notCompiled(`ofType(${type})`);
  return stepInto(base, choiceName(element.name, type), type, element.isMany);
}

/** The type of what resolve() gives, until ofType() says more. */
const anyResource = 'Resource';

function resourceOfType(input: PathValue, type: string): PathValue {
  const typeOf = stepInto(itemOf(input), 'resourceType', 'code', false).read;
  if (input.isMany) return { ...keep(input, (item) => typeOf(item) === type), type, hasHoles: false };
  return {
    ...input,
    type,
    read: (at) => {
      const resource = input.read(at);
      return typeOf(resource) === type ? resource : null;
    },
  };
}

/** A reference `#id` to the contained resource of that id; null for any other reference. */
function resolve(input: PathValue, { root, reading }: EvaluatorScope): PathValue {
  const reference = stepInto(input, 'reference', 'string', false);
  const contained = stepInto(root, 'contained', anyResource, true).read as (resource: unknown) => readonly unknown[];
  const idOf = stepInto(single(frame, anyResource), 'id', 'id', false).read;
  return mapItems(reference, anyResource, (text) => {
    if (text === null || !(text as string).startsWith('#')) return null;
    return contained(reading.resource).find((item) => `#${idOf(item) as string}` === text && idOf(item) !== null) ?? null;
  });
}

function exists(value: PathValue): (frame: unknown) => boolean {
  if (value.choice === null) return existsIn(value);
  const variants = value.choice.element.types.map((type) => existsIn(ofType(value, type)));
  return (at) => variants.some((variant) => variant(at));
}

function extension(input: PathValue, [url]: readonly Expression[], evaluate: EvaluateArgument): PathValue {
  const wanted = evaluate(url!, input).read;
  const all = stepInto(input, 'extension', 'Extension', true);
  const read = all.read as (frame: unknown) => readonly unknown[];
  const itsUrl = stepInto(itemOf(all), 'url', 'uri', false).read;
  const matching: Read = (at) => {
    const extensions = read(at);
    if (extensions.length === 0) return extensions;
    const text = wanted(at);
    return extensions.filter((item) => text !== null && itsUrl(item) === text);
  };
  return { ...all, read: matching, hasHoles: false };
}

function iif(input: PathValue, [criterion, then, otherwise]: readonly Expression[], evaluate: EvaluateArgument): PathValue {
  const condition = evaluate(criterion!, input).read;
  const yes = evaluate(then!, input);
  if (otherwise !== undefined) {
    const no = evaluate(otherwise, input).read;
    return single((at) => (condition(at) === true ? yes.read(at) : no(at)), yes.type);
  }
  const none = yes.isMany ? [] : null;
  return { ...yes, read: (at) => (condition(at) === true ? yes.read(at) : none) };
}

function join(input: PathValue, [separator]: readonly Expression[]): PathValue {
  if (!input.isMany) return single(input.read, 'string');
  const between = separator?.kind === 'literal' ? separator.text : '';
  const read = withoutHoles(input).read as (frame: unknown) => readonly string[];
  return single((at) => read(at).join(between) || null, 'string');
}

/** `Type/id` of a reference that is relative, absolute or versioned; else null. Nearly all are relative and need no pattern. */
function referenceKey(type: string | null): Read {
  const id = '[A-Za-z0-9.\\-]{1,64}';
  // [^\n] and not a point: RE2's point is every character but the line feed, JavaScript's knows more line ends.
  const pattern = new RegExp(`^(?:https?://[^\\n]*/)?(${type ?? '[A-Z][A-Za-z]+'}/${id})(?:/_history/${id})?$`);
  const key = (text: string): string | null => pattern.exec(text)?.[1] ?? null;
  if (type === null) return (text) => (text === null ? null : key(text as string));
  const prefix = `${type}/`;
  return (value) => {
    if (value === null) return null;
    const text = value as string;
    return text.startsWith(prefix) && isPlainId(text, prefix.length) ? text : key(text);
  };
}

/** 1 to 64 bytes from `start` to the end of the text, none of them a slash or a question mark. */
function isPlainId(text: string, start: number): boolean {
  const { length } = text;
  if (length === start || length > start + 64) return false;
  for (let i = start; i < length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === SLASH || code === QUESTION_MARK) return false;
    if (code > 127 && Buffer.byteLength(text) > start + 64) return false;
  }
  return true;
}

function textOf(tree: Expression | undefined): string {
  return tree?.kind === 'literal' ? tree.text : notCompiled('another argument than a text');
}

function typeName(tree: Expression | undefined): string {
  return tree?.kind === 'member' ? tree.name : notCompiled('another expression than a type');
}
