/**
 * What this package asks of a DataFrame, stated by its shape: danfojs-node is optional, and our types must be readable without it.
 *
 * Choice  where danfojs-node is installed, its own type says more: `(await toDanfo(…)) as unknown as DataFrame`
 */

/** What is read of a DataFrame; danfo's has it, and so has an object made by hand. */
export interface DataFrameLike {
  readonly columns: readonly string[];
  /** Row after row. */
  readonly values: readonly unknown[];
}

/** A column of a danfo DataFrame. */
export interface DanfoSeries {
  readonly values: unknown[];
  mean(): number;
  median(): number;
  sum(): number;
  min(): number;
  max(): number;
  count(): number;
  unique(): DanfoSeries;
  valueCounts(): DanfoSeries;
  dropNa(): DanfoSeries;
  apply(callable: (value: never, row: number) => unknown): DanfoSeries;
  eq(other: unknown): DanfoSeries;
  gt(other: unknown): DanfoSeries;
  ge(other: unknown): DanfoSeries;
  lt(other: unknown): DanfoSeries;
  le(other: unknown): DanfoSeries;
  toString(): string;
}

/** A danfo DataFrame, as far as an analysis mostly needs it. */
export interface DanfoFrame extends DataFrameLike {
  readonly columns: string[];
  readonly values: unknown[];
  readonly shape: number[];
  readonly dtypes: string[];
  readonly index: (string | number)[];
  column(name: string): DanfoSeries;
  head(rows?: number): DanfoFrame;
  tail(rows?: number): DanfoFrame;
  loc(at: { rows?: unknown; columns?: readonly string[] }): DanfoFrame;
  query(condition: DanfoSeries): DanfoFrame;
  sortValues(by: string, options?: { ascending?: boolean }): DanfoFrame;
  addColumn(name: string, values: ArrayLike<unknown> | DanfoSeries, options?: { inplace?: boolean }): DanfoFrame;
  drop(options: { columns: readonly string[] }): DanfoFrame;
  groupby(by: readonly string[]): { col(names: readonly string[]): DanfoGroups; [operation: string]: unknown };
  describe(): DanfoFrame;
  toString(): string;
  print(): void;
}

/** A summary gives a DataFrame with the columns of the groups and one column a summary, such as age_years_mean. */
export interface DanfoGroups {
  mean(): DanfoFrame;
  sum(): DanfoFrame;
  count(): DanfoFrame;
  min(): DanfoFrame;
  max(): DanfoFrame;
}

/** What is used of the module danfojs-node. */
export interface Danfo {
  readonly DataFrame: new (data: unknown, options?: { columns?: readonly string[] }) => DanfoFrame;
}
