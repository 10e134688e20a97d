/**
 * `readmission sign`: signs a model folder, so that servers can be told to take signed models only.
 */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { createTerminal } from '../terminal.ts';

const keys = `
Keys:
  openssl genpkey -algorithm ed25519 -out signing.pem
  openssl pkey -in signing.pem -pubout -out trusted.pem

Example:
  readmission sign --model models/planted --key signing.pem
  readmission serve --model models/planted --require-signed trusted.pem`;

export function signCommand(): Command {
  return new Command('sign')
    .description('Sign a model, its figures and its card (Ed25519); again after each change of them.')
    .requiredOption('--model <dir>', 'model folder')
    .requiredOption('--key <file>', 'private key, PEM')
    .option('--json', 'print the result as one JSON line')
    .addHelpText('after', keys)
    .action(run);
}

async function run(flags: { model: string; key: string; json?: boolean }): Promise<void> {
  const terminal = createTerminal(flags);
  const { readModelFolder, signingKey, signModelFolder } = await import('../../model/index.ts');
  const key = signingKey(await readFile(flags.key, 'utf8'));
  const folder = await readModelFolder(flags.model);
  const statement = await signModelFolder(flags.model, folder, key, new Date().toISOString());
  terminal.result(
    statement,
    `model ${statement.model.slice(0, 12)}, its figures and its card signed by key ${statement.keyId.slice(0, 12)}`,
  );
}
