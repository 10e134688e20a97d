/**
 * How well the model does and for whom, as fields: on held-out patients, on external data, at the site that uses it.
 */
import { computed, notAvailable, type CardField } from './card-field.ts';
import type { ExternalValidationRecord, MonitoringRecord } from './card-records.ts';
import { IMPORTED_NOT_VALIDATED, IMPORTED_VALIDATION_UNKNOWN } from './card-imported.ts';
import { noGroups, representationOf, representationText } from './card-population.ts';
import {
  baselineFigures,
  groupedEvidence,
  groupedSubgroups,
  headlineFigures,
  lastExternal,
  lastLocalValidity,
  type CardSources,
} from './card-sources.ts';
import { countText, figuresText, intervalText, listText, WITHHELD } from './card-text.ts';
import type { MetricIntervals, SubgroupResults } from './metrics.ts';
import { importedFrom, isTableModel } from './table-model.ts';

/** The figures that a card tells in words; the rest is in `value`. */
const TOLD = ['auroc', 'averagePrecision', 'brier', 'calibrationIntercept', 'calibrationSlope', 'observedToExpected'];
/** Difference between two groups, in either rate, from which the text names the groups. */
const TOLD_GAP = 0.1;

/** Attribute (7)(i). What judged a forest that was trained elsewhere are no data of its training. */
export function validity(sources: CardSources): CardField {
  return importedFrom(sources.header) === undefined ? ownValidity(sources) : notAvailable(IMPORTED_VALIDATION_UNKNOWN);
}

/** Of the first validation that is recorded. */
function ownValidity(sources: CardSources): CardField {
  const { header, metrics } = sources;
  const first = groupedEvidence(sources) ?? metrics.validations[0];
  const figures = headlineFigures(sources);
  if (first === undefined || Object.keys(figures).length === 0) return notAvailable('no validation was recorded; train it again');
  const baselines = Object.entries(baselineFigures(sources)).map(([name, of]) => `${name} ${intervalText(of['auroc'])}`);
  return computed(
    `${countText(first.rows, 'discharge')}, ${countText(first.events, 'event')}, ${countText(first.patients, 'patient')}: ${figuresText(figures, TOLD)}. ` +
      `Others on the same discharges, AUROC: ${baselines.length === 0 ? 'none' : baselines.join(', ')}. ` +
      `Intervals are 95 %, of resampled patients. ${first.description}`,
    {
      value: { figures, baselines: baselineFigures(sources) },
      evidence: groupedEvidence(sources) === undefined ? 'metrics.json: validations' : 'metrics.json: evidence.grouped',
      computedAt: header.createdAt,
    },
  );
}

/** Attribute (7)(ii). */
export function fairness(sources: CardSources): CardField {
  const tables = groupedSubgroups(sources);
  if (tables.length === 0) return notAvailable(noGroups(sources));
  return computed(fairnessText(tables), {
    value: tables,
    evidence: 'metrics.json: evidence.grouped.subgroups',
    computedAt: sources.header.createdAt,
  });
}

const NONE_EXTERNAL = 'no external validation was run: readmission validate --model DIR --data DIR';
/** Validations and monitoring of a table are told, and not recorded. */
const NONE_OF_TABLE = 'none is recorded of a model of a table; readmission evaluate --model DIR --matrix TABLE judges it';
const NONE_MONITORED = 'no monitoring with outcomes was run: readmission monitor --model DIR --data DIR';

/** Attribute (6)(i). */
export function externalData(sources: CardSources): CardField {
  return external(sources, ({ data, setting, rows, patients, events }) => ({
    text:
      `${data.name}${setting === undefined ? '' : `: ${setting}`}; ${data.synthetic ? 'synthetic' : 'real'} records as of ${data.transactionTime}; ` +
      `${countText(rows, 'discharge')} of ${countText(patients, 'patient')}, ${countText(events, 'event')}.`,
    value: data,
  }));
}

/** Attribute (6)(ii). */
export function externalParty(sources: CardSources): CardField {
  const record = lastExternal(sources);
  if (record !== undefined && record.party === undefined) {
    return notAvailable('the last validation named nobody: readmission validate --party NAME');
  }
  return external(sources, ({ party }) => ({ text: party as string, value: party }));
}

/** Attribute (6)(iii). */
export function externalRepresentativeness(sources: CardSources): CardField {
  if (lastExternal(sources)?.subgroups.length === 0) return notAvailable('the last validation counted no groups of patients');
  return external(sources, ({ subgroups, rows }) => {
    const table = representationOf(subgroups, rows);
    return { text: representationText(table), value: table };
  });
}

/** Attribute (6)(iv). */
export function externalProcess(sources: CardSources): CardField {
  return external(sources, ({ command, data, codeVersion, seenLeftOut, sameIdsKept, outcome, when }) => ({
    text:
      `The model as it is, on discharges of patients it was not trained on (${seenLeftOut ?? 0} of patients seen in training left out${keptText(sameIdsKept)}), judged by: ${outcome}. ` +
      `Command: ${command}; code version ${codeVersion}; data manifest SHA-256 ${data.manifestSha256}; run ${when}.`,
    value: { command, codeVersion, manifestSha256: data.manifestSha256, when },
  }));
}

