/**
 * Name resolution that a hostile or mis-set DNS answer cannot turn against the inner network.
 *
 * Choice  the first answer for the configured host decides what it is: public, private or this machine; a later answer of
 *         another kind is refused (rebinding), as is every link-local address (cloud metadata) and the unspecified address
 * Choice  a host configured as a literal address is what the operator asked for and is not judged
 */
import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList } from 'node:net';
import { FhirError } from '../errors.ts';

export type AddressKind = 'public' | 'private' | 'loopback' | 'refused';
export type Lookup = (
  hostname: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const lists: ReadonlyArray<readonly [AddressKind, BlockList]> = [
  ['refused', blocks(['169.254.0.0/16', '0.0.0.0/8', 'fe80::/10', '::/128'])],
  ['loopback', blocks(['127.0.0.0/8', '::1/128'])],
  ['private', blocks(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'])],
];

/** What kind of network an IPv4 or IPv6 address belongs to; an IPv4 address mapped into IPv6 counts as itself. */
export function addressKind(address: string): AddressKind {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  const plain = mapped?.[1] ?? address;
  for (const [kind, list] of lists) if (list.check(plain, plain.includes(':') ? 'ipv6' : 'ipv4')) return kind;
  return 'public';
}

/**
 * A lookup for `http.request` that holds a host to the kind of its first answer.
 *
 * @param resolve  the resolver underneath, the system's by default
 */
export function guardedLookup(resolve: Lookup = (name, options, done) => systemLookup(name, { ...options, all: true }, done)) {
  const first = new Map<string, AddressKind>();
  return (
    hostname: string,
    options: LookupOptions,
    callback: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
  ): void => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      for (const { address } of addresses) {
        const kind = addressKind(address);
        const expected = first.get(hostname) ?? kind;
        if (kind === 'refused' || kind !== expected) return callback(refusal(hostname, expected, kind), '');
        first.set(hostname, expected);
      }
      const [one] = addresses;
      if (one === undefined) return callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '');
      return options.all === true ? callback(null, addresses) : callback(null, one.address, one.family);
    });
  };
}

function refusal(hostname: string, expected: AddressKind, found: AddressKind): FhirError {
  const was = found === 'refused' ? 'a routable' : `a ${expected}`;
  const now = found === 'refused' ? 'a link-local or unspecified' : `a ${found}`;
  const message = `${hostname}: expected ${was} address, found ${now} one; nothing was sent; check its DNS record`;
  return new FhirError('FHIR_ADDRESS_REFUSED', message, { details: { host: hostname, expected, found } });
}

function blocks(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', bits = ''] = range.split('/');
    list.addSubnet(net, Number(bits), net.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
