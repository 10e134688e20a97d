/**
 * The command line as it is written into records: what somebody would type to do it again.
 *
 * Choice  none of the commands that are recorded takes a secret; were one to get such a flag, its value is left out here
 */
const secret = /(token|secret|password|key)/i;
const most = 2000;

/** @param args  after the program's name, as in process.argv.slice(2) */
export function commandText(args: readonly string[]): string {
  const words = args.map((arg, i) => {
    const [flag] = arg.split('=', 1) as [string];
    if (flag.startsWith('-') && flag !== arg && secret.test(flag)) return `${flag}=…`;
    const before = args[i - 1] ?? '';
    if (before.startsWith('-') && !before.includes('=') && secret.test(before)) return '…';
    return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
  });
  const text = ['readmission', ...words].join(' ');
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
