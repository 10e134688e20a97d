/**
 * A valid model made of chance, and ways to make a file wrong while its checksum stays right.
 */
import { createHash } from 'node:crypto';
import type { FlatForest } from '../../src/forest/flat-forest.ts';
import type { ModelHeader, RiskModel } from '../../src/model/index.ts';
import { randomStream } from '../../src/util/random.ts';
import type { RandomStream } from '../../src/util/random.ts';

export const featureCount = 6;
const headerStart = 12;

interface Node {
  feature: number;
  threshold: number;
  missingLeft: number;
  left: number;
  right: number;
  value: number;
  cover: number;
}

/** Trees of at least 7 nodes with every invariant of a forest. */
export function randomForest(seed: number, trees: number, depth = 5): FlatForest {
  const stream = randomStream(seed, 0);
  const nodes: Node[] = [];
  const starts = [0];
  for (let t = 0; t < trees; t++) {
    grow(nodes, stream, depth, true);
    starts.push(nodes.length);
  }
  return {
    featureCount,
    treeStart: Int32Array.from(starts),
    feature: Int32Array.from(nodes, (n) => n.feature),
    threshold: Float64Array.from(nodes, (n) => n.threshold),
    missingLeft: Uint8Array.from(nodes, (n) => n.missingLeft),
    left: Int32Array.from(nodes, (n) => n.left),
    right: Int32Array.from(nodes, (n) => n.right),
    value: Float64Array.from(nodes, (n) => n.value),
    cover: Float64Array.from(nodes, (n) => n.cover),
  };
}

function grow(nodes: Node[], stream: RandomStream, depth: number, mustSplit: boolean): number {
  const at = nodes.length;
  const leaf: Node = {
    feature: -1,
    threshold: 0,
    missingLeft: 0,
    left: -1,
    right: -1,
    value: stream.uniform(),
    cover: 1 + stream.below(40),
  };
  nodes.push(leaf);
  if (depth === 0 || (!mustSplit && stream.uniform() < 0.2)) return at;
  const left = grow(nodes, stream, depth - 1, mustSplit && depth > 4);
  const right = grow(nodes, stream, depth - 1, mustSplit && depth > 4);
  const [l, r] = [nodes[left]!, nodes[right]!];
  const cover = l.cover + r.cover;
  nodes[at] = {
    feature: stream.below(featureCount),
    threshold: stream.uniform() < 0.05 ? Number.MAX_VALUE : 4 * stream.uniform() - 2,
    missingLeft: stream.below(2),
    left,
    right,
    value: (l.value * l.cover + r.value * r.cover) / cover,
    cover,
  };
  return at;
}

export function sampleHeader(trees: number): ModelHeader {
  return {
    format: 'readmission-model',
    formatVersion: 1,
    name: 'sample',
    codeVersion: '0.1.0',
    createdAt: '2026-01-02T03:04:05Z',
    features: Array.from({ length: featureCount }, (_, i) => ({
      name: `feature_${i}`,
      unit: 'mmol/L',
      family: i < 2 ? 'demographics' : 'labs',
      min: i === 5 ? null : -2,
      max: i === 5 ? null : 2,
      missing: i === 5 ? 1 : 0.25,
    })),
    featureHash: 'ab'.repeat(32),
    cohort: { name: 'adult inpatients', hash: 'cd'.repeat(32), definition: { minimumAge: 18, classes: ['IMP', 'ACUTE'] } },
    outcome: { name: 'unplanned readmission', horizonDays: 30, description: 'first unplanned stay after discharge' },
    training: {
      rows: 1000,
      events: 90,
      patients: 700,
      manifestSha256: 'ef'.repeat(32),
      transactionTime: '2026-01-01T00:00:00.000Z',
      synthetic: true,
      refittedOnAll: true,
    },
    forest: { engine: 'histogram', trees, options: { mtry: 2, maxDepth: null, bootstrap: 'patient' } },
    seed: 7,
    folds: { count: 5, seed: 7, rule: 'hash of patient id' },
    calibration: { kind: 'logistic', intercept: -0.1, slope: 1.2, epsilon: 1e-4, reason: 'enough events', rows: 990, events: 90 },
    bands: [
      { name: 'low', from: 0, meaning: 'below 9 %' },
      { name: 'moderate', from: 0.09, meaning: 'at or above the base rate' },
      { name: 'high', from: 0.21, meaning: 'the highest tenth' },
    ],
    baseRate: 0.09,
  };
}

export function sampleModel(seed = 1, trees = 8): RiskModel {
  return { header: sampleHeader(trees), forest: randomForest(seed, trees) };
}

/** The bytes with a checksum that fits again. */
export function sealed(bytes: Uint8Array): Uint8Array {
  const sealedBytes = bytes.slice();
  sealedBytes.set(createHash('sha256').update(sealedBytes.subarray(0, -32)).digest(), sealedBytes.length - 32);
  return sealedBytes;
}

export function headerText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(headerStart, headerStart + headerLength(bytes)));
}

/** The file with another header text, arrays moved along, checksum right. */
export function withHeaderText(bytes: Uint8Array, change: (text: string) => string): Uint8Array {
  const before = headerText(bytes);
  const changed = change(before);
  if (changed === before) throw new Error('the change changed nothing');
  const text = new TextEncoder().encode(changed);
  const body = bytes.subarray(sectionStart(bytes));
  const start = Math.ceil((headerStart + text.length) / 8) * 8;
  const file = new Uint8Array(start + body.length);
  file.set(bytes.subarray(0, headerStart));
  new DataView(file.buffer).setUint32(8, text.length, true);
  file.set(text, headerStart);
  file.set(body, start);
  return sealed(file);
}

export function withHeader(bytes: Uint8Array, change: (header: Record<string, unknown>) => void): Uint8Array {
  return withHeaderText(bytes, (text) => {
    const header = JSON.parse(text) as Record<string, unknown>;
    change(header);
    return JSON.stringify(header);
  });
}

/** The file with one value of one array changed, checksum right. */
export function withValue(bytes: Uint8Array, section: string, index: number, value: number): Uint8Array {
  const { sections } = JSON.parse(headerText(bytes)) as { sections: { name: string; type: string; offset: number }[] };
  const { type, offset } = sections.find((s) => s.name === section)!;
  const file = bytes.slice();
  const view = new DataView(file.buffer);
  const start = sectionStart(bytes) + offset;
  if (type === 'float64') view.setFloat64(start + 8 * index, value, true);
  else if (type === 'int32') view.setInt32(start + 4 * index, value, true);
  else view.setUint8(start + index, value);
  return sealed(file);
}

function headerLength(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
}

function sectionStart(bytes: Uint8Array): number {
  return Math.ceil((headerStart + headerLength(bytes)) / 8) * 8;
}

/** The code of the error that a call throws or rejects with; undefined when it succeeds. */
export async function errorCode(call: () => unknown): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
