/**
 * The model folder: model.bin with what belongs to it (metrics.json, card.json, card.md), replaced as one.
 *
 * Commit   model.bin is written last and decides which model the folder holds. metrics.json and card.json carry the SHA-256 of the
 *          model they describe, and their former versions stay beside them as .prev until then: killed at any moment, the folder is
 *          wholly the old model or wholly the new one
 * Keeps    the model before as model.bin.prev with its metrics and card, to go back to
 * Choice   one writer at a time is assumed; readers need no lock
 */
import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ModelError } from '../errors.ts';
import { syncFolder, writeFileAtomic } from '../util/atomic-file.ts';
import { didYouMeanPath } from '../util/nearest-path.ts';
import { stableJson } from '../util/stable-json.ts';
import { decodeModel, encodeModel, isIntact, modelHash } from './model-file.ts';
import { isModelName } from './model-header.ts';
import { readRegularFile } from './regular-file.ts';
import type { RiskModel } from './risk-model.ts';
import { parseStrictJson } from './strict-json.ts';

/** Any JSON object; NaN is written as null. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface ModelFolder {
  readonly model: RiskModel;
  /** SHA-256 of model.bin, lower-case hex. */
  readonly modelSha256: string;
  readonly metrics: JsonObject;
  readonly card: JsonObject;
}

/** Looks at a folder before its files are taken not to belong together. */
const MAX_ATTEMPTS = 5;
const MAX_MODEL_BYTES = 2 ** 31 - 2;
const MAX_SIDE_BYTES = 64 * 1024 * 1024;
const SIDE_FILES = ['metrics.json', 'card.json'] as const;
const STAMP = 'modelSha256';

/**
 * Refuses a folder that no model should be written into, before anything is computed: a model has a folder of its own, or goes over another
 * model; it is not put among a user's files.
 *
 * @throws {ModelError} MODEL_OUT_TAKEN; MODEL_OUT_NAME where the last part, which names the model, is no name
 */
export async function requireModelOut(dir: string): Promise<void> {
  const name = basename(resolve(dir));
  if (!isModelName(name)) {
    throw new ModelError(
      'MODEL_OUT_NAME',
      `expected the last part of --out to name the model: up to 64 letters, digits, ".", "_" and "-", the first a letter or digit; found ` +
        `"${name}"; name another`,
    );
  }
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException): string[] | null =>
    error.code === 'ENOTDIR' ? null : [],
  );
  if (names !== null && (names.length === 0 || names.includes('model.bin'))) return;
  throw new ModelError(
    'MODEL_OUT_TAKEN',
    `expected a new folder, an empty one or a model folder as --out, found ${dir} ${names === null ? 'to be a file' : 'with other files'}; name another`,
  );
}

/**
 * @param dir               made when absent
 * @param content.metrics   object with interface types welcome; its key modelSha256 is set here
 * @returns                 SHA-256 of the model.bin written
 * @throws {ModelError} MODEL_HEADER, MODEL_STRUCTURE; the file system's own error (ENOSPC, EACCES, …), the former model then stays
 */
export async function writeModelFolder(
  dir: string,
  content: { readonly model: RiskModel; readonly metrics: object; readonly card: object; readonly cardMarkdown: string },
): Promise<string> {
  const bytes = encodeModel(content.model);
  const hash = modelHash(bytes);
  if ((await mkdir(dir, { recursive: true })) !== undefined) await syncFolder(dirname(dir));
  await keepPrevious(dir, hash);
  await writeFileAtomic(join(dir, 'metrics.json'), stamped(content.metrics, hash));
  await writeCard(dir, hash, content);
  await writeFileAtomic(join(dir, 'model.bin'), bytes);
  return hash;
}

/**
 * Writes card.json and card.md alone, about the model of that hash: a reader finds the card of before or the new one.
 *
 * @throws the file system's own error (ENOSPC, EACCES, …)
 */
export async function writeCard(
  dir: string,
  modelSha256: string,
  content: { readonly card: object; readonly cardMarkdown: string },
): Promise<void> {
  await writeFileAtomic(join(dir, 'card.json'), stamped(content.card, modelSha256));
  await writeFileAtomic(join(dir, 'card.md'), `${content.cardMarkdown.trimEnd()}\n\nSHA-256 of model.bin: \`${modelSha256}\`\n`);
}

