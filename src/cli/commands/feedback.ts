/**
 * `readmission feedback`: what clinicians did with the cards of a server's CDS services.
 */
import { Command } from 'commander';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { FeedbackReport } from '../../server/index.ts';
import { createTerminal, tableText } from '../terminal.ts';

interface FeedbackFlags {
  state: string;
  comments?: boolean;
  json?: boolean;
}

export function feedbackCommand(): Command {
  return new Command('feedback')
    .description(
      'Report what became of CDS Hooks cards: accepted and overridden by service, model and month, and the reasons of overrides. Counts below ten that would speak of patients are not told.',
    )
    .option('--state <dir>', 'state folder of the server', 'readmission-state')
    .option('--comments', 'list the comments of clinicians too: free text, which may name patients')
    .option('--json', 'print the result as one JSON line')
    .addHelpText('after', '\nExample:\n  readmission feedback --state readmission-state')
    .action(run);
}

async function run(flags: FeedbackFlags): Promise<void> {
  const terminal = createTerminal(flags);
  const { feedbackReport } = await import('../../server/index.ts');
  const folder = join(flags.state, 'feedback');
  const report = await feedbackReport(folder, { comments: flags.comments ?? false }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') throw cause;
    throw new UsageError('USAGE_STATE', `${folder}: expected the feedback of a server, found none; name its state folder`, {
      cause,
    });
  });
  terminal.result(report, feedbackText(report));
}

export function feedbackText(report: FeedbackReport): string {
  const { total, groups, suggestions, reasons, unreadable, withoutCard, comments } = report;
  if (total.cards === 0) return 'no card was given yet';
  const few = 'fewer than 10';
  return [
    `${total.cards} cards, ${total.accepted} accepted (${percent(total.accepted, total.cards)}), ${total.overridden} overridden, ` +
      `${total.cards - total.accepted - total.overridden} without feedback`,
    tableText(
      ['service', 'model', 'months', 'cards', 'accepted', 'overridden', 'accepted, of cards', 'of feedback'],
      groups.map(({ service, model, from, to, counts }) => [
        service,
        `${printable(model.name)} ${model.sha256.slice(0, 8)}`,
        from === to ? from : `${from} to ${to}`,
        ...(counts === null
          ? ['not told', '', '', '', '']
          : [
              counts.cards,
              counts.accepted,
              counts.overridden,
              percent(counts.accepted, counts.cards),
              percent(counts.accepted, counts.accepted + counts.overridden),
            ]),
      ]),
    ),
    tableText(
      ['suggestion taken', 'cards'],
      suggestions.map(({ kind, cards }) => [kind, cards ?? few]),
    ),
    reasons === null
      ? `reasons of overrides: not told, ${few} of too many`
      : reasons.length === 0
        ? ''
        : tableText(
            ['reason of the override', 'cards'],
            reasons.map(({ words, cards, disclosure }) => [
              printable(words),
              cards ?? (disclosure === 'few' ? few : 'not told, as it would give another away'),
            ]),
          ),
    comments
      .map(({ at, service, reason, comment }) => `${at} ${service} ${printable(reason ?? '-')}: ${printable(comment)}`)
      .join('\n'),
    unreadable === 0 ? '' : `${unreadable} lines could not be read`,
    withoutCard === 0 ? '' : `${withoutCard} outcomes are of cards that are no longer kept`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** What came from a client cannot move the cursor or recolour the screen. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ');
}