/** Where ids were said to be of other patients. */
function keptText(sameIdsKept: number | undefined): string {
  return sameIdsKept === undefined
    ? ''
    : `; ${countText(sameIdsKept, 'discharge')} under patient ids that occur in training, said to be of other patients (--other-patients)`;
}

/** Attribute (7)(iii). */
export function externalValidity(sources: CardSources): CardField {
  return external(sources, ({ data, rows, events, figures, baselines }) => ({
    text: `${data.name}, ${countText(rows, 'discharge')}, ${countText(events, 'event')}: ${figuresText(figures, told(figures))}. Intervals are 95 %.`,
    value: { figures, ...(baselines === undefined ? {} : { baselines }), validations: sources.records.external.length },
  }));
}

/** Attribute (7)(iv). */
export function externalFairness(sources: CardSources): CardField {
  if (lastExternal(sources)?.subgroups.length === 0) return notAvailable('the last validation counted no groups of patients');
  return external(sources, ({ subgroups }) => ({ text: fairnessText(subgroups), value: subgroups }));
}

/** Attribute (8)(ii). */
export function localValidity(sources: CardSources): CardField {
  if (importedFrom(sources.header) !== undefined) {
    return sources.metrics.validations.length === 0 ? notAvailable(IMPORTED_NOT_VALIDATED) : ownValidity(sources);
  }
  return local(sources, ({ data, rows, events, figures }) => ({
    text: `${data.name}, ${countText(rows, 'discharge')}${events === undefined ? '' : `, ${countText(events, 'event')}`}: ${figuresText(figures, told(figures))}. Intervals are 95 %.`,
    value: figures,
  }));
}

/** Attribute (8)(iv). */
export function localFairness(sources: CardSources): CardField {
  if (lastLocalValidity(sources)?.subgroups.length === 0)
    return notAvailable('the last monitoring with outcomes counted no groups of patients');
  return local(sources, ({ subgroups }) => ({ text: fairnessText(subgroups), value: subgroups }));
}

interface Said {
  readonly text: string;
  readonly value: unknown;
}

function external(sources: CardSources, say: (record: ExternalValidationRecord) => Said): CardField {
  const record = lastExternal(sources);
  if (record === undefined) return notAvailable(isTableModel(sources.header) ? NONE_OF_TABLE : NONE_EXTERNAL);
  const { text, value } = say(record);
  return computed(text, {
    value,
    evidence: `records.json: external[${sources.records.external.length - 1}]`,
    computedAt: record.when,
  });
}

function local(sources: CardSources, say: (record: MonitoringRecord) => Said): CardField {
  const record = lastLocalValidity(sources);
  if (record === undefined) return notAvailable(isTableModel(sources.header) ? NONE_OF_TABLE : NONE_MONITORED);
  const { text, value } = say(record);
  return computed(text, {
    value,
    evidence: `records.json: monitoring[${sources.records.monitoring.indexOf(record)}]`,
    computedAt: record.when,
  });
}

function told(figures: MetricIntervals): string[] {
  const known = TOLD.filter((name) => Object.hasOwn(figures, name));
  return known.length === 0 ? Object.keys(figures) : known;
}

/** Per table: groups judged, groups too small, and the groups whose error rates lie apart from the rest. */
export function fairnessText(tables: readonly SubgroupResults[]): string {
  const lines = tables.map(({ by, groups, notRecorded }) => {
    const judged = groups.filter(({ suppressed }) => suppressed === null);
    const small = groups.length - judged.length;
    const aurocs = judged.map(({ group, figures }) => `${group} ${intervalText(figures['auroc'])}`);
    return (
      `${by}: AUROC ${aurocs.length === 0 ? 'for no group' : aurocs.join(', ')}` +
      `${small === 0 ? '' : `; ${countText(small, 'group')} without figures, too few events`}${notRecorded === 0 ? '' : `; not recorded ${notRecorded ?? WITHHELD}`}`
    );
  });
  const apart = tables.flatMap(({ by, groups }) => groups.filter(isApart).map(({ group }) => `${by} ${group}`));
  const gap =
    apart.length === 0
      ? `No group's false negative or false positive rate is shown to differ from the rest by ${TOLD_GAP} or more.`
      : `False negative or false positive rate at least ${TOLD_GAP} apart from the rest, interval without 0: ${listText(apart)}.`;
  return `${lines.join('. ')}. ${gap}`;
}

function isApart({ differences }: SubgroupResults['groups'][number]): boolean {
  return [differences['fnr'], differences['fpr']].some((difference) => {
    const { estimate, lower, upper } = difference ?? { estimate: null, lower: null, upper: null };
    return estimate !== null && lower !== null && upper !== null && Math.abs(estimate) >= TOLD_GAP && (lower > 0 || upper < 0);
  });
}
