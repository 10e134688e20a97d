/**
 * model.bin: one file that holds a whole risk model and can be checked before any of it is used.
 *
 * Layout  "RDMMODL1" · header length (uint32) · header (JSON, UTF-8) · zeros to a multiple of 8 · the forest's arrays
 *         (./forest-sections.ts) · SHA-256 of everything before. All numbers little-endian
 * Check   in this order, each before anything that depends on it: checksum, magic, header length, JSON, format version, schema,
 *         sizes against the file, structure of every tree. The checksum finds damage; the others also refuse a file made to harm
 * Choice  not compressed and not an archive: nothing to inflate, no paths to escape
 */
import { createHash } from 'node:crypto';
import type { FlatForest } from '../forest/flat-forest.ts';
import { sha256 } from '../util/sha256.ts';
import { stableJson } from '../util/stable-json.ts';
import { align8, sectionLayout, writeSections } from './forest-sections.ts';
import { ModelHeaderSchema, describeIssues } from './model-header.ts';
import {
  HASH_BYTES,
  HEADER_START,
  MAGIC,
  MAX_HEADER_BYTES,
  checkedParts,
  checksumError,
  headerError,
  readModel,
  requireStructure,
} from './model-reading.ts';
import type { RiskModel } from './risk-model.ts';

/**
 * @returns the bytes of model.bin; the same model gives the same bytes
 * @throws {ModelError} MODEL_HEADER or MODEL_STRUCTURE: what could not be read back is not written
 */
export function encodeModel(model: RiskModel): Uint8Array {
  const { forest } = model;
  const parsed = ModelHeaderSchema.safeParse(model.header);
  if (!parsed.success) throw headerError(describeIssues(parsed.error), parsed.error);
  requireAgreement(parsed.data.features.length, parsed.data.forest.trees, forest);
  requireStructure(forest);
  const { sections, byteLength } = sectionLayout(parsed.data.forest.trees, forest.feature.length);
  const header = new TextEncoder().encode(stableJson({ ...parsed.data, sections }));
  if (header.length > MAX_HEADER_BYTES) throw headerError(`${header.length} bytes, at most ${MAX_HEADER_BYTES} are read`);
  const sectionStart = align8(HEADER_START + header.length);
  const bytes = new Uint8Array(sectionStart + byteLength + HASH_BYTES);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint32(MAGIC.length, header.length, true);
  bytes.set(header, HEADER_START);
  writeSections(forest, sections, bytes.subarray(sectionStart));
  bytes.set(digest(bytes.subarray(0, -HASH_BYTES)), bytes.length - HASH_BYTES);
  return bytes;
}

/**
 * @param bytes  a whole model.bin; not kept, the model's arrays are copies
 * @throws {ModelError} MODEL_CORRUPT for damage of any kind; MODEL_VERSION for a format of another version, naming both;
 *         MODEL_HEADER for a header that is not as stated; MODEL_STRUCTURE for a forest that is not one
 */
export function decodeModel(bytes: Uint8Array): RiskModel {
  if (!isIntact(bytes)) throw checksumError();
  return readModel(bytes);
}

/** SHA-256 of the bytes of model.bin in lower-case hex: the name by which answers and side files refer to a model. */
export function modelHash(bytes: Uint8Array): string {
  return sha256(bytes);
}

/** True when the file ends with the SHA-256 of all before. */
export function isIntact(bytes: Uint8Array): boolean {
  const parts = checkedParts(bytes);
  return parts !== undefined && digest(parts.content).equals(parts.checksum);
}

function requireAgreement(features: number, trees: number, forest: FlatForest): void {
  const found = forest.treeStart.length - 1;
  if (features === forest.featureCount && trees === found) return;
  throw headerError(`header states ${features} features and ${trees} trees, the forest has ${forest.featureCount} and ${found}`);
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
