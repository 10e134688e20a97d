/** What the page asks, as the tests ask it. */
import type { Served } from '../support/served.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // Checked by the test that reads it.
  readonly body: Record<string, unknown>;
}

export async function ask({ url }: Pick<Served, 'url'>, path: string, body: unknown, signal?: AbortSignal): Promise<Reply> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}

/** Asks until the list is there. */
export async function askList(served: Pick<Served, 'url'>, body: unknown = {}): Promise<Reply> {
  for (;;) {
    const reply = await ask(served, '/v1/worklist', body);
    if (reply.status !== 202) return reply;
  }
}
