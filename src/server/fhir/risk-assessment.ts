/**
 * An answer as a FHIR RiskAssessment (R4).
 *
 * In      the answer with every reason, the records it was made from, the model's definition, when it was made
 * Out     a RiskAssessment of the profile readmission-risk-assessment, with one prediction: the outcome the model was trained for
 * Choice  final where the stay had ended at the prediction time, preliminary while it is open
 * Choice  basis is every resource behind any reason; the contribution extensions say which is behind which
 * Choice  method names the model: where its card is, and by SHA-256 which model; the contained Device says the same of the performer
 * Choice  SNOMED CT 417005 covers any return; the code of this project beside it says which returns the model means. A model of a
 *         researcher's own labels predicts what their file says, so it has no code
 * Source  FHIR R4 riskassessment.html, device.html; SNOMED CT 417005 Hospital re-admission (procedure), as in CMS value sets
 */
import type { ScoreAnswer } from '../../scoring/index.ts';
import type { ScoreEngine } from '../model-source.ts';
import { bundleKeys, patientKey } from './bundle-keys.ts';
import { canonicalBase, codeSystems, modelHashSystem, outside, profileUrl } from './canonical.ts';
import { riskCodes } from './risk-codes.ts';
import { complexExtension, simpleExtension } from './extensions.ts';
import { narrativeOf, notesOf, rationaleOf } from './narrative.ts';
import { percentOf, ratioOf } from './percent.ts';
import { predictionPeriod } from './prediction-period.ts';
import { qualitativeRisk } from './qualitative-risk.ts';

export interface AssessmentInput {
  /** Reasons: every feature with an attribution, largest first. */
  readonly answer: ScoreAnswer;
  readonly scorer: Pick<ScoreEngine, 'definition' | 'model'>;
  readonly bundle: { readonly [key: string]: unknown };
  /** As the request has it. */
  readonly asOf?: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  /** UUID; absent where there was no request. */
  readonly requestId?: string | undefined;
  /** Address of this server by which clients reach it; absent: the card is named, not located. */
  readonly publicUrl?: string | undefined;
}

/** What may lower the risk, for any but the lowest band. No band recommends an action by itself; who acts weighs benefit and harm. */
const mitigationText =
  'Consider care across the transition home: medicines reconciled before discharge, follow-up agreed within 7 to 14 days, a contact for ' +
  'questions. Whether any of it helps this patient is for the care team to decide.';

