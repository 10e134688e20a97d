/**
 * The 31 source attributes of a predictive decision support intervention, each stated, computed or said to be not available.
 *
 * Choice  the regulation asks them of certified health IT; this software is not such, and publishes them so that a certified record
 *         system can show them
 * Source  ./card-attributes.json
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  CardFieldSchema,
  computed,
  joinLines,
  notAvailable,
  stated,
  statedByDefault,
  statedOrNot,
  type CardField,
} from './card-field.ts';
import { limitsOf } from './card-limits.ts';
import { inputVariables, representativeness, trainingCriteria } from './card-population.ts';
import { ownTable, type CardSources } from './card-sources.ts';
import { monitoringProcess, relevance, updates } from './card-upkeep.ts';
import { biasApproach, decisionRole, intendedPopulation, intendedUse, intendedUsers, outOfScope } from './card-use.ts';
import {
  externalData,
  externalFairness,
  externalParty,
  externalProcess,
  externalRepresentativeness,
  externalValidity,
  fairness,
  localFairness,
  localValidity,
  validity,
} from './card-validity.ts';

export const attributeKeys = [
  'developer',
  'funding',
  'output',
  'outputKind',
  'intendedUse',
  'intendedPopulation',
  'intendedUsers',
  'decisionRole',
  'outOfScope',
  'knownRisks',
  'trainingCriteria',
  'inputVariables',
  'representativeness',
  'relevance',
  'fairnessApproach',
  'biasApproach',
  'externalData',
  'externalParty',
  'externalRepresentativeness',
  'externalProcess',
  'validity',
  'fairness',
  'externalValidity',
  'externalFairness',
  'outcomeEvaluations',
  'validityMonitoring',
  'localValidity',
  'fairnessMonitoring',
  'localFairness',
  'updates',
  'correction',
] as const;
export type AttributeKey = (typeof attributeKeys)[number];

const number = z.int().min(1).max(attributeKeys.length);
const ListSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  citation: z.string(),
  attributes: z.array(z.strictObject({ number, key: z.enum(attributeKeys), paragraph: z.string(), title: z.string() })),
});

/** A source attribute: its field with its place in the regulation. */
export const SourceAttributeSchema = z.strictObject({
  number,
  citation: z.string().min(1),
  title: z.string().min(1),
  ...CardFieldSchema.shape,
});
export type SourceAttribute = Readonly<z.infer<typeof SourceAttributeSchema>>;
export type SourceAttributes = Readonly<Record<AttributeKey, SourceAttribute>>;

/** In the order of the regulation. */
export function sourceAttributes(sources: CardSources): SourceAttributes {
  const { citation, attributes } = ListSchema.parse(
    JSON.parse(readFileSync(new URL('./card-attributes.json', import.meta.url), 'utf8')),
  );
  return Object.fromEntries(
    attributes.map((of): [AttributeKey, SourceAttribute] => [
      of.key,
      { number: of.number, citation: `${citation}${of.paragraph}`, title: of.title, ...writers[of.key](sources) },
    ]),
  ) as SourceAttributes;
}

const writers: Readonly<Record<AttributeKey, (sources: CardSources) => CardField>> = {
  developer: ({ statements: { developer } }) =>
    developer?.name === undefined
      ? notAvailable('state developer.name and developer.contact in card.yaml')
      : stated(`${developer.name}; contact: ${developer.contact ?? 'not available'}`, 'developer'),
  funding: ({ statements }) => statedOrNot(statements.funding, 'funding'),
  output: ({ header }) =>
    computed(
      `A ${header.calibration.kind === 'identity' ? '' : 'calibrated '}probability from 0 to 1 of: ${header.outcome.description}. With it a band (${header.bands.map(({ name }) => name).join(', ')}), ` +
        'attributions that add up to the output of the forest, and what was missing, not covered or outside the training range.',
      { value: header.outcome, evidence: 'model.bin: outcome, bands', computedAt: header.createdAt },
    ),
  outputKind: ({ header }) =>
    computed('Prediction.', { value: 'prediction', evidence: 'the output schema', computedAt: header.createdAt }),
  intendedUse,
  intendedPopulation,
  intendedUsers,
  decisionRole,
  outOfScope,
  knownRisks: (sources) =>
    computed(joinLines(limitsOf(sources)), {
      value: limitsOf(sources),
      evidence: `model.bin, metrics.json, records.json${sources.statements.warnings?.risks === undefined ? '' : '; card.yaml: warnings.risks'}`,
      computedAt: sources.header.createdAt,
    }),
  trainingCriteria,
  inputVariables,
  representativeness,
  relevance,
  fairnessApproach: ({ header, statements }) =>
    statements.fairness?.approach === undefined
      ? statedByDefault(
          ownTable(header) === undefined
            ? 'Figures by sex, age band, race and ethnicity are computed with intervals and held against the rest of the patients; groups with few ' +
                'events are shown without figures. No figure of a group stops a release by itself: that is for people to state.'
            : 'None in the software: a table does not say which of its columns tell groups of patients apart, and no figures by group are computed.',
          'fairness.approach',
        )
      : stated(statements.fairness.approach, 'fairness.approach'),
  biasApproach,
  externalData,
  externalParty,
  externalRepresentativeness,
  externalProcess,
  validity,
  fairness,
  externalValidity,
  externalFairness,
  outcomeEvaluations: ({ statements: { resources } }) =>
    resources?.outcomeEvaluations === undefined
      ? notAvailable('state resources.outcomeEvaluations in card.yaml, "none" where there is none')
      : stated(resources.outcomeEvaluations, 'resources.outcomeEvaluations'),
  validityMonitoring: (sources) => monitoringProcess(sources, 'validity'),
  localValidity,
  fairnessMonitoring: (sources) => monitoringProcess(sources, 'fairness'),
  localFairness,
  updates,
  correction: ({ statements }) => statedOrNot(statements.updates?.correction, 'updates.correction'),
};
