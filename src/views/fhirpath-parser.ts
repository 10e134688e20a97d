/**
 * Reads a FHIRPath text into a tree.
 *
 * In      the text of a path
 * Out     Expression; `a.b` is member(member(this, a), b)
 * Choice  the subset of SQL-on-FHIR's shareable views that our views need. What FHIRPath has beyond it (arithmetic, `|`, `is`,
 *         `as`, `in`, `~`, `implies`, `xor`, `&`, `{}`) is recognised and refused by name
 * Source  FHIRPath N1, precedence of operators, http://hl7.org/fhirpath/N1/#operator-precedence
 */
import { ViewError } from '../errors.ts';
import { tokenize, type Token } from './fhirpath-lexer.ts';

export type BinaryOperator = 'and' | 'or' | '=' | '!=' | '<' | '>' | '<=' | '>=';

export type Expression =
  | { readonly kind: 'this' }
  | { readonly kind: 'literal'; readonly type: 'string' | 'boolean' | 'integer' | 'decimal'; readonly text: string }
  | { readonly kind: 'constant'; readonly name: string }
  | { readonly kind: 'member'; readonly base: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly base: Expression; readonly index: number }
  | { readonly kind: 'call'; readonly base: Expression; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression };

/** Loosest first; operators of one level are read left to right. */
const LEVELS: readonly (readonly string[])[] = [
  ['implies'],
  ['or', 'xor'],
  ['and'],
  ['in', 'contains'],
  ['=', '!=', '~', '!~'],
  ['<', '>', '<=', '>='],
  ['|'],
  ['is', 'as'],
  ['+', '-', '&'],
  ['*', '/', 'div', 'mod'],
];
const SUPPORTED = new Set<string>(['and', 'or', '=', '!=', '<', '>', '<=', '>=']);

class Parser {
  private readonly tokens: Token[];
  private next = 0;

  constructor(text: string) {
    this.tokens = tokenize(text);
  }

  parse(): Expression {
    const expression = this.level(0);
    const rest = this.peek();
    if (rest.kind !== 'end') throw this.unexpected(rest, 'the end of the path');
    return expression;
  }

  private peek(): Token {
    return this.tokens[this.next]!;
  }

  private take(): Token {
    return this.tokens[this.next++]!;
  }

  private isSymbol(text: string): boolean {
    const token = this.peek();
    return token.kind === 'symbol' && token.text === text;
  }

  private expect(symbol: string): void {
    const token = this.take();
    if (token.kind !== 'symbol' || token.text !== symbol) throw this.unexpected(token, `'${symbol}'`);
  }

  private unexpected(token: Token, expected: string): ViewError {
    const found = token.kind === 'end' ? 'the end' : `'${token.text}'`;
    return new ViewError('VIEW_SYNTAX', `expected ${expected}, found ${found} at position ${token.at}`);
  }

  private level(depth: number): Expression {
    const operators = LEVELS[depth];
    if (operators === undefined) return this.postfix();
    let left = this.level(depth + 1);
    for (;;) {
      const token = this.peek();
      const isOperator =
        (token.kind === 'symbol' || (token.kind === 'name' && !token.isQuoted)) && operators.includes(token.text);
      if (!isOperator) return left;
      if (!SUPPORTED.has(token.text)) {
        throw new ViewError('VIEW_UNSUPPORTED', `operator '${token.text}' at position ${token.at}`);
      }
      this.take();
      left = { kind: 'binary', operator: token.text as BinaryOperator, left, right: this.level(depth + 1) };
    }
  }

  private postfix(): Expression {
    let base = this.term();
    for (;;) {
      if (this.isSymbol('.')) {
        this.take();
        const token = this.take();
        if (token.kind !== 'name') throw this.unexpected(token, 'an element or function name');
        base = this.invocation(base, token);
      } else if (this.isSymbol('[')) {
        this.take();
        const token = this.take();
        if (token.kind !== 'integer')
          throw new ViewError('VIEW_UNSUPPORTED', `an index that is not a whole number at position ${token.at}`);
        this.expect(']');
        base = { kind: 'index', base, index: Number(token.text) };
      } else return base;
    }
  }

  private invocation(base: Expression, token: Token): Expression {
    if (!this.isSymbol('(')) return { kind: 'member', base, name: token.text };
    this.take();
    const args: Expression[] = [];
    if (!this.isSymbol(')')) {
      do args.push(this.level(0));
      while (this.isSymbol(',') && this.take());
    }
    this.expect(')');
    return { kind: 'call', base, name: token.text, args };
  }

  private term(): Expression {
    const token = this.take();
    switch (token.kind) {
      case 'string':
      case 'integer':
      case 'decimal':
        return { kind: 'literal', type: token.kind, text: token.text };
      case 'constant':
        return { kind: 'constant', name: token.text };
      case 'variable':
        if (token.text === 'this') return { kind: 'this' };
        throw new ViewError('VIEW_UNSUPPORTED', `variable '$${token.text}' at position ${token.at}`);
      case 'name':
        if (!token.isQuoted && (token.text === 'true' || token.text === 'false')) {
          return { kind: 'literal', type: 'boolean', text: token.text };
        }
        return this.invocation({ kind: 'this' }, token);
      case 'symbol':
        if (token.text === '(') {
          const inner = this.level(0);
          this.expect(')');
          return inner;
        }
        if (token.text === '-' || token.text === '+') return this.signed(token);
        if (token.text === '{') throw new ViewError('VIEW_UNSUPPORTED', `the empty collection '{}' at position ${token.at}`);
        throw this.unexpected(token, 'a path');
      case 'end':
        throw this.unexpected(token, 'a path');
    }
  }

  private signed(sign: Token): Expression {
    const token = this.take();
    if (token.kind !== 'integer' && token.kind !== 'decimal') {
      throw new ViewError(
        'VIEW_UNSUPPORTED',
        `operator '${sign.text}' before something that is not a number at position ${sign.at}`,
      );
    }
    return { kind: 'literal', type: token.kind, text: sign.text === '-' ? `-${token.text}` : token.text };
  }
}

/**
 * @param text  FHIRPath
 * @throws {ViewError} VIEW_SYNTAX or VIEW_UNSUPPORTED, with the position in the text
 */
export function parseFhirPath(text: string): Expression {
  return new Parser(text).parse();
}
