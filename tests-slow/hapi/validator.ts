/**
 * HAPI's FHIR validator (scripts/hapi/validate.sh) for tests: resources in, messages out.
 *
 * Choice  an extension's context of type "element" is told as of type "fhirpath": HAPI looks the element up at HL7's package server, which a
 *         test has no business with, and gives up on the whole definition where it cannot
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ValidationMessage {
  /** Name the resource was given under. */
  readonly name: string;
  readonly severity: 'fatal' | 'error' | 'warning' | 'information';
  readonly path: string;
  readonly text: string;
}

const script = fileURLToPath(new URL('../../scripts/hapi/validate.sh', import.meta.url));

/**
 * @param resources  by name
 * @param known      definitions that the resources refer to; not validated themselves
 * @throws {Error} with what the validator wrote, when it ends without a result
 */
export async function validate(
  resources: ReadonlyMap<string, object>,
  known: readonly object[] = [],
): Promise<ValidationMessage[]> {
  const dir = await mkdtemp(join(tmpdir(), 'hapi-validate-'));
  try {
    const write = async (name: string, resource: object): Promise<string> => {
      const path = join(dir, `${name.replaceAll(/[^A-Za-z0-9.-]+/g, '-')}.json`);
      await writeFile(path, JSON.stringify(resource), { flag: 'wx' });
      return path;
    };
    const knownPaths = await Promise.all(known.map((resource, i) => write(`known-${i}`, resource)));
    const names = new Map<string, string>();
    for (const [name, resource] of resources) names.set(basename(await write(name, contextAsPath(resource))), name);
    const paths = [...names.keys()].map((file) => join(dir, file));
    const lines = await run(knownPaths.length === 0 ? paths : [...knownPaths, '--', ...paths]);
    return lines.map(({ file, severity, path, text }) => ({ name: names.get(basename(file)) as string, severity, path, text }));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

type Line = Omit<ValidationMessage, 'name'> & { readonly file: string };

function run(paths: readonly string[]): Promise<Line[]> {
  return new Promise((resolve, reject) => {
    execFile(script, paths, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      // Status 1: some message is an error; that is for the test to judge.
      if (error !== null && error.code !== 1) {
        reject(new Error(`expected the validator to end, found exit status ${error.code}: ${stderr.slice(-4096)}`));
        return;
      }
      const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
      if (error !== null && lines.length === 0) reject(new Error(`expected messages, found none: ${stderr.slice(-4096)}`));
      else resolve(lines.map((line) => JSON.parse(line) as Line));
    });
  });
}

function contextAsPath(resource: object): object {
  const { context, ...rest } = resource as { context?: { type: string }[] };
  return context === undefined ? resource : { ...rest, context: context.map((one) => ({ ...one, type: 'fhirpath' })) };
}

/** What a test of validity prints when it fails: errors alone, one a line. */
export function errorsOf(messages: readonly ValidationMessage[]): string[] {
  return messages
    .filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ name, path, text }) => `${name}: ${path}: ${text}`);
}
