/** Node's own typed arrays, in the place of those of a test's realm: the runtime's native part accepts no others. */
import { TestEnvironment } from 'jest-environment-node';

const names = ['Float32Array', 'Float64Array', 'Int32Array', 'BigInt64Array', 'Uint8Array', 'ArrayBuffer'];

// eslint-disable-next-line no-restricted-exports -- Jest asks for it
export default class NativeEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of names) this.global[name] = globalThis[name];
  }
}
