/**
 * An analyst's afternoon with DataFrames: from FHIR records to a model of a table that the analyst made.
 *
 *   npx tsx scripts/analyst-example.ts [FOLDER] [--out MODEL-FOLDER]
 *
 * In      a landing folder, default synthea-data
 * Out     what is found, step by step; with --out the model folder
 * Needs   danfojs-node, an optional dependency
 */
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { scoreTable, toDanfo, trainTable, type DanfoFrame } from '../src/analyst/index.ts';
import { writeModelFolder } from '../src/model/index.ts';
import { openStudy, type TrainOptions } from '../src/training/index.ts';

export interface AnalystRun {
  readonly data: string;
  readonly createdAt: string;
  readonly say: (text: string) => void;
  /** Model folder to write. */
  readonly out?: string | undefined;
  readonly training?: Pick<TrainOptions, 'folds' | 'draws' | 'forest'>;
}

export async function analystExample({ data, createdAt, say, out, training }: AnalystRun): Promise<{
  readonly matrix: DanfoFrame;
  readonly metrics: DanfoFrame;
  readonly scores: DanfoFrame;
}> {
  // 1. Records become a study: a cohort with its attrition, and a matrix with one row per index discharge.
  const study = await openStudy(data, { features: 'demographics,index-stay,utilization,comorbidity,observations', threads: 2 });

  // 2. Where did the discharges go? The flow is a table like any other: the rules that took stays away, largest first.
  const attrition = await toDanfo({ attrition: study.cohort.attrition });
  const excluded = attrition.query(attrition.column('step').eq(40)).sortValues('n', { ascending: false });
  say(
    `Stays kept out, by rule:\n${excluded
      .loc({ columns: ['label', 'n'] })
      .head(5)
      .toString()}`,
  );

  // 3. The matrix with its ids and labels. NaN is "not recorded", which is not the same as normal.
  const matrix = await toDanfo({ matrix: study.matrix });
  say(`Matrix: ${matrix.shape[0]} discharges x ${matrix.shape[1]} columns.`);

  // A column's own statistics pass over NaN. danfo's describe() and groupby().mean() do not: there one missing value makes the mean NaN,
  // so ask for the columns that are complete, or drop what is missing first.
  const sodium = matrix.column('last_sodium');
  const known = sodium.dropNa();
  say(
    `Sodium is known for ${known.values.length} of ${matrix.shape[0]} discharges, median ${known.values.length === 0 ? '–' : known.median()} mmol/L.`,
  );
  say(
    `Ages and stays:\n${matrix
      .loc({ columns: ['age_years', 'length_of_stay_days', 'prior_admissions_365d'] })
      .describe()
      .toString()}`,
  );

  // 4. A first look: how often does the outcome follow, by the stays of the year before? The mean of a 0/1 label is a share.
  const prior = matrix.column('prior_admissions_365d').values as number[];
  matrix.addColumn(
    'prior_stays',
    prior.map((n) => (n >= 3 ? '3+' : String(n))),
    { inplace: true },
  );
  const byPrior = matrix.groupby(['prior_stays']).col(['target', 'age_years']).mean();
  say(`Share with the outcome, by stays in the year before:\n${byPrior.sortValues('prior_stays').toString()}`);

  // 5. A feature that the catalogue does not have. Everything it is made from is known at the discharge, so it is too; a column made from what
  //    came later (readmitted, outcome_state) would be a leak, and the audit of step 7 looks for one.
  const visits = matrix.column('emergency_visits_365d').values as number[];
  const days = matrix.column('length_of_stay_days').values as number[];
  matrix.addColumn(
    'acute_contacts',
    prior.map((n, row) => n + (visits[row] as number)),
    { inplace: true },
  );
  matrix.addColumn(
    'long_stay',
    days.map((n) => n >= 7),
    { inplace: true },
  );

  // 6. Training on the DataFrame, not on the records: say which column is the label and which names the patient. Patients, and not rows, are dealt to
  //    folds, so that nobody is on both sides; with a time column there is a temporal validation as well.
  const features = [
    'age_years',
    'acute_contacts',
    'long_stay',
    'charlson_index',
    'last_sodium',
    'last_haemoglobin',
    'days_since_last_discharge',
  ];
  const roles = { label: 'target', groups: 'patient_id', id: 'index_id', time: 'discharge', reason: 'reason_code' };
  const trained = await trainTable(
    matrix,
    { ...roles, features: features.join(',') },
    { name: 'analyst', createdAt, synthetic: study.manifest.synthetic, quick: true, folds: 5, draws: 200, ...training },
  );

  // 7. The figures, each with its 95 % interval of resampled patients, beside what a model has to beat.
  const metrics = await toDanfo({ validations: trained.metrics.validations });
  const grouped = metrics.query(metrics.column('validation').eq('grouped'));
  const auroc = grouped.query(grouped.column('metric').eq('auroc'));
  say(`AUROC by model:\n${auroc.loc({ columns: ['model', 'estimate', 'lower', 'upper'] }).toString()}`);
  say(`Leakage audit: ${trained.metrics.leakage.checks.map(({ check, verdict }) => `${check} ${verdict}`).join(', ')}.`);

  // 8. Scores of a DataFrame: columns are found by name. These rows were trained on, so their risks flatter: only the validations are evidence.
  const scores = await scoreTable(trained.model, matrix, { id: 'index_id' });
  say(`Highest risks:\n${scores.sortValues('risk', { ascending: false }).head(5).toString()}`);
  const byBand = scores.groupby(['band']).col(['risk']).mean();
  say(`Mean risk by band:\n${byBand.sortValues('risk_mean').toString()}`);

  // 9. The model folder is like any other: card, metrics, and risks by feature name over HTTP (`readmission serve`).
  if (out !== undefined) {
    const hash = await writeModelFolder(out, trained);
    say(`Model ${hash.slice(0, 12)} written to ${out}.`);
  }
  return { matrix, metrics, scores };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  await analystExample({
    data: positionals[0] ?? 'synthea-data',
    createdAt: new Date().toISOString(),
    say: (text) => process.stdout.write(`${text}\n\n`),
    out: values.out,
  });
}
