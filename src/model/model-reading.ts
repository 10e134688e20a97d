/**
 * Reads the bytes of model.bin (./model-file.ts) after their checksum was found right: pure, no disk, so that a browser reads them alike.
 *
 * Check   in this order, each before anything that depends on it: magic, header length, JSON, format version, schema, sizes against the file,
 *         structure of every tree
 */
import { z } from 'zod';
import { ForestError, ModelError } from '../errors.ts';
import { checkForest } from '../forest/check.ts';
import type { FlatForest } from '../forest/flat-forest.ts';
import { stableJson } from '../util/stable-json.ts';
import { align8, paddingIsZero, readSections, sectionLayout } from './forest-sections.ts';
import { MODEL_FORMAT, MODEL_FORMAT_VERSION, ModelHeaderSchema, describeIssues } from './model-header.ts';
import type { RiskModel } from './risk-model.ts';
import { parseStrictJson } from './strict-json.ts';

export const MAGIC = new TextEncoder().encode('RDMMODL1');
export const HEADER_START = MAGIC.length + 4;
/** The checksum, at the end. */
export const HASH_BYTES = 32;
/** Larger headers are refused: ten thousand features take about 2 MB. */
export const MAX_HEADER_BYTES = 16 * 1024 * 1024;

const FileHeaderSchema = ModelHeaderSchema.extend({
  sections: z.array(
    z.strictObject({ name: z.string(), type: z.string(), offset: z.int().nonnegative(), length: z.int().nonnegative() }),
  ),
});

/** What the checksum covers and the checksum; undefined where the file is too short to have one. */
export function checkedParts(bytes: Uint8Array): { readonly content: Uint8Array; readonly checksum: Uint8Array } | undefined {
  if (bytes.length < HEADER_START + HASH_BYTES) return undefined;
  return { content: bytes.subarray(0, -HASH_BYTES), checksum: bytes.subarray(-HASH_BYTES) };
}

export function checksumError(): ModelError {
  return corrupt('the checksum does not fit: the file was damaged, cut or extended; copy it again or use model.bin.prev');
}

/**
 * @param bytes  a whole model.bin whose checksum fits; not kept, the model's arrays are copies
 * @throws {ModelError} MODEL_CORRUPT for other damage; MODEL_VERSION for a format of another version, naming both;
 *         MODEL_HEADER for a header that is not as stated; MODEL_STRUCTURE for a forest that is not one
 */
export function readModel(bytes: Uint8Array): RiskModel {
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

/** @throws {ModelError} MODEL_STRUCTURE */
export function requireStructure(forest: FlatForest): void {
  try {
    checkForest(forest);
  } catch (error) {
    if (!(error instanceof ForestError)) throw error;
    throw new ModelError('MODEL_STRUCTURE', error.message, { cause: error, details: error.details });
  }
}

function corrupt(what: string): ModelError {
  return new ModelError('MODEL_CORRUPT', what);
}

export function headerError(what: string, cause?: unknown): ModelError {
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
