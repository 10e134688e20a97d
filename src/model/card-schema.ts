/**
 * The form of card.json: every section and field required, none blank.
 */
import { z } from 'zod';
import { SourceAttributeSchema, attributeKeys, type AttributeKey } from './card-attributes.ts';
import { CardFieldSchema } from './card-field.ts';
import { ProbastSchema } from './card-probast.ts';
import { CardRecordsSchema } from './card-records.ts';
import { CardStatementsSchema } from './card-statements.ts';
import { TripodSchema } from './card-tripod.ts';

export const CARD_FORMAT = 'readmission-model-card';
export const CARD_FORMAT_VERSION = 1;

const fields = (...names: readonly string[]) => z.strictObject(Object.fromEntries(names.map((name) => [name, CardFieldSchema])));

const keyMetric = z.strictObject({
  MetricGoal: CardFieldSchema,
  Results: z.array(z.strictObject({ Label: z.string().trim().min(1), ValueJson: z.string().trim().min(1) })).min(1),
  Interpretation: CardFieldSchema,
  TestType: CardFieldSchema,
  TestingDataDescription: CardFieldSchema,
  ValidationProcessAndJustification: CardFieldSchema,
});

export const ModelCardSchema = z.looseObject({
  format: z.literal(CARD_FORMAT),
  formatVersion: z.literal(CARD_FORMAT_VERSION),
  /** True while any training record is made up. */
  notForPatientCare: z.boolean(),
  /** What every reader must have read, one sentence each. */
  warnings: z.array(z.string().trim().min(1)).min(1),
  appliedModelCard: z.strictObject({
    BasicInfo: fields('ModelName', 'ModelDeveloper', 'DeveloperContact'),
    ReleaseInfo: fields(
      'ReleaseStage',
      'ReleaseDate',
      'ReleaseVersion',
      'GlobalAvailability',
      'EHRCompatibility',
      'RegulatoryApproval',
    ),
    ModelSummary: fields('Summary', 'Keywords'),
    UsesAndDirections: fields(
      'IntendedUseAndWorkflow',
      'PrimaryIntendedUsers',
      'HowToUse',
      'TargetedPatientPopulation',
      'CautionedOutOfScopeSettings',
    ),
    Warnings: fields('KnownRisksAndLimitations', 'KnownBiasesOrEthicalConsiderations', 'ClinicalRiskLevel'),
    TrustIngredients: z.strictObject({
      AISystemFacts: fields(
        'OutcomesAndOutputs',
        'ModelType',
        'FoundationModels',
        'InputDataSource',
        'OutputAndInputDataTypes',
        'DevelopmentDataCharacterization',
        'BiasMitigationApproaches',
        'OngoingMaintenance',
        'Security',
        'Transparency',
      ),
      TransparencyInformation: fields('FundingSource', 'ThirdPartyInformation', 'StakeholdersConsulted'),
    }),
    KeyMetrics: z.strictObject({
      UsefulnessUsabilityEfficacy: keyMetric,
      FairnessEquity: keyMetric,
      SafetyReliability: keyMetric,
    }),
    Resources: fields(
      'EvaluationReferences',
      'ClinicalTrial',
      'PeerReviewedPublications',
      'ReimbursementStatus',
      'PatientConsentOrDisclosure',
    ),
    Bibliography: CardFieldSchema,
  }),
  sourceAttributes: z.strictObject(
    Object.fromEntries(attributeKeys.map((key) => [key, SourceAttributeSchema])) as Record<
      AttributeKey,
      typeof SourceAttributeSchema
    >,
  ),
  assessments: z.strictObject({ probastAi: ProbastSchema, tripodAi: TripodSchema }),
  /** Flow, incidence, mapping, features, forest, bands, validations. */
  details: z.looseObject({ modelName: z.string().min(1) }),
  /** What people stated, as given; kept so that the card can be written again. */
  statements: CardStatementsSchema,
  records: CardRecordsSchema,
});
