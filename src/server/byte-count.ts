/**
 * A number of bytes as people write it: 500000, '64kb', '20mb', '1gb' (1 kb is 1024 bytes).
 */
import { UsageError } from '../errors.ts';

const units = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const;

/** @throws {UsageError} SERVER_OPTION for text of another form, or a count that is not above 0 */
export function byteCount(value: number | string): number {
  const [, digits = '', unit = 'b'] = /^(\d{1,15})\s*(b|kb|mb|gb)?$/i.exec(String(value)) ?? [];
  const bytes = digits === '' ? 0 : Number(digits) * units[unit.toLowerCase() as keyof typeof units];
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new UsageError('SERVER_OPTION', 'bodyLimit: expected bytes or text such as 20mb, found another value', {
    details: { option: 'bodyLimit' },
  });
}
