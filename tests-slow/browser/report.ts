/**
 * What a page sends back.
 */
import type { BrowserAnswer } from '../../src/browser.ts';

export interface PageReport {
  readonly agent: string;
  /** Whether the page computes in WebAssembly, and whether it could in shared memory. */
  readonly hasKernel: boolean;
  readonly hasSharedKernel: boolean;
  readonly sha256: string;
  readonly answers: readonly BrowserAnswer[];
  /** Of the first row. */
  readonly interactions: readonly (readonly number[])[];
}
