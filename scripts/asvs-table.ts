/**
 * Writes src/server/SECURITY.md from src/server/asvs.json and src/server/security-inventory.json: `npx tsx scripts/asvs-table.ts`.
 *
 * Choice  what is open stands first: whoever decides on a server wants to know that, then what is left to do at the site
 */
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

const states = ['open', 'operator', 'met', 'not-applicable'] as const;

const requirementSchema = z.strictObject({
  id: z.string().regex(/^\d+\.\d+\.\d+$/),
  level: z.literal([1, 2]),
  /** What the requirement asks for, in our words. */
  asks: z.string().refine((text) => text.split(/\s+/).length <= 20, 'twenty words at most'),
  state: z.enum(states),
  /** How it is met, which setting meets it, why it does not apply, or what is missing. */
  how: z.string().min(1),
  /** Files, from the top of the repository. */
  where: z.array(z.string()),
  /** Tests that fail when it is no longer so. */
  shown: z.array(z.string()),
});

const asvsSchema = z.strictObject({
  standard: z.string(),
  version: z.literal('5.0.0'),
  source: z.url(),
  /** Day on which the code was last read for this. */
  checked: z.iso.date(),
  license: z.string(),
  chapters: z.record(z.string(), z.string()),
  requirements: z.array(requirementSchema),
});

const inventorySchema = z.strictObject({
  sections: z.array(
    z
      .strictObject({ title: z.string(), intro: z.string(), columns: z.array(z.string()), rows: z.array(z.array(z.string())) })
      .refine(({ columns, rows }) => rows.every((row) => row.length === columns.length), 'rows as wide as the columns'),
  ),
});

export type Asvs = z.infer<typeof asvsSchema>;
type Requirement = Asvs['requirements'][number];
export type Inventory = z.infer<typeof inventorySchema>;

export const documentFile = 'src/server/SECURITY.md';
const [asvsFile, inventoryFile] = ['src/server/asvs.json', 'src/server/security-inventory.json'] as const;

export async function readAsvs(): Promise<Asvs> {
  return asvsSchema.parse(JSON.parse(await readFile(asvsFile, 'utf8')));
}

export async function readInventory(): Promise<Inventory> {
  return inventorySchema.parse(JSON.parse(await readFile(inventoryFile, 'utf8')));
}

/** The whole document. Its tables are left as narrow as they are: padded to their longest cell they would be twice as long. */
export function securityDocument(asvs: Asvs, inventory: Inventory): string {
  return [
    `# Security of the server`,
    `<!-- written by scripts/asvs-table.ts from asvs.json and security-inventory.json; change those -->`,
    `What the scoring server does about the chapters of ${asvs.standard} (ASVS) ${asvs.version} that concern it, requirement by requirement ` +
      `at level 2, as its code was read on ${asvs.checked}; and the inventories that the standard asks for. It is a reading of our own, ` +
      `not a certificate. [Source](${asvs.source}). ${asvs.license}`,
    `<!-- prettier-ignore-start -->`,
    `Not looked at here: V1 (encoding), V3 (web front end), V5 (files), V6 (authentication of people), V7 (sessions) and V17 (WebRTC).`,
    ...inventory.sections.map(({ title, intro, columns, rows }) =>
      [`## ${title}`, ...(intro === '' ? [] : [intro]), table(columns, rows)].join('\n\n'),
    ),
    `## Requirements of ASVS ${asvs.version}`,
    countTable(asvs),
    `### Open`,
    requirementList(asvs, 'open'),
    `### Left to who operates it`,
    requirementList(asvs, 'operator'),
    ...Object.entries(asvs.chapters).map(([chapter, title]) => chapterTable(asvs, chapter, title)),
    `<!-- prettier-ignore-end -->\n`,
  ].join('\n\n');
}

function countTable({ requirements, chapters }: Asvs): string {
  const rows = Object.entries(chapters).map(([chapter, title]) => {
    const own = requirements.filter((one) => chapterOf(one) === chapter);
    return [`${chapter} ${title}`, ...states.map((state) => String(own.filter((one) => one.state === state).length))];
  });
  const sums = states.map((state) => String(requirements.filter((one) => one.state === state).length));
  return table(['chapter', ...states], [...rows, ['all', ...sums]]);
}

function requirementList({ requirements, version }: Asvs, state: Requirement['state']): string {
  return requirements
    .filter((one) => one.state === state)
    .map(({ id, asks, how }) => `- **v${version}-${id}** ${asks} ${how}`)
    .join('\n');
}

function chapterTable({ requirements }: Asvs, chapter: string, title: string): string {
  const rows = requirements
    .filter((one) => chapterOf(one) === chapter)
    .map(({ id, level, asks, state, how, where, shown }) => [id, String(level), asks, state, how, files(where), files(shown)]);
  return `### ${chapter} ${title}\n\n${table(['id', 'level', 'asks', 'state', 'how', 'where', 'shown by'], rows)}`;
}

export function chapterOf({ id }: Pick<Requirement, 'id'>): string {
  return `V${id.split('.')[0] ?? ''}`;
}

/** Links from beside the document. */
function files(paths: readonly string[]): string {
  return paths.map((path) => `[${path.replace(/^src\/server\/|^tests\/server\//, '')}](${linkTo(path)})`).join(', ');
}

function linkTo(path: string): string {
  if (path.startsWith('src/server/')) return path.slice('src/server/'.length);
  return path.startsWith('src/') ? `../${path.slice('src/'.length)}` : `../../${path}`;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(documentFile, securityDocument(await readAsvs(), await readInventory()));
}
