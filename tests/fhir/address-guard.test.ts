/** Name resolution that cannot be turned against the inner network. */
import { describe, expect, test } from '@jest/globals';
import { addressKind, guardedLookup } from '../../src/fhir/address-guard.ts';

describe('kinds of address', () => {
  test.each([
    ['93.184.216.34', 'public'],
    ['2606:2800:220:1::1', 'public'],
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.168.0.1', 'private'],
    ['fd00::1', 'private'],
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['169.254.169.254', 'refused'],
    ['::ffff:169.254.169.254', 'refused'],
    ['fe80::1', 'refused'],
    ['0.0.0.0', 'refused'],
    ['::', 'refused'],
  ])('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });
});

describe('a lookup', () => {
  const ask = (answers: string[][], all = true): Promise<unknown[]> => {
    const lookup = guardedLookup((_name, _options, done) =>
      done(
        null,
        (answers.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    );
    const once = (): Promise<unknown> =>
      new Promise((resolve) => lookup('fhir.example', { all }, (error, found) => resolve(error ?? found)));
    return answers
      .map(() => once)
      .reduce<Promise<unknown[]>>(async (so, next) => [...(await so), await next()], Promise.resolve([]));
  };

  test('may give other addresses of the same kind', async () => {
    expect(await ask([['93.184.216.34'], ['93.184.216.35', '2606:2800::1']])).toEqual([
      [{ address: '93.184.216.34', family: 4 }],
      [
        { address: '93.184.216.35', family: 4 },
        { address: '2606:2800::1', family: 6 },
      ],
    ]);
    expect(await ask([['10.0.0.1']], false)).toEqual(['10.0.0.1']);
  });

  test.each([
    ['public, then this machine', [['93.184.216.34'], ['127.0.0.1']]],
    ['public, then private', [['93.184.216.34'], ['10.0.0.1']]],
    ['this machine, then public', [['127.0.0.1'], ['93.184.216.34']]],
    ['public with private beside it', [['93.184.216.34'], ['93.184.216.34', '10.0.0.1']]],
  ])('%s is refused at the second answer', async (_title, answers) => {
    const [first, second] = await ask(answers);
    expect(first).not.toBeInstanceOf(Error);
    expect(second).toMatchObject({ code: 'FHIR_ADDRESS_REFUSED' });
  });

  test.each(['169.254.169.254', '0.0.0.0', 'fe80::1'])('%s is refused at once', async (address) => {
    expect((await ask([[address]]))[0]).toMatchObject({ code: 'FHIR_ADDRESS_REFUSED' });
  });

  test('no address is an error of the network', async () => {
    expect((await ask([[]]))[0]).toMatchObject({ code: 'ENOTFOUND' });
  });
});
