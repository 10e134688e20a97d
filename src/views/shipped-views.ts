/**
 * The ViewDefinitions of this package: one JSON file per flat table, in definitions/ beside this module.
 */
import { readFileSync } from 'node:fs';
import { parseViewDefinition, type ViewDefinition } from './view-definition.ts';

const FILES = ['patient', 'encounter', 'condition', 'observation', 'procedure', 'medication-request'] as const;

/**
 * Reads and checks them; the order is stable.
 *
 * @throws {ViewError} VIEW_INVALID when a file does not hold a ViewDefinition
 */
export function readViews(): ViewDefinition[] {
  return FILES.map((file) =>
    parseViewDefinition(JSON.parse(readFileSync(new URL(`./definitions/${file}.json`, import.meta.url), 'utf8'))),
  );
}
