/**
 * Work that can be sent to a thread: named, with arrays only, and made into a panel on arrival.
 */
import type { EvidenceInput, RisksInput } from './evidence-input.ts';
import { evidencePanel } from './evidence-panel.ts';
import type { Panel } from './panel.ts';
import { riskPart } from './risk-figures.ts';

export type DrawWork =
  { readonly kind: 'evidence'; readonly input: EvidenceInput } | { readonly kind: 'risks'; readonly input: RisksInput };

export interface PreparedWork {
  readonly panel: Panel;
  /** Patient number per row. */
  readonly groups: Int32Array;
}

export function prepareWork(work: DrawWork): PreparedWork {
  const panel = work.kind === 'evidence' ? evidencePanel(work.input) : riskPart(work.input);
  return { panel, groups: work.input.groups };
}
