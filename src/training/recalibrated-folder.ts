/**
 * The content of a recalibrated model's folder: the new model, what still holds of its parent's results, what was found locally, its card.
 *
 * In      the parent's folder with its records, local discharges, the method
 * Out     model, metrics, card and the record of where the model comes from, ready to be written
 * Choice  the model's own figures are local: evidence on the discharges it was recalibrated on, by maps that were not fitted on the patients they judge
 * Choice  figures of the parent are kept, each said to be of the parent: discrimination still holds where ranks do, calibration does not
 * Choice  what people stated of the parent stays; records of its validations and monitoring do not, for they are of another model
 */
import type { Evidence } from '../evaluation/index.ts';
import {
  buildCard,
  keptStatements,
  parseModelMetrics,
  type CardRecords,
  type ModelCard,
  type ModelFolder,
  type ModelMetrics,
  type RiskModel,
} from '../model/index.ts';
import { judgedPopulation } from './judged-population.ts';
import { recalibrateModel, type RecalibrateOptions, type Recalibration } from './recalibrate.ts';
import { recalibrationEvidence } from './recalibration-evidence.ts';
import { populationMetrics } from './run-metrics.ts';
import { settingFigures, settingsOfTraining } from './setting-figures.ts';
import { ofParent, parentRecord, type SiteRun } from './site-records.ts';
import type { Study } from './study.ts';
import type { ValidationOptions } from './validation.ts';

export interface RecalibratedFolder {
  readonly model: RiskModel;
  /** metrics.json; `local` is of the discharges it was recalibrated on, null where they are too few to judge it by. */
  readonly metrics: ModelMetrics & { readonly evidence: { readonly local: Evidence | null } };
  readonly card: ModelCard;
  readonly cardMarkdown: string;
  readonly recalibration: Recalibration;
  readonly records: CardRecords;
}

/** @throws as recalibrateModel; {ModelError} CARD_METRICS_INVALID; {CancelledError} when the signal is raised */
export async function recalibratedFolder(
  parent: ModelFolder & { readonly records: Required<CardRecords> },
  study: Study,
  options: RecalibrateOptions & Pick<SiteRun, 'command' | 'dataName'> & Pick<ValidationOptions, 'onProgress' | 'signal'>,
): Promise<RecalibratedFolder> {
  const { header } = parent.model;
  const inherited = parseModelMetrics(parent.metrics, "the parent's metrics.json");
  const { model, recalibration, references, local } = recalibrateModel(parent, study, options);
  const { before, after, differences } = await recalibrationEvidence(study, model, local, options);
  const { grouped, temporal } = inherited.evidence ?? {};
  const metrics = {
    ...parent.metrics,
    ...inherited,
    validations: inherited.validations.map((validation) => ofParent(validation, header)),
    evidence: {
      ...inherited.evidence,
      grouped: grouped == null ? null : ofParent(grouped, header),
      temporal: temporal == null ? null : ofParent(temporal, header),
      local: after,
    },
    references,
    recalibration: {
      ...recalibration,
      calibrationBefore: before.calibration,
      differences,
      settings: [
        ...settingsOfTraining(parent.metrics),
        settingFigures('before', before),
        ...(after === null ? [] : [settingFigures('after', after)]),
      ],
    },
    local: localStudy(study, local.rows, recalibration),
  };
  const record = parentRecord({ name: header.name, modelSha256: parent.modelSha256 }, recalibration, {
    when: options.createdAt,
    dataName: options.dataName,
    manifest: study.manifest,
    manifestSha256: study.manifestSha256,
    command: options.command,
  });
  const records = { parents: [...parent.records.parents, record] };
  const { card, markdown } = buildCard(model.header, metrics, keptStatements(parent), records);
  return { model, metrics, card, cardMarkdown: markdown, recalibration, records };
}

/** The study the recalibration rests on, in the form in which a run tells its own. */
function localStudy(study: Study, rows: Int32Array, { seenLeftOut, seenMayCoincide, sameIdsKept }: Recalibration) {
  return {
    ...populationMetrics(study),
    manifestSha256: study.manifestSha256,
    seenLeftOut,
    seenMayCoincide,
    sameIdsKept,
    judged: judgedPopulation(study, rows),
  };
}
