/**
 * What the model is for and how its bias is managed: statements of people, in their absence what holds for every model of this software.
 *
 * Choice  people may narrow the use; what the software refuses or does to every model is told beside their words, never left out
 */
import { computed, joinLines, stated, statedByDefault, type CardField } from './card-field.ts';
import { importedTraining } from './card-imported.ts';
import { cohortFacts, ownTable, type CardSources } from './card-sources.ts';
import { importedFrom } from './table-model.ts';

export function intendedUse({ header, statements }: CardSources): CardField {
  if (statements.use?.intendedUse !== undefined) return stated(statements.use.intendedUse, 'use.intendedUse');
  return statedByDefault(
    header.training.synthetic
      ? 'Development, teaching and research on methods. Not for patient care: it was trained on made-up patients.'
      : importedFrom(header) === undefined
        ? 'Research, and evaluation at the site whose records it was trained on. Not for patient care before validation and approval there.'
        : 'Research, and evaluation where it is to be used. Not for patient care before validation and approval there.',
    'use.intendedUse',
  );
}

export function intendedPopulation({ header, statements }: CardSources): CardField {
  if (statements.use?.population !== undefined) return stated(statements.use.population, 'use.population');
  const { name, definition } = header.cohort;
  const { description } = cohortFacts(header);
  if (importedFrom(header) !== undefined) {
    return computed(
      `Patients like those it was trained on. ${importedTraining(header)}; who they were is for its maker to state (use.population in card.yaml).`,
      { value: definition, evidence: 'model.bin: training', computedAt: header.createdAt },
    );
  }
  return computed(
    `Discharges of the cohort "${name}"${description === undefined ? '' : `: ${description.replace(/\.$/, '')}`}.`,
    {
      value: definition,
      evidence: 'model.bin: cohort',
      computedAt: header.createdAt,
    },
  );
}

export function outOfScope({ header, statements }: CardSources): CardField {
  const lines = [
    ...(statements.use?.outOfScope ?? []),
    ownTable(header) === undefined
      ? 'Discharges outside the cohort rules: they are refused, not scored.'
      : 'Patients unlike those of the rows it was trained on: no rule refuses them, whoever asks has to.',
    'Discharges whose values lie outside the training range: they are scored, and the answer lists those values.',
    'Decisions to deny, delay or shorten care.',
    'Comparison of hospitals: risks are not adjusted for that.',
  ];
  const text = joinLines(lines);
  return statements.use?.outOfScope === undefined
    ? { ...statedByDefault(text, 'use.outOfScope'), value: lines }
    : { ...stated(text, 'use.outOfScope'), value: lines };
}

export function biasApproach({ header, statements }: CardSources): CardField {
  const { calibration, forest } = header;
  const inForce =
    `In force: ${calibration.kind === 'identity' ? 'no recalibration' : `recalibration ${calibration.kind}`} (${calibration.reason}); ${importedFrom(header) === undefined ? 'no weights and no resampling by class or group' : 'weights and resampling of its training are not known here'}; one threshold for all groups; ` +
    `${forest.trees} trees.`;
  const said = statements.fairness?.biasManagement;
  const rest = { value: { calibration, forest }, evidence: 'model.bin: calibration, forest', computedAt: header.createdAt };
  return said === undefined
    ? computed(inForce, rest)
    : { ...stated(joinLines([said, inForce]), 'fairness.biasManagement'), value: rest.value };
}

export function intendedUsers({ statements }: CardSources): CardField {
  return statements.use?.intendedUsers === undefined
    ? statedByDefault('Analysts, researchers and developers who can read the validation.', 'use.intendedUsers')
    : stated(statements.use.intendedUsers, 'use.intendedUsers');
}

export function decisionRole({ statements }: CardSources): CardField {
  return statements.use?.decisionRole === undefined
    ? statedByDefault(
        'Informs: a number with its reasons, beside other knowledge; no order and no recommendation.',
        'use.decisionRole',
      )
    : stated(statements.use.decisionRole, 'use.decisionRole');
}
