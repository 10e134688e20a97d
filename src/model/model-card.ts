/**
 * Model card: what the model is for, what it is not for, what it was made from and how well it did, for a reader who must decide.
 *
 * In      header and results of a run, statements of people, records of later validations
 * Out     card.json (the Applied Model Card by its own names, 31 source attributes, PROBAST+AI, TRIPOD+AI) and card.md, the same for people
 * Choice  every field is stated, computed or said to be "not available"; nothing is blank and nothing is guessed
 * Source  Coalition for Health AI, Applied Model Card, schema v0.2; 45 CFR 170.315(b)(11)(iv)(B); doi:10.1136/bmj-2024-082505;
 *         doi:10.1136/bmj-2023-078378
 */
import { stableJson } from '../util/stable-json.ts';
import { sourceAttributes, type SourceAttributes } from './card-attributes.ts';
import { cardDetails, type CardDetails } from './card-details.ts';
import { limitsOf } from './card-limits.ts';
import { cardMarkdown } from './card-markdown.ts';
import { probastAssessment, type Probast } from './card-probast.ts';
import type { CardRecords } from './card-records.ts';
import { CARD_FORMAT, CARD_FORMAT_VERSION } from './card-schema.ts';
import { appliedModelCard, type AppliedModelCard } from './card-sections.ts';
import type { CardSources } from './card-sources.ts';
import type { CardStatements } from './card-statements.ts';
import { tripodReport, type Tripod } from './card-tripod.ts';
import type { ModelMetrics } from './metrics.ts';
import type { ModelHeader } from './model-header.ts';

export interface ModelCard {
  readonly format: typeof CARD_FORMAT;
  readonly formatVersion: typeof CARD_FORMAT_VERSION;
  readonly notForPatientCare: boolean;
  readonly warnings: readonly string[];
  readonly appliedModelCard: AppliedModelCard;
  readonly sourceAttributes: SourceAttributes;
  readonly assessments: { readonly probastAi: Probast; readonly tripodAi: Tripod };
  readonly details: CardDetails;
  readonly statements: CardStatements;
  readonly records: Required<CardRecords>;
}

/**
 * @param statements  of card.yaml; what is not stated there is computed or said to be not available
 * @param records     what happened to the model after its training
 * @returns           card.json as an object, and card.md
 */
export function buildCard(
  header: ModelHeader,
  metrics: ModelMetrics,
  statements: CardStatements = {},
  records: CardRecords = {},
): { readonly card: ModelCard; readonly markdown: string } {
  const sources = asStored({
    header,
    metrics,
    statements,
    records: { external: records.external ?? [], monitoring: records.monitoring ?? [], parents: records.parents ?? [] },
  });
  const attributes = sourceAttributes(sources);
  const card: ModelCard = {
    format: CARD_FORMAT,
    formatVersion: CARD_FORMAT_VERSION,
    notForPatientCare: header.training.synthetic,
    warnings: limitsOf(sources),
    appliedModelCard: appliedModelCard(sources, attributes),
    sourceAttributes: attributes,
    assessments: { probastAi: probastAssessment(sources), tripodAi: tripodReport(sources, attributes) },
    details: cardDetails(sources),
    statements: sources.statements,
    records: sources.records,
  };
  return { card, markdown: cardMarkdown(card) };
}

/** As it comes back from the folder, keys in order and NaN as null: a card written again from there is the same. */
function asStored(sources: CardSources): CardSources {
  return JSON.parse(stableJson(sources)) as CardSources;
}
