/**
 * What was found at a site, as the records that the model's card quotes.
 *
 * In      results of a validation, a recalibration or a monitoring; when, on what data and by which command they were made
 * Choice  of every figure the estimate and its interval are kept, of the features those that moved most
 */
import type { Figure, SubgroupTable } from '../evaluation/index.ts';
import type { LandingManifest } from '../fhir/landing.ts';
import type { ExternalValidationRecord, ModelHeader, MonitoringRecord, ParentRecord } from '../model/index.ts';
import { codeVersion } from '../util/code-version.ts';
import { breachText } from './monitor-bounds.ts';
import type { Monitoring } from './monitor.ts';
import type { Recalibration } from './recalibrate.ts';
import type { SeenCounts } from './seen-patients.ts';
import type { ExternalValidation } from './validate-model.ts';

export interface SiteRun {
  /** ISO instant. */
  readonly when: string;
  /** What the data are called. */
  readonly dataName: string;
  readonly manifest: Pick<LandingManifest, 'synthetic' | 'transactionTime'>;
  readonly manifestSha256: string;
  /** The command line, without secrets. */
  readonly command: string;
}

export function externalRecord(
  validation: ExternalValidation,
  run: SiteRun & { readonly party?: string | undefined; readonly setting?: string | undefined },
): ExternalValidationRecord {
  const { external } = validation.evidence;
  const { forest = {}, ...baselines } = external.headline;
  const { ici, e50, e90, emax, observedToExpected } = external.calibration;
  return {
    ...common(run),
    ...(run.party === undefined ? {} : { party: run.party }),
    ...(run.setting === undefined ? {} : { setting: run.setting }),
    rows: external.rows,
    patients: external.patients,
    events: external.events,
    seenLeftOut: validation.seenLeftOut,
    ...kept(validation),
    outcome: validation.outcome,
    figures: figuresOf({ ...forest, ...(observedToExpected === undefined ? {} : { observedToExpected }), ici, e50, e90, emax }),
    baselines: Object.fromEntries(Object.entries(baselines).map(([name, figures]) => [name, figuresOf(figures)])),
    subgroups: external.subgroups.map(tableOf),
  };
}

/** Features told of in a record. */
const told = 20;

export function monitoringRecord({ outcomes, ...monitoring }: Monitoring, run: SiteRun): MonitoringRecord {
  return {
    ...common(run),
    rows: monitoring.discharges,
    patients: monitoring.patients,
    ...kept(monitoring),
    ...(outcomes === null ? {} : { events: outcomes.events }),
    stability: {
      risk: monitoring.risk?.psi ?? null,
      features: monitoring.features.slice(0, told).map(({ name, psi }) => ({ name, index: psi })),
    },
    figures: outcomes === null ? {} : figuresOf({ ...outcomes.figures, observedToExpected: outcomes.ratio }),
    subgroups: outcomes === null ? [] : outcomes.subgroups.map(tableOf),
    exceeded: monitoring.breaches.map(breachText),
  };
}

export function parentRecord(
  parent: { readonly name: string; readonly modelSha256: string },
  recalibration: Recalibration,
  run: SiteRun,
): ParentRecord {
  const { method, discharges, events, before, after, bands } = recalibration;
  const figure = ({ estimate, lower, upper }: Figure): string => {
    const text = (value: number | null): string => (value === null || !Number.isFinite(value) ? '–' : value.toFixed(2));
    return `${text(estimate)} (${text(lower)}, ${text(upper)})`;
  };
  const change = (name: string, key: 'calibrationIntercept' | 'calibrationSlope'): string =>
    `${name} ${figure(before[key])} before${after === null ? '' : `, ${figure(after[key])} after`}`;
  return {
    ...common(run),
    ...parent,
    change: 'recalibrated',
    method,
    ...kept(recalibration),
    rows: discharges,
    events,
    description:
      `The forest is that of ${parent.name}; its risks were fitted to local outcomes by ${method}. ` +
      `${change('Calibration intercept', 'calibrationIntercept')}; ${change('slope', 'calibrationSlope')}; ` +
      (after === null
        ? 'too few discharges to judge the change on patients it was not fitted on.'
        : 'after: on patients left out of the fit.') +
      bandsSentence(bands),
  };
}

/** What was told of the parent, said to be of the parent. */
export function ofParent<Told extends { readonly description: string }>(told: Told, { name }: Pick<ModelHeader, 'name'>): Told {
  return { ...told, description: `Of the parent ${name}, before recalibration: ${told.description}` };
}

function bandsSentence({ thresholds, empty }: Recalibration['bands']): string {
  const none = empty.length === 0 ? '' : `; no local discharge lies in ${empty.join(', ')}`;
  return thresholds === 'local'
    ? ` The bands were chosen on the local risks by the rule of training${none}.`
    : ` The bands keep the thresholds of the parent${none}.`;
}

/** Present where ids that occur in training were said to be of other patients. */
function kept({ sameIdsKept }: SeenCounts): { readonly sameIdsKept?: number } {
  return sameIdsKept === null ? {} : { sameIdsKept };
}

function common({ when, dataName, manifest, manifestSha256, command }: SiteRun) {
  const { synthetic, transactionTime } = manifest;
  return { when, data: { name: dataName, manifestSha256, synthetic, transactionTime }, command, codeVersion };
}

function figuresOf(figures: Readonly<Record<string, Figure>>): Record<string, Figure> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, { estimate, lower, upper }]) => [name, { estimate, lower, upper }]),
  );
}

function tableOf({ by, notRecorded, threshold, groups }: SubgroupTable): ExternalValidationRecord['subgroups'][number] {
  return {
    by,
    notRecorded,
    threshold,
    groups: groups.map(({ group, rows, patients, events, suppressed, figures, differences }) => ({
      group,
      rows,
      patients,
      events,
      suppressed,
      figures: figuresOf(figures),
      differences: figuresOf(differences),
    })),
  };
}
