/**
 * Who the model was made from: criteria with counts, demographic representativeness, demographic inputs.
 */
import { computed, notAvailable, type CardField } from './card-field.ts';
import { groupedSubgroups, ownTable, type CardSources } from './card-sources.ts';
import { countText, listText, percentText, WITHHELD } from './card-text.ts';
import { IMPORTED_NO_GROUPS, importedTraining } from './card-imported.ts';
import { cardVariables, variableUses } from './card-variables.ts';
import { importedFrom } from './table-model.ts';
import type { AttritionDetail, SubgroupResults } from './metrics.ts';

/** What every cohort of this software holds, whatever its rules. */
const INCLUDED =
  'index discharges: acute inpatient stays, encounters of one stay joined, discharged alive, with their whole horizon in the records';

/** Attribute (4)(i): the flow from encounters to index discharges, rule by rule. */
export function trainingCriteria({ header, metrics }: CardSources): CardField {
  const { training, cohort } = header;
  const table = ownTable(header);
  if (table !== undefined) {
    return computed(
      `${importedFrom(header) === undefined ? `Every row of the table ${table}: ${countText(training.rows, 'row')} of ${countText(training.patients, 'patient')}` : importedTraining(header)}. How its rows were chosen is for its maker to ` +
        'state (data.characterization in card.yaml).',
      { value: { definition: cohort.definition }, evidence: 'model.bin: cohort.definition', computedAt: header.createdAt },
    );
  }
  const start = `Included: ${INCLUDED}; cohort "${cohort.name}", ${countText(training.rows, 'discharge')} of ${countText(training.patients, 'patient')}.`;
  const dropped = droppedByRule(metrics);
  if (dropped.length === 0) {
    return computed(`${start} Counts by rule were not recorded.`, {
      value: { definition: cohort.definition },
      evidence: 'model.bin: cohort.definition',
      computedAt: header.createdAt,
    });
  }
  const active = dropped.filter(({ removed }) => removed > 0);
  const rules = active.map(({ rule, removed, unit }) => `${rule} (${countText(removed, unit)})`);
  return computed(
    `${start} Left out: ${rules.length === 0 ? 'none' : rules.join('; ')}. ` +
      `${countText(dropped.length - active.length, 'further rule')} left out nothing.`,
    {
      value: { dropped, definition: cohort.definition },
      evidence: 'metrics.json: attritionLines; model.bin: cohort.definition',
      computedAt: header.createdAt,
    },
  );
}

interface Dropped {
  readonly rule: string;
  readonly unit: string;
  readonly removed: number;
  readonly note?: string;
}

function droppedByRule(metrics: CardSources['metrics']): Dropped[] {
  const lines = (metrics.attritionLines ?? []).filter(({ step }) => step === 15 || step === 40);
  if (lines.length > 0) return lines.map(asDropped);
  return (metrics.attrition ?? []).slice(1).map(({ rule, removed }) => ({ rule, unit: 'stay', removed }));
}

function asDropped({ label, title, unit, n, note }: AttritionDetail): Dropped {
  return { rule: title ?? label, unit: unit.replace(/s$/, ''), removed: n, ...(note === undefined ? {} : { note }) };
}

/** Attribute (4)(ii): nine yes or no, with the features that make it yes. */
export function inputVariables({ header }: CardSources): CardField {
  const uses = variableUses(header.features);
  const used = uses.filter((use) => use.used).map(({ variable, features }) => `${variable} (${shortList(features)})`);
  const unused = uses.filter((use) => !use.used).map(({ variable }) => variable);
  const told = ownTable(header) === undefined ? '' : ' As far as the names of the columns tell.';
  return computed(
    `Used: ${used.length === 0 ? 'none' : used.join('; ')}. Not used: ${unused.length === 0 ? 'none' : listText(unused)}.${told}`,
    { value: uses, evidence: 'model.bin: features', computedAt: header.createdAt },
  );
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ');
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}

export interface Representation {
  readonly variable: string;
  /** Groups with their rows, null where they are withheld; "not counted" where no run counted them. */
  readonly groups:
    | readonly {
        readonly group: string;
        readonly discharges: number | null;
        readonly patients: number | null;
        readonly events: number | null;
        readonly share: number | null;
      }[]
    | 'not counted';
  readonly notRecorded: number | null | 'not counted';
}

/** Why a training has no groups of patients. */
export function noGroups({ header }: Pick<CardSources, 'header'>): string {
  return importedFrom(header) === undefined ? NO_GROUPS : IMPORTED_NO_GROUPS;
}

const NO_GROUPS =
  'the training counted no groups of patients: a table has none, and records have them when trained by this release';

/** Attribute (4)(iii): the nine variables as far as a run counted them, "not recorded" included. */
export function representativeness(sources: CardSources): CardField {
  const tables = groupedSubgroups(sources);
  if (tables.length === 0) return notAvailable(noGroups(sources));
  const value = representationOf(tables, sources.header.training.rows);
  return computed(representationText(value), {
    value,
    evidence: 'metrics.json: evidence.grouped.subgroups',
    computedAt: sources.header.createdAt,
  });
}

/** @param rows  discharges in all, of which each table counts every one once */
export function representationOf(tables: readonly SubgroupResults[], rows: number): Representation[] {
  return cardVariables().map(({ title, table }) => {
    const found = tables.find(({ by }) => by === table);
    if (found === undefined) return { variable: title, groups: 'not counted', notRecorded: 'not counted' };
    return {
      variable: title,
      groups: found.groups
        .filter(({ rows: n }) => n !== 0)
        .map(({ group, rows: discharges, patients, events }) => ({
          group,
          discharges,
          patients,
          events,
          share: discharges === null ? null : rows === 0 ? 0 : discharges / rows,
        })),
      notRecorded: found.notRecorded,
    };
  });
}

export function representationText(table: readonly Representation[]): string {
  const counted = table.flatMap(({ variable, groups, notRecorded }) =>
    groups === 'not counted'
      ? []
      : [
          `${variable}: ${groups
            .map(({ group, share }) => `${group} ${share === null ? WITHHELD : percentText(share)}`)
            .concat(`not recorded ${notRecorded ?? WITHHELD}`)
            .join(', ')}`,
        ],
  );
  const missing = table.filter(({ groups }) => groups === 'not counted').map(({ variable }) => variable);
  return `Shares of discharges. ${counted.join('; ')}. Not counted: ${missing.length === 0 ? 'none' : listText(missing)}.`;
}
