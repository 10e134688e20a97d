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
import { z } from 'zod';
import { ForestError, ModelError } from '../errors.ts';
import { checkForest } from '../forest/check.ts';
import type { FlatForest } from '../forest/flat-forest.ts';
import { sha256 } from '../util/sha256.ts';
import { stableJson } from '../util/stable-json.ts';
import { align8, paddingIsZero, readSections, sectionLayout, writeSections } from './forest-sections.ts';
import { MODEL_FORMAT, MODEL_FORMAT_VERSION, ModelHeaderSchema, describeIssues } from './model-header.ts';
import type { RiskModel } from './risk-model.ts';
import { parseStrictJson } from './strict-json.ts';

const MAGIC = new TextEncoder().encode('RDMMODL1');
const HEADER_START = MAGIC.length + 4;
const HASH_BYTES = 32;
/** Larger headers are refused: ten thousand features take about 2 MB. */
export const MAX_HEADER_BYTES = 16 * 1024 * 1024;

const FileHeaderSchema = ModelHeaderSchema.extend({
  sections: z.array(
    z.strictObject({ name: z.string(), type: z.string(), offset: z.int().nonnegative(), length: z.int().nonnegative() }),
  ),
});

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
  if (!isIntact(bytes)) {
    throw corrupt('the checksum does not fit: the file was damaged, cut or extended; copy it again or use model.bin.prev');
  }
  requireMagic(bytes);
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(MAGIC.length, true);
  const end = bytes.length - HASH_BYTES;
  if (headerLength > MAX_HEADER_BYTES || HEADER_START + headerLength > end) {
    throw corrupt(`the header claims ${headerLength} bytes of a file of ${bytes.length}, at most ${MAX_HEADER_BYTES} are read`);
  }
  const { sections: stated, ...header } = parseHeader(bytes.subarray(HEADER_START, HEADER_START + headerLength));
  const { trees } = header.forest;
  const nodes = stated.find((section) => section.name === 'feature')?.length ?? 0;
  const { sections, byteLength } = sectionLayout(trees, nodes);
  const sectionStart = align8(HEADER_START + headerLength);
  if (stableJson(stated) !== stableJson(sections) || sectionStart + byteLength !== end) {
    throw corrupt(
      `the sections stated for ${trees} trees and ${nodes} nodes do not fill the file: expected ${sectionStart + byteLength + HASH_BYTES} ` +
        `bytes in the stated order, found ${bytes.length}`,
    );
  }
  const body = bytes.subarray(sectionStart, end);
  if (bytes.subarray(HEADER_START + headerLength, sectionStart).some((b) => b !== 0) || !paddingIsZero(sections, body)) {
    throw corrupt('padding holds other bytes than zero');
  }
  const forest = readSections(sections, body, header.features.length);
  requireStructure(forest);
  return { header, forest };
}

/** SHA-256 of the bytes of model.bin in lower-case hex: the name by which answers and side files refer to a model. */
export function modelHash(bytes: Uint8Array): string {
  return sha256(bytes);
}

/** True when the file ends with the SHA-256 of all before. */
export function isIntact(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_START + HASH_BYTES) return false;
  return digest(bytes.subarray(0, -HASH_BYTES)).equals(bytes.subarray(-HASH_BYTES));
}

function parseHeader(bytes: Uint8Array): z.infer<typeof FileHeaderSchema> {
  let json: unknown;
  try {
    json = parseStrictJson(bytes);
  } catch (error) {
    throw headerError((error as Error).message, error);
  }
  const { format, formatVersion, codeVersion } = z
    .looseObject({ format: z.unknown(), formatVersion: z.unknown(), codeVersion: z.unknown() })
    .catch({ format: undefined, formatVersion: undefined, codeVersion: undefined })
    .parse(json);
  if (format === MODEL_FORMAT && Number.isInteger(formatVersion) && formatVersion !== MODEL_FORMAT_VERSION) {
    throw versionError(`model format ${String(formatVersion)}`, typeof codeVersion === 'string' ? codeVersion : undefined);
  }
  const parsed = FileHeaderSchema.safeParse(json);
  if (!parsed.success) throw headerError(describeIssues(parsed.error), parsed.error);
  return parsed.data;
}

function requireMagic(bytes: Uint8Array): void {
  if (MAGIC.every((byte, i) => bytes[i] === byte)) return;
  // Same name, other digit: a later container, told apart from a file that is no model at all.
  const container = String.fromCharCode(bytes[MAGIC.length - 1]!);
  if (MAGIC.slice(0, -1).every((byte, i) => bytes[i] === byte) && /[0-9]/.test(container)) {
    throw versionError(`container ${container}`, undefined);
  }
  throw corrupt('not a model file: it does not begin with RDMMODL1');
}

function requireAgreement(features: number, trees: number, forest: FlatForest): void {
  const found = forest.treeStart.length - 1;
  if (features === forest.featureCount && trees === found) return;
  throw headerError(`header states ${features} features and ${trees} trees, the forest has ${forest.featureCount} and ${found}`);
}

function requireStructure(forest: FlatForest): void {
  try {
    checkForest(forest);
  } catch (error) {
    if (!(error instanceof ForestError)) throw error;
    throw new ModelError('MODEL_STRUCTURE', error.message, { cause: error, details: error.details });
  }
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function corrupt(what: string): ModelError {
  return new ModelError('MODEL_CORRUPT', what);
}

function headerError(what: string, cause?: unknown): ModelError {
  return new ModelError(
    'MODEL_HEADER',
    `expected a header of model format ${MODEL_FORMAT_VERSION}, found ${what}; train the model again`,
    {
      cause,
    },
  );
}

function versionError(found: string, codeVersion: string | undefined): ModelError {
  const release = codeVersion === undefined ? 'the release that made it' : `release ${codeVersion.slice(0, 64)} or a later one`;
  return new ModelError(
    'MODEL_VERSION',
    `this build reads model format ${MODEL_FORMAT_VERSION} (container 1), the file has ${found}; use ${release}, or train again`,
    { details: { reads: MODEL_FORMAT_VERSION, found } },
  );
}
