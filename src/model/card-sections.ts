/**
 * The sections of the Applied Model Card, named as its schema names them, so that a card can be turned into that schema's XML by name.
 *
 * Out     every element of the schema, the optional ones too; each a field with its status
 * Source  Coalition for Health AI, Applied Model Card, schema v0.2 (https://mc.chai.org/v0.2/schema.xsd)
 */
import type { SourceAttributes } from './card-attributes.ts';
import { computed, joinLines, notAvailable, stated, statedByDefault, statedOrNot, type CardField } from './card-field.ts';
import { keyMetrics, type KeyMetric } from './card-key-metrics.ts';
import { inputVariables } from './card-population.ts';
import { ownTable, syntheticSentence, type CardSources } from './card-sources.ts';
import { listText, percentText } from './card-text.ts';
import { toldTraining } from './patient-hash.ts';
import { importedFrom } from './table-model.ts';

export interface AppliedModelCard {
  readonly BasicInfo: Readonly<Record<'ModelName' | 'ModelDeveloper' | 'DeveloperContact', CardField>>;
  readonly ReleaseInfo: Readonly<
    Record<
      'ReleaseStage' | 'ReleaseDate' | 'ReleaseVersion' | 'GlobalAvailability' | 'EHRCompatibility' | 'RegulatoryApproval',
      CardField
    >
  >;
  readonly ModelSummary: Readonly<Record<'Summary' | 'Keywords', CardField>>;
  readonly UsesAndDirections: Readonly<
    Record<
      | 'IntendedUseAndWorkflow'
      | 'PrimaryIntendedUsers'
      | 'HowToUse'
      | 'TargetedPatientPopulation'
      | 'CautionedOutOfScopeSettings',
      CardField
    >
  >;
  readonly Warnings: Readonly<
    Record<'KnownRisksAndLimitations' | 'KnownBiasesOrEthicalConsiderations' | 'ClinicalRiskLevel', CardField>
  >;
  readonly TrustIngredients: {
    readonly AISystemFacts: Readonly<
      Record<
        | 'OutcomesAndOutputs'
        | 'ModelType'
        | 'FoundationModels'
        | 'InputDataSource'
        | 'OutputAndInputDataTypes'
        | 'DevelopmentDataCharacterization'
        | 'BiasMitigationApproaches'
        | 'OngoingMaintenance'
        | 'Security'
        | 'Transparency',
        CardField
      >
    >;
    readonly TransparencyInformation: Readonly<
      Record<'FundingSource' | 'ThirdPartyInformation' | 'StakeholdersConsulted', CardField>
    >;
  };
  readonly KeyMetrics: Readonly<Record<'UsefulnessUsabilityEfficacy' | 'FairnessEquity' | 'SafetyReliability', KeyMetric>>;
  readonly Resources: Readonly<
    Record<
      | 'EvaluationReferences'
      | 'ClinicalTrial'
      | 'PeerReviewedPublications'
      | 'ReimbursementStatus'
      | 'PatientConsentOrDisclosure',
      CardField
    >
  >;
  readonly Bibliography: CardField;
}

