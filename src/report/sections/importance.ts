/**
 * What the model rests on: features and families by attribution and by permutation, dependence, pairs.
 */
import type { ImportanceEvidence } from '../../evaluation/evidence.ts';
import { figureBlock, notComputed, numbersTable } from '../figure.ts';
import { html, type Markup } from '../markup.ts';
import { compact, count, isNumber, percent } from '../number-text.ts';
import { dependenceDrawing, type Dependence } from '../plots/dependence.ts';
import { forestPanelsSvg, type ForestPanel } from '../plots/forest-panels.ts';
import type { ReportInput } from '../report-input.ts';
import { blue, vermillion } from '../series-style.ts';
import { figureCell, table } from '../table.ts';
import type { Section } from './section.ts';

const FEATURES = 20;
const DEPENDENCE = 8;

export function importanceSection({ metrics }: ReportInput): Section {
  const importance = metrics.importance;
  const body =
    importance === undefined || importance === null ? notComputed('the run holds no attributions.') : content(importance);
  return { id: 'importance', title: 'What the model rests on', body };
}

function content(importance: ImportanceEvidence): Markup {
  const features = byAttribution(importance.features);
  return html`<p>
      From the exact attributions of ${count(importance.rows)} held-out discharges. Attributions say what the model used, not what
      causes readmission: features that go together share what either could have said alone.
    </p>
    ${figureBlock({
      title: `The ${Math.min(FEATURES, features.length)} features with the largest attributions, of ${features.length}`,
      svg: forestPanelsSvg(
        {
          id: 'fig-importance',
          title: 'Importance of features',
          description: features
            .slice(0, FEATURES)
            .map(({ name, attribution }) => `${name} ${compact(attribution.estimate)}`)
            .join('; '),
        },
        panels(features.some(({ permutation }) => isNumber(permutation?.estimate))),
        features
          .slice(0, FEATURES)
          .map(({ name, attribution, permutation }) => ({ label: name, figures: [attribution, permutation ?? null] })),
      ),
      reading: importanceReading,
      numbers: numbersTable(
        [
          { head: 'Feature', text: true, cell: ({ name }) => name },
          { head: 'Family', text: true, cell: ({ family }) => family },
          { head: 'Mean |attribution|', cell: ({ attribution }) => figureCell(attribution, compact) },
          { head: 'Fall in AUROC', cell: ({ permutation }) => figureCell(permutation, compact) },
        ],
        features.slice(0, 2 * FEATURES),
        'Features by falling attribution',
      ),
    })}
    ${families(importance)}${dependence(importance.dependence)}${pairs(importance)}`;
}

const importanceReading = html`Left: how far the feature moves the output of the forest, on average, in either direction. Right:
how far AUROC falls when its values are dealt anew among held-out discharges; near 0 where other features say the same. Bars are
95 % intervals from resampled patients.`;

function panels(permuted: boolean): ForestPanel[] {
  return [
    { label: 'Mean |attribution|', reference: 0, colour: blue, marker: 'square' },
    ...(permuted ? [{ label: 'Fall in AUROC when permuted', reference: 0, colour: vermillion, marker: 'diamond' as const }] : []),
  ];
}

function families({ families: list }: ImportanceEvidence): Markup {
  if (list.length === 0) return html``;
  const sorted = byAttribution(list);
  return figureBlock({
    title: 'Families of features',
    svg: forestPanelsSvg(
      {
        id: 'fig-families',
        title: 'Importance of families of features',
        description: sorted.map(({ family, attribution }) => `${family} ${compact(attribution.estimate)}`).join('; '),
      },
      panels(sorted.some(({ permutation }) => isNumber(permutation?.estimate))),
      sorted.map(({ family, attribution, permutation }) => ({ label: family, figures: [attribution, permutation ?? null] })),
    ),
    reading: html`As above, for all features of a family together: attributions are added up row by row before their size is
    taken, and columns are dealt anew together.`,
    numbers: numbersTable(
      [
        { head: 'Family', text: true, cell: ({ family }) => family },
        { head: 'Mean |attribution|', cell: ({ attribution }) => figureCell(attribution, compact) },
        { head: 'Fall in AUROC', cell: ({ permutation }) => figureCell(permutation, compact) },
      ],
      sorted,
      'Families by falling attribution',
    ),
  });
}

function dependence(list: readonly Dependence[]): Markup {
  if (list.length === 0)
    return html`<h3>Dependence</h3>
      ${notComputed('the run holds no dependence.')}`;
  return figureBlock({
    title: 'Dependence: attribution against value',
    svg: html`<div class="multiples">
      ${list.slice(0, DEPENDENCE).map((one, i) =>
        dependenceDrawing(
          {
            id: `fig-dependence-${i + 1}`,
            title: `Dependence on ${one.name}`,
            description: one.bins.map(({ from, to, mean }) => `${compact(from)} to ${compact(to)}: ${compact(mean)}`).join('; '),
          },
          one,
        ),
      )}
    </div>`,
    reading: html`Across the value of the feature, upwards what it added to or took from the output of the forest. Bars
    (vermillion) are means of all discharges within bins of the value;
    ${
      list.some(({ sample }) => sample.length > 0)
        ? 'points are a sample of discharges of made-up patients, spread above each other where other features change what the value means'
        : 'single discharges are not shown, since they are of real patients'
    }.`,
    numbers: numbersTable(
      [
        { head: 'Feature', text: true, cell: ({ name }) => name },
        { head: 'From', cell: ({ from }) => compact(from) },
        { head: 'to', cell: ({ to }) => compact(to) },
        { head: 'Rows', cell: ({ rows }) => count(rows) },
        { head: 'Mean attribution', cell: ({ mean }) => compact(mean) },
        { head: 'Mean output', cell: ({ meanOutput }) => percent(meanOutput) },
      ],
      list.slice(0, DEPENDENCE).flatMap(({ name, bins }) => bins.map((bin) => ({ name, ...bin }))),
      'Mean attribution by bins of the value',
    ),
  });
}

function pairs({ pairs: list }: ImportanceEvidence): Markup {
  if (list.length === 0)
    return html`<h3>Pairs</h3>
      ${notComputed('the run holds no interactions.')}`;
  return table({
    caption: html`Strongest pairs of the strongest features. Strength: the mean over discharges of |v(both) − v(first) − v(second)
    + v(none)|, v being the expected output when only those are known: what knowing both adds to knowing each`,
    columns: [
      { head: 'First', text: true, cell: ({ first }) => first },
      { head: 'Second', text: true, cell: ({ second }) => second },
      { head: 'Strength', cell: ({ strength }) => compact(strength) },
    ],
    rows: list,
  });
}

function byAttribution<T extends { readonly attribution: { readonly estimate: number | null } }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (b.attribution.estimate ?? -1) - (a.attribution.estimate ?? -1));
}
