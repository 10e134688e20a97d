/**
 * Signature of a model folder (Ed25519): who answers for this forest, these figures and this card.
 *
 * In      a folder that was read and checked; a private key, or the public keys that are trusted
 * Out     signature.json beside the model; or one error when what was read is not what was signed
 * Choice  the content that was read is signed and checked, not file names: nothing can be exchanged between the check and the use
 * Choice  a new card, new figures or a new report need a new signature: they are what a reader trusts
 * Source  RFC 8032 (Ed25519)
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { ModelError } from '../errors.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { sha256 } from '../util/sha256.ts';
import { stableJson } from '../util/stable-json.ts';
import type { ModelFolder } from './model-folder.ts';
import { readModelReport } from './model-report.ts';
import { readRegularFile } from './regular-file.ts';
import { parseStrictJson } from './strict-json.ts';

const fileName = 'signature.json';
const maxBytes = 64 * 1024;
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const statementSchema = z.strictObject({
  format: z.literal('readmission-model-signature'),
  formatVersion: z.literal(1),
  /** SHA-256 of the public key (SubjectPublicKeyInfo, DER). */
  keyId: digest,
  signedAt: z.iso.datetime(),
  model: digest,
  /** Of the files' content as JSON with sorted keys. */
  metrics: digest,
  card: digest,
  /** Of report.html, byte for byte; null where the folder had none of this model. */
  report: digest.nullable(),
});
/** Written one way only: the last letter of base64 has bits that decode to nothing. */
const base64 = z.string().refine((text) => Buffer.from(text, 'base64').toString('base64') === text, 'base64');
const signatureSchema = z.strictObject({ statement: statementSchema, signature: base64 });

export type SignatureStatement = z.infer<typeof statementSchema>;

/** @throws {ModelError} MODEL_SIGNING_KEY where the text is no Ed25519 private key */
export function signingKey(pem: string): KeyObject {
  return ed25519(() => createPrivateKey(pem), 'private');
}

/** @throws {ModelError} MODEL_SIGNING_KEY where the text is no Ed25519 public key */
export function trustedKey(pem: string): KeyObject {
  // A private key would be taken too, and nobody should lie about with one.
  if (/PRIVATE KEY/.test(pem)) throw keyError('public', 'a private one');
  return ed25519(() => createPublicKey(pem), 'public');
}

/** Writes signature.json. @param signedAt  ISO 8601, UTC; @returns what was signed */
export async function signModelFolder(
  dir: string,
  folder: ModelFolder,
  key: KeyObject,
  signedAt: string,
): Promise<SignatureStatement> {
  const statement: SignatureStatement = {
    format: 'readmission-model-signature',
    formatVersion: 1,
    keyId: keyIdOf(createPublicKey(key)),
    signedAt,
    ...contentOf(folder),
    report: reportDigest(await readModelReport(dir, folder.modelSha256)),
  };
  const signature = sign(null, Buffer.from(stableJson(statement)), key).toString('base64');
  await writeFileAtomic(join(dir, fileName), `${stableJson({ statement, signature }, 2)}\n`);
  return statement;
}

/**
 * @throws {ModelError} MODEL_UNSIGNED where there is no signature; MODEL_SIGNATURE where it is not by a trusted key, or not of this content
 */
export async function requireSigned(
  dir: string,
  folder: ModelFolder,
  trusted: readonly KeyObject[],
): Promise<SignatureStatement> {
  const { statement, signature } = await readSignature(dir);
  const key = trusted.find((candidate) => keyIdOf(candidate) === statement.keyId);
  if (key === undefined) throw signatureError(dir, 'to be by a trusted key', `key ${statement.keyId.slice(0, 12)}, which is not`);
  if (!verify(null, Buffer.from(stableJson(statement)), key, Buffer.from(signature, 'base64'))) {
    throw signatureError(dir, 'to be by the key it names', 'one that is not');
  }
  const content = contentOf(folder);
  for (const part of ['model', 'metrics', 'card'] as const) {
    if (content[part] !== statement[part])
      throw signatureError(dir, `to be of the ${part} in the folder`, `one of another ${part}`);
  }
  return statement;
}

/** Whether a report is the one that was signed with its model. */
export function isSignedReport({ report }: SignatureStatement, bytes: Uint8Array): boolean {
  return report !== null && report === reportDigest(bytes);
}

function reportDigest(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : createHash('sha256').update(bytes).digest('hex');
}

async function readSignature(dir: string): Promise<z.infer<typeof signatureSchema>> {
  let bytes: Uint8Array;
  try {
    bytes = await readRegularFile(join(dir, fileName), maxBytes);
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== 'MODEL_NOT_FOUND') throw error;
    const what = `${dir}: expected a signed model, found no ${fileName}; readmission sign makes one`;
    throw new ModelError('MODEL_UNSIGNED', what, { cause: error });
  }
  let value: unknown;
  try {
    value = parseStrictJson(bytes);
  } catch (cause) {
    throw new ModelError('MODEL_SIGNATURE', `${dir}: expected ${fileName} to be JSON, found text that is not; sign again`, {
      cause,
    });
  }
  const parsed = signatureSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw signatureError(dir, 'to be of a known form', 'another form');
}

function contentOf({ modelSha256, metrics, card }: ModelFolder): Pick<SignatureStatement, 'model' | 'metrics' | 'card'> {
  return { model: modelSha256, metrics: sha256(stableJson(metrics)), card: sha256(stableJson(card)) };
}

function keyIdOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function ed25519(read: () => KeyObject, kind: 'private' | 'public'): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    // The cause quotes nothing, but a key has no place in an error.
    throw keyError(kind, 'text that is none');
  }
  if (key.asymmetricKeyType !== 'ed25519') throw keyError(kind, `one of type ${key.asymmetricKeyType ?? 'unknown'}`);
  return key;
}

function keyError(kind: string, found: string): ModelError {
  return new ModelError(
    'MODEL_SIGNING_KEY',
    `expected an Ed25519 ${kind} key in PEM, found ${found}; readmission sign --help tells how a pair is made`,
  );
}

function signatureError(dir: string, expected: string, found: string): ModelError {
  return new ModelError(
    'MODEL_SIGNATURE',
    `${join(dir, fileName)}: expected the signature ${expected}, found ${found}; do not use this model`,
  );
}
