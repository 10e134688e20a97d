/**
 * What a card is made from, in one place for everything that writes a part of it.
 */
import { z } from 'zod';
import type { CardRecords, ExternalValidationRecord, MonitoringRecord } from './card-records.ts';
import type { CardStatements } from './card-statements.ts';
import type { HeldOutEvidence, MetricIntervals, ModelMetrics, SubgroupResults } from './metrics.ts';
import type { ModelHeader } from './model-header.ts';

/** Said in every card of a model trained on made-up records, word for word. */
const SYNTHETIC_RECORDS = 'trained on Synthea: synthetic data, not for clinical use';
/** Of a table nothing is known but that whoever gave it says so. */
const SYNTHETIC_TABLE = 'trained on a table of made-up patients: synthetic data, not for clinical use';

/** What it was trained on, of a model whose training patients are made up. */
export function syntheticSentence(header: Pick<ModelHeader, 'cohort'>): string {
  return ownTable(header) === undefined ? SYNTHETIC_RECORDS : SYNTHETIC_TABLE;
}

export interface CardSources {
  readonly header: ModelHeader;
  readonly metrics: ModelMetrics;
  readonly statements: CardStatements;
  readonly records: Required<CardRecords>;
}

const DefinitionSchema = z.looseObject({
  description: z.string().trim().min(1).optional(),
  labels: z.looseObject({ name: z.string() }).optional(),
  table: z.looseObject({}).optional(),
});

/** What the card reads of a cohort definition; empty for one of another form. */
export function cohortFacts(header: Pick<ModelHeader, 'cohort'>): z.infer<typeof DefinitionSchema> {
  const parsed = DefinitionSchema.safeParse(header.cohort.definition);
  return parsed.success ? parsed.data : {};
}

/** Name of the table a model was trained on in the place of records; undefined where it was records. */
export function ownTable(header: Pick<ModelHeader, 'cohort'>): string | undefined {
  const { table, labels } = cohortFacts(header);
  return table === undefined ? undefined : (labels?.name ?? header.cohort.name);
}

/** Whether the outcome is found by the rules of this software, and not read from labels. */
export function hasRuledOutcome(header: Pick<ModelHeader, 'cohort'>): boolean {
  return cohortFacts(header).labels === undefined;
}

/** Evidence on held-out patients of the training data, where it was computed. */
export function groupedEvidence({ metrics }: CardSources): HeldOutEvidence | undefined {
  return metrics.evidence?.grouped ?? undefined;
}

/** Figures of the model in the first validation, from the evidence where there is one. */
export function headlineFigures(sources: CardSources): MetricIntervals {
  return groupedEvidence(sources)?.headline['forest'] ?? sources.metrics.validations[0]?.results['forest'] ?? {};
}

/** Figures of the models it is held against, by name. */
export function baselineFigures(sources: CardSources): Readonly<Record<string, MetricIntervals>> {
  const all = groupedEvidence(sources)?.headline ?? sources.metrics.validations[0]?.results ?? {};
  return Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'forest'));
}

export function groupedSubgroups(sources: CardSources): readonly SubgroupResults[] {
  return groupedEvidence(sources)?.subgroups ?? [];
}

export function lastExternal({ records }: CardSources): ExternalValidationRecord | undefined {
  return records.external.at(-1);
}

export function lastMonitoring({ records }: CardSources): MonitoringRecord | undefined {
  return records.monitoring.at(-1);
}

/** The last monitoring that knew outcomes. */
export function lastLocalValidity({ records }: CardSources): MonitoringRecord | undefined {
  return records.monitoring.findLast(({ figures }) => Object.keys(figures).length > 0);
}
