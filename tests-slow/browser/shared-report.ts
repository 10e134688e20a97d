/**
 * What is sent between the page that shares a forest, its workers and the test.
 */
import type { SharedForest } from '../../src/forest/shared-forest.ts';

export interface Question {
  readonly shared: SharedForest;
  readonly rows: readonly Float64Array[];
}

export interface Answers {
  readonly outputs: readonly number[];
  /** Attributions per row. */
  readonly values: readonly (readonly number[])[];
  /** Interactions of the first row. */
  readonly pairs: readonly number[];
}

export interface SharedReport {
  /** Whether the browser keeps the page apart from others (COOP and COEP). */
  readonly isIsolated: boolean;
  /** What kind of buffer the forest lies in. */
  readonly buffer: string;
  /** Per worker, over its own part of the rows; null where the forest could not be sent. */
  readonly answers: readonly Answers[] | null;
  /** Why not. */
  readonly refusal: string | null;
  /** Bytes of the memory before workers attach, and after. */
  readonly bytes: readonly [number, number];
}
