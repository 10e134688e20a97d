/**
 * The leakage audit for people: a line per check, the verdict first.
 */
import type { LeakageEvidence } from '../../evaluation/index.ts';

export function leakageText({ checks, verdict }: LeakageEvidence): string {
  return [
    `leakage audit: ${verdict}`,
    ...checks.map(({ check, verdict: found, finding }) => `  ${found.padEnd(12)} ${check}: ${finding}`),
  ].join('\n');
}