function stamped(value: object, hash: string): string {
  return `${stableJson({ ...value, [STAMP]: hash }, 2)}\n`;
}

/**
 * Reads and checks everything before returning anything.
 *
 * @throws {ModelError} MODEL_NOT_FOUND, MODEL_FILE_KIND, MODEL_UNREADABLE, MODEL_CORRUPT, MODEL_VERSION, MODEL_HEADER,
 *         MODEL_STRUCTURE; MODEL_FOLDER_INCOMPLETE when metrics or card are not there; MODEL_FOLDER_MIXED when they describe another model
 */
export async function readModelFolder(dir: string): Promise<ModelFolder> {
  for (let attempt = 1; ; attempt++) {
    const bytes = await readModelFile(dir);
    const model = decodeModel(bytes);
    const hash = modelHash(bytes);
    const [metrics, card] = await Promise.all(SIDE_FILES.map((name) => readSideFile(dir, name, hash)));
    if (metrics !== undefined && card !== undefined) return { model, modelSha256: hash, metrics, card };
    // Either the folder was replaced twice since model.bin was read, which another look settles, or its files do not belong together.
    if (attempt === MAX_ATTEMPTS) throw await strangerError(dir, metrics === undefined ? 'metrics.json' : 'card.json', hash);
  }
}

/** Copies what belongs to the model now in the folder to .prev; what a killed writer left behind does not belong to it. */
async function keepPrevious(dir: string, next: string): Promise<void> {
  const current = await ifFound(readRegularFile(join(dir, 'model.bin'), MAX_MODEL_BYTES));
  if (current === undefined || !isIntact(current)) return;
  const hash = modelHash(current);
  if (hash === next) return;
  for (const name of SIDE_FILES) {
    const bytes = await ifFound(readRegularFile(join(dir, name), MAX_SIDE_BYTES));
    if (bytes !== undefined && parseObject(bytes)?.[STAMP] === hash) await writeFileAtomic(join(dir, `${name}.prev`), bytes);
  }
  await writeFileAtomic(join(dir, 'model.bin.prev'), current);
}

async function readSideFile(dir: string, name: string, hash: string): Promise<JsonObject | undefined> {
  for (const candidate of [name, `${name}.prev`]) {
    const bytes = await ifFound(readRegularFile(join(dir, candidate), MAX_SIDE_BYTES));
    const value = bytes && parseObject(bytes);
    if (value?.[STAMP] !== hash) continue;
    const { [STAMP]: _stamp, ...rest } = value;
    return rest;
  }
  return undefined;
}

async function readModelFile(dir: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(join(dir, 'model.bin'), MAX_MODEL_BYTES);
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== 'MODEL_NOT_FOUND') throw error;
    throw new ModelError(
      'MODEL_NOT_FOUND',
      `expected the folder of a model at ${dir}, found no model.bin in it; readmission train writes one${didYouMeanPath(dir)}`,
      { cause: error },
    );
  }
}

async function strangerError(dir: string, name: string, hash: string): Promise<ModelError> {
  const names: readonly string[] = await readdir(dir).catch(() => []);
  if (!names.includes(name)) {
    return new ModelError(
      'MODEL_FOLDER_INCOMPLETE',
      `${dir}: expected ${name} beside model.bin, found none; a model is used with its figures and its card: copy the whole folder again, or ` +
        'train it again (with the same data and --seed its forest is the same)',
      { details: { missing: name } },
    );
  }
  return new ModelError(
    'MODEL_FOLDER_MIXED',
    `${join(dir, name)}: expected it to describe the model.bin beside it (SHA-256 ${hash.slice(0, 8)}), it does not; copy the whole folder again`,
  );
}

function parseObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value = parseStrictJson(bytes);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

async function ifFound(reading: Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ModelError && (error.code === 'MODEL_NOT_FOUND' || error.code === 'MODEL_CORRUPT')) return undefined;
    throw error;
  }
}
