/**
 * Known risks and limits of a model, as far as its header and results show them; people add theirs.
 */
import { importedLimits } from './card-imported.ts';
import { ownTable, syntheticSentence, type CardSources } from './card-sources.ts';
import { countText } from './card-text.ts';
import { sizeCaution } from './recalibration-size.ts';
import { importedFrom } from './table-model.ts';

/** Said until a validation is recorded; a report of one leaves it out. */
export const NO_EXTERNAL_VALIDATION = 'No validation on data of another source is recorded.';
/** Events below which figures are called uncertain. */
const FEW_EVENTS = 200;
/** Bounds exceeded in the last monitoring that are told one by one. */
const TOLD_BREACHES = 10;

/** Ordered by weight; the sentence about synthetic data first, where it holds. */
export function limitsOf({ header, metrics, statements, records }: CardSources): string[] {
  const { training, calibration, features } = header;
  const limits: string[] = [];
  if (training.synthetic) {
    limits.push(
      `This model was ${syntheticSentence(header)}. What it learned is how their outcomes were made; performance on real patients is unknown.`,
    );
  }
  if (metrics.planting !== null && metrics.planting !== undefined) {
    limits.push(
      `Outcomes were planted by a known process ("${metrics.planting.process}"): figures say how well the model finds that process.`,
    );
  }
  limits.push(...(statements.warnings?.risks ?? []));
  limits.push(...importedLimits(header));
  if (metrics.validations.length === 0) limits.push('No validation results are recorded.');
  const leakage = (metrics.leakage?.checks ?? []).filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
  for (const { check, verdict, finding } of leakage) limits.push(`Leakage audit, ${check} (${verdict}): ${finding}`);
  const exceeded = records.monitoring.at(-1)?.exceeded ?? [];
  for (const sentence of exceeded.slice(0, TOLD_BREACHES)) limits.push(`Last monitoring: ${sentence}`);
  if (exceeded.length > TOLD_BREACHES)
    limits.push(`Last monitoring: ${exceeded.length - TOLD_BREACHES} further bounds exceeded, in records.json`);
  if (records.external.length === 0) limits.push(NO_EXTERNAL_VALIDATION);
  if (training.events < FEW_EVENTS) {
    limits.push(
      `Only ${countText(training.events, 'event')} in training: figures are uncertain and the forest may rest on chance.`,
    );
  }
  if (calibration.kind === 'intercept-only' || calibration.kind === 'identity')
    limits.push(`Calibration is limited: ${calibration.reason}.`);
  if (training.refittedOnAll) {
    limits.push(
      'The forest was fitted again on all discharges after validation; the figures are of the models fitted without the held-out ones.',
    );
  }
  if (header.parent !== undefined) {
    const { name, method, rows, events, bands } = header.parent;
    const what =
      importedFrom(header) === undefined
        ? `This is ${name}, recalibrated (${method}) on ${countText(rows, 'discharge')} of other records with ${countText(events, 'event')}: what was told of the ` +
          'calibration of its parent does not hold for it. '
        : `Its risks were fitted (${method}) to ${countText(rows, 'row')} with ${countText(events, 'event')} that it is said not to have been trained on. `;
    limits.push(
      what +
        (bands === 'local'
          ? `Its bands were chosen on those ${importedFrom(header) === undefined ? 'discharges' : 'rows'}.`
          : 'Its bands keep the thresholds of its parent: they need not part the risks of another site.'),
    );
    const caution = sizeCaution({ method, rows, events });
    if (caution !== null) limits.push(`Recalibrated on few events: ${caution}.`);
  }
  if (!training.synthetic && (training.patientHashes?.length ?? 0) + (header.parent?.patientHashes?.length ?? 0) > 0) {
    limits.push(
      'model.bin holds a hash of the id of each patient it was trained or recalibrated on: whoever has the file can test whether an id is among ' +
        'them. Hand it only to those who may know that.',
    );
  }
  const sparse = features.filter((feature) => feature.missing > 0.5).length;
  if (sparse > 0)
    limits.push(
      `${sparse} of ${features.length} features were missing in more than half of the training ${ownTable(header) === undefined ? 'discharges' : 'rows'}.`,
    );
  limits.push('Attributions say how the model came to its output, not what caused the outcome.');
  return limits;
}
