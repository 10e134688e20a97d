/**
 * Cost of evidence: curves, calibration, net benefit, actions, subgroups and intervals of one set of held-out risks.
 *
 * Usage  npx tsx scripts/bench/evidence.ts [ROWS 10000] [DRAWS 1000] [--json]
 * Peer   the headline metrics of the same risks by writing out every resample and computing each metric anew, the way a notebook does;
 *        timed on a twentieth of the draws
 */
import { parseArgs } from 'node:util';
import {
  bootstrapIntervals,
  brier,
  byCopying,
  calibrationIntercept,
  calibrationSlope,
  gatherEvidence,
} from '../../src/evaluation/index.ts';
import { auroc, averagePrecision } from '../../src/evaluation/index.ts';
import { randomStream } from '../../src/util/random.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false } } });
const [rows = 10_000, draws = 1000] = positionals.map(Number);
const stream = randomStream(1, 0);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - stream.uniform())) * Math.cos(2 * Math.PI * stream.uniform());
const groups = Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 3));
const latent = Float64Array.from({ length: rows }, () => -1.8 + 0.9 * normal());
const logistic = (z: number): number => 1 / (1 + Math.exp(-z));
const outcome = Uint8Array.from(latent, (z) => (stream.uniform() < logistic(z) ? 1 : 0));
const risk = (noise: number): Float64Array => latent.map((z) => logistic(z + noise * normal()));
const names = ['logistic', 'reason', 'prevalence', 'lace', 'hospital_2013', 'hospital_2016', 'charlson'];
const risks = { forest: risk(0.3), ...Object.fromEntries(names.map((name, k) => [name, risk(0.4 + 0.1 * k)])) };
const label = (of: number): string[] => Array.from({ length: rows }, () => `group ${stream.below(of)}`);

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

let before = cpu();
const wall = performance.now();
await gatherEvidence(
  {
    outcome,
    risks,
    groups,
    fold: groups.map((g) => g % 5),
    reason: groups.map(() => stream.below(30)),
    day: groups.map(() => stream.below(1000)),
    subgroups: ['sex', 'age band', 'race', 'ethnicity', 'specialty cohort'].map((by, k) => ({ by, labels: label(2 + k) })),
    thresholds: [0.1, 0.2, 0.3],
    capacities: [1],
    subgroupThreshold: 0.2,
    description: 'bench',
  },
  { seed: 1, draws },
);
const evidence = cpu() - before;
const wallSeconds = (performance.now() - wall) / 1000;

before = cpu();
const few = Math.max(1, Math.round(draws / 20));
const plain = { auroc, averagePrecision, brier, calibrationIntercept, calibrationSlope };
const statistics = Object.fromEntries(Object.entries(plain).map(([name, metric]) => [name, byCopying(metric)]));
for (const one of Object.values(risks)) bootstrapIntervals({ outcome, risk: one, groups, statistics }, { seed: 1, draws: few });
const peer = ((cpu() - before) * draws) / few;

process.stdout.write(
  values.json
    ? `${JSON.stringify({ rows, risks: Object.keys(risks).length, draws, cpuS: evidence, wallS: wallSeconds, peerCpuS: peer })}\n`
    : `evidence of ${rows} discharges, ${Object.keys(risks).length} risks, ${draws} draws: ${evidence.toFixed(1)} s CPU, ${wallSeconds.toFixed(1)} s wall\n` +
        `five headline metrics alone by writing out each resample: ${peer.toFixed(1)} s CPU; ratio ${(peer / evidence).toFixed(1)}\n`,
);
