/** The matrix as one hash: ids, order and every bit of every column. */
import { sha256 } from '../../src/util/sha256.ts';
import type { FeatureMatrix } from '../../src/features/index.ts';

export function matrixHash(matrix: FeatureMatrix): string {
  const { columns, indexIds, patientIds, outcomeStates, reasons, admitMs, dischargeMs } = matrix;
  const text = JSON.stringify([indexIds, patientIds, outcomeStates, reasons]);
  const numbers = [...columns, admitMs, dischargeMs].map((column) =>
    Buffer.from(column.buffer, column.byteOffset, column.byteLength),
  );
  return sha256(Buffer.concat([Buffer.from(text), ...numbers]));
}
