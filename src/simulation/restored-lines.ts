/**
 * Kept lines with the displaced ones back at their numbers: a natural file as it was.
 */
import { readNdjsonBytes } from '../fhir/index.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import type { DisplacedLine } from './displaced-file.ts';
import { createRuns, type LineRuns } from './line-runs.ts';

/** @param displaced  of this file, in rising order of line. @throws {FhirError} NDJSON_*; {CancelledError} */
export async function* restoredLines(
  path: string,
  displaced: readonly DisplacedLine[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  let [number, next] = [1, 0];
  /** Lines that were left out here, and whether the one that stands here now is not the source's. */
  const putBack = (runs: LineRuns): boolean => {
    for (let line = displaced[next]; line?.line === number; line = displaced[next]) {
      runs.add(Buffer.from(line.text, 'utf8'));
      number += 1;
      next += 1;
      if (line.replaced === true) return true;
    }
    return false;
  };
  for await (const batch of readNdjsonBytes(path, { whole: true })) {
    stopIfCancelled(signal, 'restoring the records');
    const runs = createRuns();
    for (const { bytes } of batch) {
      if (putBack(runs)) continue;
      runs.add(bytes);
      number += 1;
    }
    yield* runs.all();
  }
  const rest = createRuns();
  putBack(rest);
  yield* rest.all();
}
