/**
 * The card of a model folder, written again from what the folder holds: header, results, records, and the statements of people.
 *
 * Choice  statements are kept in card.json itself, so that a later validation or monitoring does not lose what people said
 * Choice  the card is the only thing that changes; model.bin and metrics.json stay as they are, byte for byte
 */
import { join } from 'node:path';
import { parseModelMetrics } from './card-metrics.ts';
import { addCardRecords, readCardRecords, type CardRecords } from './card-records.ts';
import { CardStatementsSchema, type CardStatements } from './card-statements.ts';
import { buildCard, type ModelCard } from './model-card.ts';
import { readModelFolder, writeCard, type ModelFolder } from './model-folder.ts';

/**
 * @param statements  take the place of all earlier ones; absent: those of the card in the folder stay
 * @returns           the card written
 * @throws {ModelError} as readModelFolder; CARD_METRICS_INVALID, CARD_RECORDS_INVALID, CARD_STATEMENTS_INVALID
 */
export async function rebuildCard(dir: string, statements?: CardStatements): Promise<{ card: ModelCard; modelSha256: string }> {
  const folder = await readModelFolder(dir);
  const { model, modelSha256, metrics } = folder;
  const records = await readCardRecords(dir, modelSha256);
  const { card, markdown } = buildCard(
    model.header,
    parseModelMetrics(metrics, join(dir, 'metrics.json')),
    statements ?? keptStatements(folder),
    records,
  );
  await writeCard(dir, modelSha256, { card, cardMarkdown: markdown });
  return { card, modelSha256 };
}

/**
 * Adds records to the folder and writes the card again, so that the card tells them.
 *
 * @throws {ModelError} as rebuildCard
 */
export async function recordInCard(dir: string, added: CardRecords): Promise<void> {
  const { modelSha256 } = await readModelFolder(dir);
  await addCardRecords(dir, modelSha256, added);
  await rebuildCard(dir);
}

/** Statements that the card of the folder was made with; a card of before they were kept has none. */
export function keptStatements(folder: Pick<ModelFolder, 'card'>): CardStatements {
  const parsed = CardStatementsSchema.safeParse(folder.card['statements'] ?? {});
  return parsed.success ? parsed.data : {};
}
