/**
 * A section of the report: an anchor, a heading, its content.
 */
import type { Markup } from '../markup.ts';

export interface Section {
  /** Anchor; letters and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}