export function appliedModelCard(sources: CardSources, attributes: SourceAttributes): AppliedModelCard {
  const { statements } = sources;
  const { release, warnings, facts, resources } = statements;
  const imported = importedFrom(sources.header) !== undefined;
  const ofTable = ownTable(sources.header) !== undefined;
  const of = (key: keyof SourceAttributes): CardField => plain(attributes[key]);
  return {
    BasicInfo: {
      ModelName: fromHeader(sources, sources.header.name, 'name'),
      ModelDeveloper: statedOrNot(statements.developer?.name, 'developer.name'),
      DeveloperContact: statedOrNot(statements.developer?.contact, 'developer.contact'),
    },
    ReleaseInfo: {
      ReleaseStage:
        release?.stage === undefined ? statedByDefault('Research.', 'release.stage') : stated(release.stage, 'release.stage'),
      ReleaseDate:
        release?.date === undefined
          ? fromHeader(sources, `${sources.header.createdAt} (when it was ${imported ? 'imported' : 'trained'})`, 'createdAt')
          : stated(release.date, 'release.date'),
      ReleaseVersion:
        release?.version === undefined
          ? fromHeader(
              sources,
              `${imported ? 'Imported' : 'Trained'} by code version ${sources.header.codeVersion}; a version of the model is not stated.`,
              'codeVersion',
            )
          : stated(release.version, 'release.version'),
      GlobalAvailability: statedOrNot(release?.availability, 'release.availability'),
      EHRCompatibility:
        release?.ehrCompatibility === undefined
          ? statedByDefault(
              ofTable ? 'Rows by the names of its features; it reads no records.' : 'FHIR R4 records; no record system is named.',
              'release.ehrCompatibility',
            )
          : stated(release.ehrCompatibility, 'release.ehrCompatibility'),
      RegulatoryApproval:
        release?.regulatoryApproval === undefined
          ? statedByDefault('None.', 'release.regulatoryApproval')
          : stated(release.regulatoryApproval, 'release.regulatoryApproval'),
    },
    ModelSummary: { Summary: summary(sources), Keywords: keywords(sources) },
    UsesAndDirections: {
      IntendedUseAndWorkflow: withWorkflow(sources, of('intendedUse')),
      PrimaryIntendedUsers: of('intendedUsers'),
      HowToUse:
        statements.use?.howToUse === undefined
          ? statedByDefault(
              `Ask at discharge, with ${ofTable ? 'the values of its features' : 'the records of the patient'}. Read the risk with its band and its reasons, and look at what was missing${ofTable ? ' ' : ', not covered '}or ` +
                `outside the training range before relying on it. ${ofTable ? 'No rule says who is eligible: whoever asks has to.' : 'Who is not eligible gets a refusal that names the rule.'}`,
              'use.howToUse',
            )
          : stated(statements.use.howToUse, 'use.howToUse'),
      TargetedPatientPopulation: of('intendedPopulation'),
      CautionedOutOfScopeSettings: of('outOfScope'),
    },
    Warnings: {
      KnownRisksAndLimitations: of('knownRisks'),
      KnownBiasesOrEthicalConsiderations: knownBiases(sources),
      ClinicalRiskLevel: statedOrNot(warnings?.clinicalRiskLevel, 'warnings.clinicalRiskLevel'),
    },
    TrustIngredients: {
      AISystemFacts: {
        OutcomesAndOutputs: of('output'),
        ModelType: modelType(sources),
        FoundationModels: fromHeader(
          sources,
          `None: the model holds decision trees${imported ? '' : ' fitted on the training records alone'}.`,
          'forest',
        ),
        InputDataSource: inputData(sources),
        OutputAndInputDataTypes: dataTypes(sources),
        DevelopmentDataCharacterization: characterization(sources),
        BiasMitigationApproaches: of('biasApproach'),
        OngoingMaintenance: maintenance(of('validityMonitoring'), of('updates')),
        Security: statedOrNot(facts?.security, 'facts.security'),
        Transparency:
          facts?.transparency === undefined
            ? statedByDefault(
                `${
                  imported
                    ? 'The forest is in the model folder and can be read; how it was trained is not.'
                    : `${ofTable ? 'The names of the features' : 'The cohort rules, the features with their sources'}, the forest and its options are in the model folder and can be read;`
                } ${imported ? 'Each' : 'each'} answer is explained exactly by attributions.`,
                'facts.transparency',
              )
            : stated(facts.transparency, 'facts.transparency'),
      },
      TransparencyInformation: {
        FundingSource: of('funding'),
        ThirdPartyInformation: statedOrNot(facts?.thirdParties, 'facts.thirdParties'),
        StakeholdersConsulted: statedOrNot(facts?.stakeholdersConsulted, 'facts.stakeholdersConsulted'),
      },
    },
    KeyMetrics: keyMetrics(sources, attributes),
    Resources: {
      EvaluationReferences: of('outcomeEvaluations'),
      ClinicalTrial: statedOrNot(resources?.clinicalTrial, 'resources.clinicalTrial'),
      PeerReviewedPublications: statedOrNot(resources?.peerReviewedPublications, 'resources.peerReviewedPublications'),
      ReimbursementStatus: statedOrNot(resources?.reimbursementStatus, 'resources.reimbursementStatus'),
      PatientConsentOrDisclosure: statedOrNot(resources?.patientConsentOrDisclosure, 'resources.patientConsentOrDisclosure'),
    },
    Bibliography: statedOrNot(statements.bibliography, 'bibliography (BibTeX)'),
  };
}

function fromHeader({ header }: CardSources, text: string, key: string): CardField {
  return computed(text, { evidence: `model.bin: ${key}`, computedAt: header.createdAt });
}

/** A source attribute as a plain field. */
function plain({
  number: _number,
  citation: _citation,
  title: _title,
  ...field
}: SourceAttributes[keyof SourceAttributes]): CardField {
  return field;
}

