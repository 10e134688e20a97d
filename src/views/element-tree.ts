/**
 * The elements a view reads, as a tree: from it come the columns of the JSON reader, so nothing else is parsed into values.
 *
 * In      the steps of the view's paths, recorded while they are compiled
 * Out     DuckDB column types for read_json, and the same structure for from_json
 * Choice  a complex element of which no child is read (`contact.exists()`) is kept as JSON text; the type of an element is never
 *         inferred from data, so a late or deep surprise in a file cannot change a table
 */
import { primitiveSqlType } from './r4-elements.ts';
import { sqlName } from './sql-text.ts';

export class ElementTree {
  private readonly children = new Map<string, { readonly tree: ElementTree; readonly isMany: boolean }>();
  private readonly type: string;

  constructor(type: string) {
    this.type = type;
  }

  /** Records that an element is read; the same element twice is one child. */
  read(name: string, type: string, isMany: boolean): ElementTree {
    const known = this.children.get(name);
    if (known !== undefined) return known.tree;
    const tree = new ElementTree(type);
    this.children.set(name, { tree, isMany });
    return tree;
  }

  /** DuckDB type per top-level element, e.g. `{ code: 'STRUCT("coding" STRUCT("code" VARCHAR)[])' }`. */
  columnTypes(): Record<string, string> {
    return Object.fromEntries(
      [...this.children].map(([name, child]) => [name, child.tree.sqlType() + (child.isMany ? '[]' : '')]),
    );
  }

  /** The structure argument of from_json: objects, one-element arrays, and type names. */
  jsonStructure(): unknown {
    if (this.children.size === 0) return this.leafType();
    return Object.fromEntries(
      [...this.children].map(([name, { tree, isMany }]) => [name, isMany ? [tree.jsonStructure()] : tree.jsonStructure()]),
    );
  }

  private sqlType(): string {
    if (this.children.size === 0) return this.leafType();
    const fields = Object.entries(this.columnTypes()).map(([name, type]) => `${sqlName(name)} ${type}`);
    return `STRUCT(${fields.join(', ')})`;
  }

  private leafType(): string {
    return primitiveSqlType(this.type) ?? 'JSON';
  }
}
