/**
 * The file of displaced lines: what a simulation left out of the natural files or replaced in them, and where it stood.
 *
 * Form    displaced.ndjson.gz, one {file, line, text, replaced?} each, in order of file and line; text has its line end
 * Checks  when read: the bytes and the number of lines that the manifest says, each line of this form and of a file that is known
 */
import { join } from 'node:path';
import { z } from 'zod';
import { readNdjson, type Planting } from '../fhir/index.ts';
import { SimulationError } from '../errors.ts';
import { sha256File } from '../util/sha256.ts';

export const displacedName = 'displaced.ndjson.gz';

const displacedLine = z.strictObject({
  /** Path of the natural file in its folder. */
  file: z.string(),
  /** 1-based number in that file when inflated. */
  line: z.int().positive(),
  text: z.string(),
  /** Another line stands in its place. */
  replaced: z.literal(true).optional(),
});
export type DisplacedLine = z.infer<typeof displacedLine>;

/**
 * @param files  paths of the natural files
 * @returns      the lines of each file in rising order; a file without any is absent
 * @throws {SimulationError} SIM_STRIP where this is not what the simulation wrote; {FhirError} NDJSON_*
 */
export async function readDisplaced(
  dir: string,
  expected: Planting['displaced'],
  files: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly DisplacedLine[]>> {
  const path = join(dir, expected.path);
  const sha256 = await sha256File(path).catch((cause: unknown) => {
    throw changed(expected.path, 'the displaced lines', 'no readable file', cause);
  });
  if (sha256 !== expected.sha256) {
    throw changed(expected.path, `SHA-256 ${expected.sha256.slice(0, 12)}…`, `${sha256.slice(0, 12)}…`);
  }
  const byFile = new Map<string, DisplacedLine[]>();
  let count = 0;
  for await (const { line: number, text } of readNdjson(path)) {
    const line = parseLine(text);
    if (line === null || !files.has(line.file)) {
      throw changed(`${expected.path}, line ${number}`, 'a displaced line of a natural file', 'another text');
    }
    count += 1;
    const lines = byFile.get(line.file);
    if (lines === undefined) byFile.set(line.file, [line]);
    else lines.push(line);
  }
  if (count !== expected.count) throw changed(expected.path, `${expected.count} lines`, String(count));
  return byFile;
}

function parseLine(text: string): DisplacedLine | null {
  try {
    return displacedLine.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The folder is not as the simulation left it. */
export function changed(where: string, expected: string, found: string, cause?: unknown): SimulationError {
  return new SimulationError(
    'SIM_STRIP',
    `${where}: expected ${expected}, found ${found}; the folder was changed, simulate again`,
    cause === undefined ? {} : { cause },
  );
}