function summary(sources: CardSources): CardField {
  const { outcome, forest, features, training } = sources.header;
  const text =
    `Estimates at discharge the risk of: ${outcome.description}. ${forest.trees} trees on ${features.length} features, ` +
    `trained ${importedFrom(sources.header) === undefined ? '' : 'elsewhere '}on ${training.rows} ${ownTable(sources.header) === undefined ? 'discharges' : 'rows'} of ${training.patients} patients with ${training.events} events` +
    `${training.synthetic ? `; ${syntheticSentence(sources.header)}` : ''}.`;
  return fromHeader(sources, text, 'outcome, forest, features, training');
}

function keywords(sources: CardSources): CardField {
  const said = sources.statements.keywords;
  if (said !== undefined) return { ...stated(said.join(', '), 'keywords'), value: said };
  const words = [
    'hospital readmission',
    'discharge',
    'risk prediction',
    'random forest',
    ...(ownTable(sources.header) === undefined ? ['FHIR R4'] : []),
  ];
  return { ...statedByDefault(words.join(', '), 'keywords'), value: words };
}

function withWorkflow({ statements }: CardSources, use: CardField): CardField {
  const workflow = statements.use?.workflow;
  return workflow === undefined
    ? { ...use, text: joinLines([use.text, 'Workflow: not available; state use.workflow in card.yaml']) }
    : { ...use, text: joinLines([use.text, `Workflow: ${workflow}`]) };
}

function knownBiases(sources: CardSources): CardField {
  const said = sources.statements.warnings?.biases;
  const used = inputVariables(sources);
  const inputs = `Demographic and social inputs. ${used.text}`;
  return said === undefined
    ? computed(`${inputs} Known biases and ethical considerations are not available; state warnings.biases in card.yaml.`, {
        evidence: used.evidence ?? 'model.bin: features',
        computedAt: sources.header.createdAt,
      })
    : stated(joinLines([said, inputs]), 'warnings.biases');
}

function modelType(sources: CardSources): CardField {
  const { forest, calibration } = sources.header;
  return fromHeader(
    sources,
    `Random forest (engine ${forest.engine}, ${forest.trees} trees), output ${calibration.kind === 'identity' ? 'not recalibrated' : `recalibrated (${calibration.kind})`}. It does not learn while it is used.`,
    'forest, calibration',
  );
}

function inputData(sources: CardSources): CardField {
  const { header } = sources;
  const families = [...new Set(header.features.map(({ family }) => family))];
  return fromHeader(
    sources,
    ownTable(header) === undefined
      ? `FHIR R4 records of one patient as known at discharge, read with the site mapping "${header.mapping?.name ?? 'standard'}": ${listText(families)}.`
      : `Rows by the names of the features${importedFrom(header) === undefined ? `, as in ${ownTable(header)}` : ''}: ${listText(header.features.map(({ name }) => name))}.`,
    'features, mapping',
  );
}

function dataTypes(sources: CardSources): CardField {
  const flags = sources.header.features.filter(({ unit }) => unit === 'flag').length;
  return fromHeader(
    sources,
    `In: ${sources.header.features.length} numbers, ${flags} of them flags; a missing value stays missing. Out: a probability from 0 to 1 with attributions, as JSON.`,
    'features',
  );
}

function characterization(sources: CardSources): CardField {
  const { training, baseRate } = sources.header;
  const said = sources.statements.data?.characterization;
  const counts =
    ownTable(sources.header) === undefined
      ? `${training.rows} discharges of ${training.patients} patients, ${training.events} events (${percentText(baseRate)}); ` +
        `${training.synthetic ? 'synthetic' : 'real'} records as of ${training.transactionTime || 'not available'}; manifest SHA-256 ${training.manifestSha256}.`
      : `${training.rows} rows of ${training.patients} patients, ${training.events} events (${percentText(baseRate)}); ` +
        `${importedFrom(sources.header) === undefined ? 'a table ' : 'as the file of the forest tells, '}${training.synthetic ? 'said to be of made-up patients' : 'not said to be of made-up patients'}; SHA-256 of the file ${training.manifestSha256}.`;
  const value = { ...toldTraining(sources.header), baseRate };
  return said === undefined
    ? { ...fromHeader(sources, counts, 'training'), value }
    : { ...stated(joinLines([said, counts]), 'data.characterization'), value };
}

function maintenance(monitoring: CardField, updates: CardField): CardField {
  if (monitoring.status === 'not-available' && updates.status === 'not-available') {
    return notAvailable('state monitoring.validity and updates.process in card.yaml');
  }
  const source = monitoring.status === 'not-available' ? updates : monitoring;
  return { ...source, text: `Monitoring: ${joinLines([monitoring.text])} Updates: ${joinLines([updates.text])}` };
}
