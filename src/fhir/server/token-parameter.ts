/**
 * Codes, identifiers and flags in searches: `code`, `system|code`, `system|` (any code of it) and `|code` (no system).
 *
 * Choice  case-sensitive, as R4 advises where the system does not say otherwise; the text of a CodeableConcept is not searched
 * Source  FHIR R4 search.html#token
 */
import { RequestRefusal } from './operation-outcome.ts';
import { valuesAt } from './references.ts';
import type { TokenParameter } from './search-parameters.ts';

export interface TokenTest {
  /** undefined: any system; null: none. */
  readonly system: string | null | undefined;
  /** undefined: any code of the system. */
  readonly code: string | undefined;
}

interface Token {
  readonly system: string | undefined;
  readonly code: string | undefined;
}

/** @param parts  the value split at unescaped bars @throws {RequestRefusal} 400 for more than one bar, or nothing to match */
export function parseTokenTest(parts: readonly string[], parameter: string): TokenTest {
  const [first = '', second] = parts;
  if (parts.length > 2 || (first === '' && (second ?? '') === '')) {
    throw new RequestRefusal(400, 'value', `${parameter}: expected code, system|code, system| or |code`);
  }
  if (second === undefined) return { system: undefined, code: first };
  return { system: first === '' ? null : first, code: second === '' ? undefined : second };
}

export function matchesToken(tests: readonly TokenTest[], resource: unknown, parameter: TokenParameter): boolean {
  const tokens = parameter.paths.flatMap((path) =>
    valuesAt(resource, path).flatMap((value) => tokensOf(value, parameter.system)),
  );
  return tokens.some((token) => tests.some((test) => matchesOne(test, token)));
}

function matchesOne(test: TokenTest, token: Token): boolean {
  if (test.system === null ? token.system !== undefined : test.system !== undefined && test.system !== token.system) return false;
  return test.code === undefined || test.code === token.code;
}

/** Code, boolean, Coding, CodeableConcept and Identifier, told apart by their shape. */
function tokensOf(value: unknown, system: string | undefined): Token[] {
  if (typeof value === 'string' || typeof value === 'boolean') return [{ system, code: String(value) }];
  if (value === null || typeof value !== 'object') return [];
  const element = value as { coding?: unknown; system?: unknown; code?: unknown; value?: unknown };
  if (Array.isArray(element.coding)) return element.coding.flatMap((coding) => tokensOf(coding, undefined));
  const own = typeof element.system === 'string' ? element.system : undefined;
  const code = element.code ?? element.value;
  return [{ system: own, code: typeof code === 'string' ? code : undefined }];
}
