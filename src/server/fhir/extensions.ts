/**
 * The extensions of an answer: what a RiskAssessment has no element for, stated once as data. The StructureDefinitions that are served
 * and the extensions that are written both come from here.
 *
 * Choice  shares on the scale of the forest, and what adds up to it, are from 0 to 1 with 15 decimals, so that the sum can be checked to 12;
 *         more decimals are beyond what FHIR systems keep. Probabilities are in percent, as everywhere in a RiskAssessment
 */
import { canonical } from './canonical.ts';

export type PartType = 'string' | 'code' | 'decimal' | 'boolean' | 'unsignedInt' | 'date' | 'dateTime' | 'Reference';

export interface ExtensionPart {
  readonly type: PartType;
  readonly min: 0 | 1;
  readonly max: '1' | '*';
  readonly short: string;
}

export interface ExtensionSpecification {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly context: 'RiskAssessment' | 'RiskAssessment.prediction';
  readonly max: '1' | '*';
  /** One value, or named parts. */
  readonly value?: { readonly type: PartType; readonly short: string };
  readonly parts?: Readonly<Record<string, ExtensionPart>>;
}

const part = (type: PartType, short: string, min: 0 | 1 = 1, max: '1' | '*' = '1'): ExtensionPart => ({ type, min, max, short });

export const extensionSpecifications = {
  predictionTime: {
    id: 'prediction-time',
    title: 'Prediction time',
    description: 'Nothing recorded after this instant was used. It may lie before the time the assessment was made.',
    context: 'RiskAssessment',
    max: '1',
    value: { type: 'dateTime', short: 'Nothing recorded after it was used' },
  },
  coverage: {
    id: 'record-coverage',
    title: 'What the records covered',
    description:
      'Resource types that were searched, and from when. A feature whose lookback was not searched is missing, never zero.',
    context: 'RiskAssessment',
    max: '1',
    parts: {
      type: part('code', 'Resource type that was searched', 0, '*'),
      from: part('date', 'Date from which was searched; absent: from the beginning', 0),
      assumed: part('boolean', 'True where the request did not say, so that the types in the Bundle were taken'),
    },
  },
  baseRate: {
    id: 'base-rate',
    title: 'Base rate',
    description: 'Share of the training discharges that had the outcome, in percent: what relativeRisk divides by.',
    context: 'RiskAssessment.prediction',
    max: '1',
    value: { type: 'decimal', short: 'Percent' },
  },
  interval: {
    id: 'risk-interval',
    title: 'Interval of the risk',
    description:
      'Where the average risk of discharges like this one lies, by the training discharges with whole patients resampled; and the ' +
      'Venn-Abers pair: what one more discharge could change.',
    context: 'RiskAssessment.prediction',
    max: '1',
    parts: {
      level: part('decimal', 'Confidence level, percent'),
      low: part('decimal', 'Lower bound, percent'),
      high: part('decimal', 'Upper bound, percent'),
      vennAbersLow: part('decimal', 'Venn-Abers: were the next one like it not to have the outcome, percent'),
      vennAbersHigh: part('decimal', 'Venn-Abers: were the next one like it to have the outcome, percent'),
      comparableDischarges: part('unsignedInt', 'Training discharges of like output behind it'),
    },
  },
  forestOutput: {
    id: 'forest-output',
    title: 'Output of the forest',
    description:
      'baseValue + the sum of the attributions of all risk-contribution extensions = output, but for rounding. The probability is the calibrated reading of output ' +
      'and stands apart from them.',
    context: 'RiskAssessment.prediction',
    max: '1',
    parts: {
      output: part('decimal', 'Before calibration, from 0 to 1, 15 decimals'),
      baseValue: part('decimal', 'Mean output of the training discharges, from 0 to 1, 15 decimals'),
    },
  },
  contribution: {
    id: 'risk-contribution',
    title: 'Contribution of a feature',
    description:
      'What one feature added to the output of the forest (path-dependent TreeSHAP), largest first. Features that added nothing are left out.',
    context: 'RiskAssessment.prediction',
    max: '*',
    parts: {
      feature: part('string', 'Name in the model; GET /v1/model says what it is'),
      words: part('string', 'In plain words'),
      value: part('decimal', 'Value; absent where it was missing or not covered', 0),
      unit: part('string', 'Unit of the value'),
      attribution: part('decimal', 'Added to the output, from -1 to 1, 15 decimals'),
      covered: part('boolean', 'False where its lookback was not searched'),
      withinTrainingRange: part('boolean', 'False where the value lies outside what the model was trained on'),
      resource: part('Reference', 'Resource the value came from, newest first, at most 20', 0, '*'),
    },
  },
} as const satisfies Readonly<Record<string, ExtensionSpecification>>;

type Specifications = typeof extensionSpecifications;
type ExtensionName = keyof Specifications;
type ComplexName = { [N in ExtensionName]: Specifications[N] extends { parts: unknown } ? N : never }[ExtensionName];
type PartName<N extends ComplexName> = keyof Specifications[N]['parts'] & string;
type Value = string | number | boolean | null | undefined | readonly string[];

export function extensionUrl(name: ExtensionName): string {
  return canonical('StructureDefinition', extensionSpecifications[name].id);
}

/** An extension of one value. */
export function simpleExtension(name: Exclude<ExtensionName, ComplexName>, value: string | number): fhir4.Extension {
  return valued(extensionUrl(name), extensionSpecifications[name].value.type, value);
}

/** An extension of named parts, in the order of its specification; a part without a value is left out. */
export function complexExtension<N extends ComplexName>(name: N, values: Readonly<Record<PartName<N>, Value>>): fhir4.Extension {
  const parts: readonly (readonly [string, ExtensionPart])[] = Object.entries(extensionSpecifications[name].parts);
  return {
    url: extensionUrl(name),
    extension: parts.flatMap(([key, { type }]) => {
      const value: Value = (values as Readonly<Record<string, Value>>)[key];
      if (value === null || value === undefined) return [];
      return (Array.isArray(value) ? (value as readonly string[]) : [value as string]).map((one) => valued(key, type, one));
    }),
  };
}

/** HAPI's validator warns of more than 17. */
const decimalPlaces = 15;

function valued(url: string, type: PartType, value: string | number | boolean): fhir4.Extension {
  const key = `value${type.charAt(0).toUpperCase()}${type.slice(1)}`;
  if (type === 'Reference') return { url, [key]: { reference: value } };
  return { url, [key]: typeof value === 'number' ? Number(value.toFixed(decimalPlaces)) : value };
}
