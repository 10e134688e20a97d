/**
 * Results as long tables, one row per figure: what an analyst sorts, filters and plots.
 *
 * In      attrition, validations, a comparison, each by its shape
 * Out     named columns of one length; a figure without a value is NaN, a text without one null
 */
import type { TableColumn } from '../warehouse/index.ts';

interface FigureLike {
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

export interface AttritionLike {
  readonly step: number;
  readonly label: string;
  readonly unit: string;
  readonly n: number;
  readonly title?: string | undefined;
  readonly note?: string | undefined;
}

export interface ValidationLike {
  readonly name: string;
  readonly rows: number;
  readonly events: number;
  readonly patients: number;
  readonly results: Readonly<Record<string, Readonly<Record<string, FigureLike>>>>;
  /** AUROC of the forest minus that of the model named. */
  readonly differences?: Readonly<Record<string, FigureLike>>;
}

/** What `readmission compare` writes into metrics.json. */
export interface ComparisonLike {
  readonly arms: readonly {
    readonly name: string;
    readonly rows: number;
    readonly events: number;
    readonly figures: Readonly<Record<string, FigureLike>>;
  }[];
  readonly differences: readonly {
    readonly arm: string;
    readonly reference: string;
    readonly differences: Readonly<
      Record<string, FigureLike & { readonly p?: number | null; readonly pAdjusted?: number | null }>
    >;
  }[];
}

/** step, label, unit, n, title, note: the flow from encounters to index discharges and outcomes. */
export function attritionTable(lines: readonly AttritionLike[]): TableColumn[] {
  return tableOf(
    lines.map(({ step, label, unit, n, title, note }) => ({ step, label, unit, n, title: title ?? null, note: note ?? null })),
    { step: 'number', label: 'text', unit: 'text', n: 'number', title: 'text', note: 'text' },
  );
}

/** validation, model, metric, estimate, lower, upper, rows, events, patients; "aurocLead" is the forest's AUROC minus the model's. */
export function metricsTable(validations: readonly ValidationLike[]): TableColumn[] {
  const rows = validations.flatMap(({ name, rows: n, events, patients, results, differences }) => {
    const row = (model: string, metric: string, figure: FigureLike): Row => ({
      validation: name,
      model,
      metric,
      ...figureCells(figure),
      rows: n,
      events,
      patients,
    });
    return [
      ...Object.entries(results).flatMap(([model, figures]) =>
        Object.entries(figures).map(([metric, figure]) => row(model, metric, figure)),
      ),
      ...Object.entries(differences ?? {}).map(([model, figure]) => row(model, 'aurocLead', figure)),
    ];
  });
  const counts = { rows: 'number', events: 'number', patients: 'number' } as const;
  return tableOf(rows, { validation: 'text', model: 'text', metric: 'text', ...figureKinds, ...counts });
}

/** arm, reference, metric, estimate, lower, upper, p, p_adjusted; reference is null for an arm's own figure, else the row is arm minus reference. */
export function comparisonTable({ arms, differences }: ComparisonLike): TableColumn[] {
  const none = { p: Number.NaN, p_adjusted: Number.NaN };
  const rows = [
    ...arms.flatMap(({ name, figures }) =>
      Object.entries(figures).map(([metric, figure]): Row => ({
        arm: name,
        reference: null,
        metric,
        ...figureCells(figure),
        ...none,
      })),
    ),
    ...differences.flatMap(({ arm, reference, differences: of }) =>
      Object.entries(of).map(([metric, figure]): Row => ({
        arm,
        reference,
        metric,
        ...figureCells(figure),
        p: figure.p ?? Number.NaN,
        p_adjusted: figure.pAdjusted ?? Number.NaN,
      })),
    ),
  ];
  return tableOf(rows, { arm: 'text', reference: 'text', metric: 'text', ...figureKinds, p: 'number', p_adjusted: 'number' });
}

type Row = Readonly<Record<string, string | number | null>>;

const figureKinds = { estimate: 'number', lower: 'number', upper: 'number' } as const;

function figureCells({ estimate, lower, upper }: FigureLike): Row {
  return { estimate: estimate ?? Number.NaN, lower: lower ?? Number.NaN, upper: upper ?? Number.NaN };
}

function tableOf(rows: readonly Row[], kinds: Readonly<Record<string, 'number' | 'text'>>): TableColumn[] {
  return Object.entries(kinds).map(([name, kind]) => ({
    name,
    values:
      kind === 'number'
        ? Float64Array.from(rows, (row) => row[name] as number)
        : rows.map((row) => (row[name] ?? null) as string | null),
  }));
}
