/**
 * Feature values that a model may be asked about: within its training range, beyond it, and missing.
 */
import type { ModelHeader } from '../src/model/index.ts';
import { randomStream } from '../src/util/random.ts';

/** @param beyond  whether some values are to lie outside the training range */
export function featureRows(header: ModelHeader, count: number, beyond: boolean): Record<string, number | null>[] {
  const random = randomStream(20, 0);
  return Array.from({ length: count }, () => {
    const entries = header.features.flatMap(({ name, min, max }): [string, number | null][] => {
      const draw = random.uniform();
      if (draw < 0.1) return [];
      if (draw < 0.2 || min === null || max === null) return [[name, null]];
      const value = Math.round(min + (max - min) * random.uniform() * (beyond && draw > 0.9 ? 1.5 : 1));
      return [[name, Math.max(value, min)]];
    });
    return Object.fromEntries(entries);
  });
}
