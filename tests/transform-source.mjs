// TypeScript for a test run: swc, and before each module the globals that inner loops read, as constants of its own.
// A test runs in a context of its own, where each look-up of a global such as Math is a call: a bootstrap takes several times as long there. The
// numbers are the same either way.
import swc from '@swc/jest';

const names = ['Math', 'Number', 'Object', 'Array', 'String', 'Map', 'Set', 'Infinity', 'NaN'];
const typedArrays = ['Float64Array', 'Int32Array', 'Uint8Array', 'Uint16Array', 'Uint32Array', 'BigInt64Array'];
// On the first line of the source, so that every line keeps its number.
const head = `const { ${[...names, ...typedArrays].join(', ')} } = globalThis; `;

/** A command keeps its first line for the shell. */
const withConstants = (source) => (source.startsWith('#!') ? source : head + source);

export default {
  createTransformer(options) {
    const inner = swc.createTransformer(options);
    return {
      ...inner,
      process: (source, path, run) => inner.process(withConstants(source), path, run),
      processAsync: (source, path, run) => inner.processAsync(withConstants(source), path, run),
      getCacheKey: (source, path, run) => inner.getCacheKey(withConstants(source), path, run),
    };
  },
};
