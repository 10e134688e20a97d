/**
 * The address of this server as its clients know it: the public one, or the one that this request came by.
 */
import type { Request } from 'express';

/** Without a trailing slash. */
export function ownAddress(request: Request, publicUrl: string | undefined): string {
  return publicUrl ?? `${request.protocol}://${request.headers.host ?? 'localhost'}`;
}
