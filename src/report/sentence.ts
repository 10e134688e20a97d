/**
 * Texts of a run as they stand in a sentence or a table: begun with a capital, their numbers short.
 */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Long decimals within a text: "risk of at least 0.13949635520212061" → "risk of at least 0.139". */
export function shortNumbers(text: string): string {
  return text.replace(/\d+\.\d{4,}/g, (number) => Number(number).toFixed(3));
}

/** A key in words: "withinReasonAuroc" → "within reason auroc"; names with underscores stay as they are. */
export function keyWords(key: string): string {
  return key.includes('_') ? key : key.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
}
