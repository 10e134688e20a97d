/**
 * The leakage audit for people: a line per check, the verdict first.
 */
import type { LeakageEvidence } from '../../evaluation/index.ts';

export function leakageText({ checks, verdict }: LeakageEvidence): string {
  const open = checks.filter(({ verdict: found }) => found === 'not-assessed').length;
  return [
    `leakage audit: ${verdict}${open === 0 ? '' : `, ${open} of ${checks.length} checks not assessed`}`,
    ...checks.map(({ check, verdict: found, finding }) => `  ${found.padEnd(12)} ${check}: ${finding}`),
  ].join('\n');
}
