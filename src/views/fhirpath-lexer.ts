/**
 * Cuts a FHIRPath text into tokens.
 *
 * In      the text of a path
 * Out     tokens with their position, ended by one of kind "end"
 * Choice  date and time literals (`@2020-01-01`) are refused by name: dates are compared downstream, as milliseconds
 * Source  FHIRPath N1 grammar, http://hl7.org/fhirpath/N1/grammar.html
 */
import { ViewError } from '../errors.ts';

export type TokenKind = 'name' | 'string' | 'integer' | 'decimal' | 'constant' | 'variable' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Names and strings without their quotes and escapes; constants and variables without `%` and `$`. */
  readonly text: string;
  /** A name in backticks is never a keyword. */
  readonly isQuoted: boolean;
  readonly at: number;
}

const PATTERN =
  /(?<space>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<decimal>\d+\.\d+)|(?<integer>\d+)|(?<name>[A-Za-z_]\w*)|`(?<quoted>(?:[^\\`]|\\.)*)`|'(?<string>(?:[^\\']|\\.)*)'|%(?<constant>[A-Za-z_]\w*|`[^`]*`|'[^']*')|\$(?<variable>[a-z]+)|(?<symbol><=|>=|!=|!~|[.,()[\]{}=<>~|&+*/-])|(?<date>@)/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|(.))/gs, (_all, hex: string | undefined, plain: string | undefined) =>
    hex === undefined ? (ESCAPES[plain ?? ''] ?? plain ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/**
 * @throws {ViewError} VIEW_SYNTAX for a character that starts no token; VIEW_UNSUPPORTED for a date literal
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(PATTERN);
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) {
      throw new ViewError('VIEW_SYNTAX', `expected FHIRPath, found ${JSON.stringify(text.slice(at, at + 8))} at position ${at}`);
    }
    const add = (kind: TokenKind, value: string, isQuoted = false): number => tokens.push({ kind, text: value, isQuoted, at });
    if (groups['decimal'] !== undefined) add('decimal', groups['decimal']);
    else if (groups['integer'] !== undefined) add('integer', groups['integer']);
    else if (groups['name'] !== undefined) add('name', groups['name']);
    else if (groups['quoted'] !== undefined) add('name', unescape(groups['quoted']), true);
    else if (groups['string'] !== undefined) add('string', unescape(groups['string']));
    else if (groups['constant'] !== undefined) add('constant', groups['constant'].replaceAll(/[`']/g, ''));
    else if (groups['variable'] !== undefined) add('variable', groups['variable']);
    else if (groups['symbol'] !== undefined) add('symbol', groups['symbol']);
    else if (groups['date'] !== undefined) {
      throw new ViewError(
        'VIEW_UNSUPPORTED',
        `a date literal at position ${at}; compare the _ms or _ymd column downstream instead`,
      );
    }
    at = pattern.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', isQuoted: false, at });
  return tokens;
}