export function riskAssessment(input: AssessmentInput): fhir4.RiskAssessment {
  const { answer, scorer, asOf, now, requestId } = input;
  const { model } = answer;
  const records = bundleKeys(input.bundle);
  const when = predictionPeriod(answer, records, { asOf, horizonUnit: scorer.definition.horizonUnit });
  const patient = patientKey(records);
  const outcome = outcomeConcept(answer, scorer.definition);
  const basis = [...new Set(answer.reasons.flatMap(({ resources }) => resources))];
  return {
    resourceType: 'RiskAssessment',
    meta: { profile: [profileUrl] },
    text: narrativeOf(answer, outcome.text ?? answer.outcome),
    contained: [modelDevice(model)],
    extension: [
      ...(answer.asOf === null ? [] : [simpleExtension('predictionTime', answer.asOf)]),
      ...(answer.coverage === null
        ? []
        : [
            complexExtension('coverage', {
              type: answer.coverage.types,
              from: answer.coverage.from,
              assumed: answer.coverage.assumed,
            }),
          ]),
    ],
    ...(requestId === undefined ? {} : { identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${requestId}` }] }),
    status: when?.isOpen === true ? 'preliminary' : 'final',
    method: {
      coding: [{ system: cardUrl(model.name, input.publicUrl), version: model.sha256, code: model.name }],
      text: `model ${model.name}, sha256 ${model.sha256}, made by version ${model.codeVersion}`,
    },
    code: {
      coding: [{ system: codeSystems.risk, code: 'readmission-risk', display: riskCodes['readmission-risk'].display }],
      text: riskCodes['readmission-risk'].display,
    },
    // A request of features alone is about nobody in particular; it is never answered in this form.
    subject: patient === null ? { display: 'not given' } : { reference: patient },
    ...(answer.encounter === null ? {} : { encounter: { reference: answer.encounter } }),
    occurrenceDateTime: new Date(now).toISOString(),
    performer: { reference: '#model' },
    ...(basis.length === 0 ? {} : { basis: basis.map((reference) => ({ reference })) }),
    prediction: [prediction(input, outcome, when?.period)],
    ...(answer.bandFrom > 0 ? { mitigation: mitigationText } : {}),
    note: notesOf(answer),
  };
}

/** The software that made the assessment: which model, and the version of the code that made it. */
function modelDevice({ name, sha256, codeVersion }: ScoreAnswer['model']): fhir4.Device {
  return {
    resourceType: 'Device',
    id: 'model',
    identifier: [{ system: modelHashSystem, value: sha256 }],
    status: 'active',
    deviceName: [{ name, type: 'model-name' }],
    version: [{ value: codeVersion }],
  };
}

function prediction(
  { answer, scorer }: AssessmentInput,
  outcome: fhir4.CodeableConcept,
  period: fhir4.Period | undefined,
): fhir4.RiskAssessmentPrediction {
  const { risk, interval, baseRate, forestOutput, baseValue } = answer;
  const relativeRisk = ratioOf(risk, baseRate);
  return {
    extension: [
      simpleExtension('baseRate', percentOf(baseRate)),
      ...(interval === null
        ? []
        : [
            complexExtension('interval', {
              level: percentOf(interval.level),
              low: percentOf(interval.low),
              high: percentOf(interval.high),
              vennAbersLow: percentOf(interval.vennAbers.low),
              vennAbersHigh: percentOf(interval.vennAbers.high),
              comparableDischarges: interval.comparableDischarges,
            }),
          ]),
      complexExtension('forestOutput', { output: forestOutput, baseValue }),
      ...contributions(answer),
    ],
    outcome,
    probabilityDecimal: percentOf(risk),
    qualitativeRisk: qualitativeRisk(answer, scorer.model.header.bands.length),
    ...(relativeRisk === null ? {} : { relativeRisk }),
    ...(period === undefined ? {} : { whenPeriod: period }),
    rationale: rationaleOf(answer),
  };
}

/** One extension per reason, in the order of the reasons. */
function contributions({ reasons, attributions, notCovered, outOfTrainingRange }: ScoreAnswer): fhir4.Extension[] {
  const byFeature = new Map(attributions.map((attributed) => [attributed.feature, attributed]));
  const [uncovered, outside] = [new Set(notCovered), new Set(outOfTrainingRange)];
  return reasons.map(({ feature, words, attribution, resources }) =>
    complexExtension('contribution', {
      feature,
      words,
      value: byFeature.get(feature)?.value,
      unit: byFeature.get(feature)?.unit,
      attribution,
      covered: !uncovered.has(feature),
      withinTrainingRange: !outside.has(feature),
      resource: resources,
    }),
  );
}

function outcomeConcept(
  { outcome, horizonDays }: ScoreAnswer,
  { labels, table, outcome: { composite } }: ScoreEngine['definition'],
): fhir4.CodeableConcept {
  const text = `${outcome.charAt(0).toUpperCase()}${outcome.slice(1)}${/\bday/.test(outcome) ? '' : ` within ${horizonDays} days`}`;
  if (labels !== undefined || table !== undefined) return { text };
  const code = composite ? 'unplanned-readmission-or-death' : 'unplanned-readmission';
  return {
    coding: [
      { system: codeSystems.risk, code, display: riskCodes[code].display },
      ...(composite ? [] : [{ system: outside.snomed, code: '417005', display: 'Hospital re-admission' }]),
    ],
    text,
  };
}

function cardUrl(model: string, publicUrl: string | undefined): string {
  return publicUrl === undefined ? `${canonicalBase}/model-card/${model}` : `${publicUrl}/v1/model/card`;
}
