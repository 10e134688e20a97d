/**
 * A model as the JSON document of its forest, for tools that walk trees themselves.
 *
 * Choice  counts, ranges and shares missing of the training rows go along; the calibration map does too, for readers: a model made from the
 *         document is calibrated anew
 */
import { toldTraining, type RiskModel } from '../model/index.ts';
import type { ForestDocument } from './forest-document.ts';
import { forestToScikitLearn } from './scikit-learn-forest.ts';

/** @param modelSha256  of model.bin, so that the document can be traced to it */
export function modelToDocument({ header, forest }: RiskModel, modelSha256: string): ForestDocument {
  const { name, codeVersion, createdAt, features, featureHash, outcome, calibration, baseRate } = header;
  const { rows, events, patients } = header.training;
  return forestToScikitLearn(forest, {
    feature_names: features.map((feature) => feature.name),
    made_by: `fhir-readmission-risk ${codeVersion}`,
    training: {
      rows,
      events,
      patients,
      min: features.map(({ min }) => min),
      max: features.map(({ max }) => max),
      missing: features.map(({ missing }) => missing),
    },
    model: { name, sha256: modelSha256, createdAt, featureHash, outcome, calibration, baseRate, training: toldTraining(header) },
  });
}
