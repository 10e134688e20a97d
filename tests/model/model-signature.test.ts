/** Signed models: what was read is what was signed, by whom it was said, and nothing that was changed afterwards passes. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  isSignedReport,
  readModelFolder,
  requireSigned,
  signingKey,
  signModelFolder,
  trustedKey,
  writeModelFolder,
  type ModelFolder,
} from '../../src/model/index.ts';
import { writeCard } from '../../src/model/model-folder.ts';
import { tinyMetrics, tinyModel } from '../server/support/tiny-model.ts';

const at = '2026-01-02T03:04:05Z';
const ours = generateKeyPairSync('ed25519');
const theirs = generateKeyPairSync('ed25519');
const pem = (key: KeyObject, type: 'pkcs8' | 'spki'): string => key.export({ type, format: 'pem' }).toString();
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'signed-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));
let folder: ModelFolder;
beforeEach(async () => {
  await writeModelFolder(dir, { model: tinyModel(), metrics: tinyMetrics, card: { use: 'tiny' }, cardMarkdown: '# tiny' });
  folder = await readModelFolder(dir);
  await signModelFolder(dir, folder, ours.privateKey, at);
});

test('what was signed passes, by any of the trusted keys', async () => {
  const keys = [trustedKey(pem(theirs.publicKey, 'spki')), trustedKey(pem(ours.publicKey, 'spki'))];
  expect(await requireSigned(dir, folder, keys)).toMatchObject({ model: folder.modelSha256, signedAt: at });
});

test('a report is signed with its model, byte for byte', async () => {
  const path = join(dir, 'report.html');
  const report = Buffer.from(`<p>${folder.modelSha256}</p>`);
  expect(isSignedReport(await requireSigned(dir, folder, [ours.publicKey]), report)).toBe(false);
  await writeFile(path, report);
  const statement = await signModelFolder(dir, folder, ours.privateKey, at);
  expect(isSignedReport(statement, report)).toBe(true);
  expect(isSignedReport(statement, Buffer.from(`<p>${folder.modelSha256} </p>`))).toBe(false);
  await rm(path);
});

describe('is refused', () => {
  const refused = async (keys: readonly KeyObject[], read = folder): Promise<string> =>
    requireSigned(dir, read, keys).then(
      () => 'taken',
      (error: Error) => error.message,
    );

  test('no signature', async () => {
    await rm(join(dir, 'signature.json'));
    expect(await refused([ours.publicKey])).toContain('MODEL_UNSIGNED');
  });

  test('another key, or none', async () => {
    expect(await refused([theirs.publicKey])).toContain('to be by a trusted key');
    expect(await refused([])).toContain('to be by a trusted key');
  });

  test('another model, other figures, another card', async () => {
    const forest = await readModelFolder(dir);
    expect(await refused([ours.publicKey], { ...forest, modelSha256: 'ab'.repeat(32) })).toContain('of another model');
    expect(await refused([ours.publicKey], { ...forest, metrics: { ...forest.metrics, more: 1 } })).toContain(
      'of another metrics',
    );
    await writeCard(dir, folder.modelSha256, { card: { use: 'other' }, cardMarkdown: '# other' });
    expect(await refused([ours.publicKey], await readModelFolder(dir))).toContain('of another card');
  });

  test('a statement changed to fit, with the hashes set right: every character of it', async () => {
    const path = join(dir, 'signature.json');
    const text = await readFile(path, 'utf8');
    for (let i = 0; i < text.length; i += 1) {
      const changed = text[i] === 'a' ? 'b' : 'a';
      await writeFile(path, `${text.slice(0, i)}${changed}${text.slice(i + 1)}`);
      expect(await refused([ours.publicKey])).toMatch(/^MODEL_(SIGNATURE|CORRUPT)/);
    }
  });

  test('a signature of another that claims our key', async () => {
    const path = join(dir, 'signature.json');
    const own = JSON.parse(await readFile(path, 'utf8')) as { statement: unknown; signature: string };
    await signModelFolder(dir, folder, theirs.privateKey, at);
    const other = JSON.parse(await readFile(path, 'utf8')) as typeof own;
    await writeFile(path, JSON.stringify({ statement: own.statement, signature: other.signature }));
    expect(await refused([ours.publicKey, theirs.publicKey])).toContain('by the key it names');
  });
});

test('keys of another kind are refused, without a word of them', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  expect(() => signingKey(pem(rsa.privateKey, 'pkcs8'))).toThrow('found one of type rsa');
  expect(() => trustedKey(pem(ours.privateKey, 'pkcs8'))).toThrow('a private one');
  expect(() => trustedKey('ZZSECRET')).toThrow(/MODEL_SIGNING_KEY(?!.*ZZSECRET)/);
  expect(() => signingKey(pem(ours.publicKey, 'spki'))).toThrow('MODEL_SIGNING_KEY');
});
