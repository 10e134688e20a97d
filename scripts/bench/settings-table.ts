/**
 * What each contestant was told, idea by idea, so that a reader can dispute it. The exact arguments stand in bench.json.
 */
import type { ContestOptions, Contestant, Run } from './contest.ts';

export type SettingsRow = Readonly<{ idea: string } & Record<Contestant, string>>;

export function settingsTable(options: ContestOptions): SettingsRow[] {
  const { trees, minLeafRows, maxDepth, bins, peerBins, threads, outOfBag } = options;
  const asked = outOfBag ? 'yes' : 'no';
  const all = (text: string): Record<Contestant, string> => ({
    ours: text,
    sklearn: text,
    lightgbm: text,
    xgboost: text,
    ydf: text,
  });
  return [
    {
      idea: 'class',
      ours: 'trainForest',
      sklearn: 'RandomForestClassifier',
      lightgbm: 'train, boosting=rf',
      xgboost: `train, num_parallel_tree=${trees}, 1 round`,
      ydf: 'RandomForestLearner',
    },
    { idea: 'trees', ...all(String(trees)) },
    {
      idea: 'rows of a tree',
      ours: 'n drawn with replacement',
      sklearn: 'n drawn with replacement',
      lightgbm: '63.2 % without replacement',
      xgboost: '63.2 % without replacement',
      ydf: 'n drawn with replacement',
    },
    {
      idea: 'columns compared at a split',
      ...all('floor(sqrt(columns))'),
      lightgbm: 'that share, by node',
      xgboost: 'that share, by node',
    },
    {
      idea: 'smallest leaf',
      ours: `${minLeafRows} distinct rows`,
      sklearn: `${minLeafRows} distinct rows`,
      lightgbm: `${minLeafRows} rows`,
      xgboost: `hessian of ${minLeafRows} rows`,
      ydf: `${Math.round(minLeafRows / 0.632)} drawn rows`,
    },
    { idea: 'most splits to a leaf', ...all(String(maxDepth)) },
    { idea: 'bins of a column', ...all(String(peerBins)), ours: String(bins), sklearn: 'none, exact cuts' },
    {
      idea: 'missing values',
      ...all('direction learned'),
      ydf: 'replaced by the mean (GLOBAL_IMPUTATION)',
    },
    { idea: 'out-of-bag outputs', ours: 'yes', sklearn: asked, lightgbm: 'cannot', xgboost: 'cannot', ydf: asked },
    {
      idea: 'form of the values',
      ours: 'float64 columns',
      sklearn: 'float32, column order',
      lightgbm: 'float32, column order',
      xgboost: 'float32, row order',
      ydf: 'float32 columns',
    },
    {
      idea: 'threads',
      ...all(String(threads)),
      lightgbm: `${threads}, waiting passively`,
      xgboost: `${threads}, waiting passively`,
    },
  ];
}

/** The arguments each contestant passed on to its library, of its first run. */
export function exactSettings(runs: readonly Run[]): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(runs.map((run) => run.contestant))].map((name) => [name, runs.find((run) => run.contestant === name)?.settings]),
  );
}
