/**
 * Records read as a model reads them: its cohort definition, its site mapping, its features, each checked to be the same.
 *
 * In      a model folder, a landing folder; a labels file where the model was trained on one
 * Out     a study whose columns are the model's, in its order
 */
import { parseCohortDefinition, type CohortDefinition } from '../cohort/index.ts';
import { CohortError, MappingError } from '../errors.ts';
import { readManifest } from '../fhir/landing.ts';
import { mappingHash, readSiteMapping, type SettledMapping } from '../mapping/index.ts';
import { modelMapping, requireFeatureSchema, requireRecordModel, type ModelFolder, type ModelHeader } from '../model/index.ts';
import { openStudy, type Study, type StudyOptions } from './study.ts';

/** The model has its own features and definition. */
export type ModelStudyOptions = Omit<StudyOptions, 'features' | 'cohortDefinition'>;

/** @throws {CohortError} COHORT_MISMATCH when another cohort definition was asked for, COHORT_LABELS_REQUIRED, COHORT_EMPTY; {MappingError} MAPPING_MISMATCH;
 *         {ModelError} MODEL_OF_TABLE, MODEL_SCHEMA_MISMATCH */
export async function openModelStudy(
  { model }: Pick<ModelFolder, 'model'>,
  data: string,
  options: ModelStudyOptions = {},
): Promise<Study> {
  const { header } = model;
  requireRecordModel(header);
  const definition = modelCohort(header);
  if (options.cohort !== undefined && options.cohort !== definition.name) {
    throw new CohortError(
      'COHORT_MISMATCH',
      `expected the model's own cohort "${definition.name}", found "${options.cohort}"; leave --cohort out`,
    );
  }
  const study = await openStudy(data, {
    ...options,
    siteMapping: await requireModelMapping(header, data, options),
    cohortDefinition: definition,
    features: header.features.map(({ name }) => name).join(','),
  });
  requireFeatureSchema(
    model,
    study.features.features.map(({ name }) => name),
    study.features.hash,
  );
  return study;
}

export function modelCohort(header: Pick<ModelHeader, 'cohort'>): CohortDefinition {
  return parseCohortDefinition(header.cohort.definition, "the model's cohort definition");
}

/**
 * The model's own mapping, where it can be meant for these records.
 *
 * Choice  a mapping that is given must say what the model's says; what it leaves open is taken from the model
 * Choice  that diagnoses of the index stay are known at discharge is taken for granted where records are made up, and must be said
 *         where such a model is asked about others
 */
async function requireModelMapping(header: ModelHeader, data: string, options: ModelStudyOptions): Promise<SettledMapping> {
  const own = modelMapping(header);
  const asked = options.siteMapping ?? (options.mapping === undefined ? undefined : readSiteMapping(options.mapping));
  if (asked !== undefined) {
    const { indexStayDiagnosesKnown } = asked.conditions;
    const settled = {
      ...asked,
      conditions: {
        ...asked.conditions,
        indexStayDiagnosesKnown: indexStayDiagnosesKnown ?? own.conditions.indexStayDiagnosesKnown,
      },
    };
    const [expected, found] = [mappingHash(own), mappingHash(settled)];
    if (expected === found) return own;
    throw new MappingError(
      'MAPPING_MISMATCH',
      `expected the site mapping the model was trained with, "${own.name}" (hash ${expected.slice(0, 8)}), found "${asked.name}" ` +
        `(hash ${found.slice(0, 8)}); leave --mapping out, or train a model with it`,
      { details: { modelHash: expected, givenHash: found } },
    );
  }
  if (own.conditions.indexStayDiagnosesKnown && header.training.synthetic && !(await readManifest(data)).synthetic) {
    throw new MappingError(
      'MAPPING_MISMATCH',
      `the model was trained on synthetic records, where diagnoses of the index stay are known at discharge; ${data} holds real ones, where ` +
        'they are coded later; if they are known there, say so with --mapping and indexStayDiagnosesKnown true, else train a model on such records',
    );
  }
  return own;
}
