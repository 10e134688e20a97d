/**
 * Does the model serve every group alike?
 */
import type { VNode } from 'preact';
import { FigureCell, NumberTable } from '../parts/table.tsx';
import { capital } from '../text/names.ts';
import { count, percent, percentRange } from '../text/number-text.ts';
import { at, figureOf, listOf, numberOf, textOf, type Json } from './metrics-reading.ts';

export function SubgroupSection({ tables }: { readonly tables: readonly Json[] }): VNode | null {
  if (tables.length === 0) return null;
  const thresholds = [...new Set(tables.map((table) => percent(numberOf(table['threshold']))))];
  return (
    <section aria-labelledby="subgroups-title">
      <h2 id="subgroups-title">Subgroups</h2>
      <p>
        Flagged: a risk from {thresholds.join(', ')}. Missed: share of those who returned that were not flagged. Many groups are
        compared: of twenty intervals one misses by chance. Below each figure its 95 % interval.
      </p>
      {tables.map((table) => {
        const by = textOf(table['by']) ?? '';
        return (
          <NumberTable
            key={by}
            caption={capital(by)}
            columns={[
              { head: 'Group', text: true, cell: (group: Json) => textOf(group['group']) ?? '' },
              { head: 'Discharges', cell: (group) => withheld(group, 'rows') },
              { head: 'Events', cell: (group) => withheld(group, 'events') },
              {
                head: 'AUROC',
                cell: (group) => told(group, 'auroc') ?? <FigureCell figure={figureOf(at(group, 'figures', 'auroc'))} />,
              },
              {
                head: 'Calibration slope',
                cell: (group) => <FigureCell figure={figureOf(at(group, 'figures', 'calibrationSlope'))} digits={2} />,
              },
              { head: 'Missed', cell: (group) => share(group, 'fnr') },
              { head: 'False alarms', cell: (group) => share(group, 'fpr') },
              { head: 'Of those flagged, returned', cell: (group) => share(group, 'ppv') },
            ]}
            rows={listOf(table['groups'])}
          />
        );
      })}
    </section>
  );
}

function withheld(group: Json, key: string): string {
  const value = numberOf(group[key]);
  return value === null ? 'withheld' : count(value);
}

/** Why a group has no figures. */
function told(group: Json, key: string): string | null {
  return figureOf(at(group, 'figures', key)) === null ? textOf(group['suppressed']) : null;
}

function share(group: Json, key: string): VNode | string {
  const figure = figureOf(at(group, 'figures', key));
  if (figure === null) return 'n/a';
  return (
    <>
      {percent(figure.estimate)}
      <span class="sub">{percentRange(figure.lower, figure.upper)}</span>
    </>
  );
}
