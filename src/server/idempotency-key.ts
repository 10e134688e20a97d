/**
 * The key by which a caller marks a request that it sends again: read from its header, and kept as a hash together with that of the body.
 *
 * Source  draft-ietf-httpapi-idempotency-key-header-07
 */
import { createHash } from 'node:crypto';
import { RequestRefusal } from './operation-outcome.ts';
import type { Asked } from './route.ts';

export interface IdempotencyKey {
  /** SHA-256, lower-case hex. */
  readonly key: string;
  readonly body: string;
}

/**
 * @returns  null where the request has none
 * @throws {RequestRefusal} SERVER_IDEMPOTENCY
 */
export function idempotencyKeyOf({ request }: Pick<Asked, 'request'>): IdempotencyKey | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(key)) {
    throw new RequestRefusal(
      'SERVER_IDEMPOTENCY',
      'Idempotency-Key: expected up to 128 visible ASCII characters, such as a UUID',
    );
  }
  const body: unknown = request.body;
  return { key: sha256(key), body: sha256(Buffer.isBuffer(body) ? body : '') };
}

export const otherBody = (): RequestRefusal =>
  new RequestRefusal(
    'SERVER_IDEMPOTENCY',
    'expected the body that came with this Idempotency-Key before, found another; use a new key for a new request',
  );

export const idempotencyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Marks a request that may be sent again: with the same body it gets the same answer, with another it is refused',
  schema: { type: 'string', pattern: '^[!-~]{1,128}$' },
} as const;

function sha256(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}
