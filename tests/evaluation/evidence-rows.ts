/**
 * Made-up input for evidence: a forest, a baseline, points of which only the order means something, folds and two divisions.
 */
import type { EvidenceInput } from '../../src/evaluation/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { madeUpRows } from './rows.ts';

export function madeUpEvidence(seed: number, n: number): EvidenceInput {
  const { outcome, risk, groups, stratum } = madeUpRows(seed, n);
  const stream = randomStream(seed, 1);
  return {
    outcome,
    risks: {
      forest: risk,
      noisy: risk.map((r) => Math.min(0.99, Math.max(0.01, r + 0.4 * (stream.uniform() - 0.5)))),
      points: risk.map((r) => Math.round(8 * r + 3 * stream.uniform())),
    },
    orderOnly: ['points'],
    groups,
    fold: groups.map((g) => g % 3),
    reason: stratum,
    day: Int32Array.from(outcome, () => stream.below(Math.ceil(n / 8))),
    subgroups: [
      { by: 'sex', labels: Array.from(outcome, () => (stream.uniform() < 0.5 ? 'female' : 'male')) },
      { by: 'race', labels: Array.from(outcome, () => ['a', 'b', 'b', null, 'c'][stream.below(5)] ?? null) },
    ],
    thresholds: [0.2],
    capacities: [1, 2],
    subgroupThreshold: 0.3,
    description: 'made up.',
  };
}
