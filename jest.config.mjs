/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // Whole commands, kills and cohorts: `npm run test:long`.
  testPathIgnorePatterns: ['/node_modules/', '\\.slow\\.test\\.ts$'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '<rootDir>/tests/transform-source.mjs',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  // By default one processor is left idle, which of two is half.
  maxWorkers: '100%',
  // Cases of it.concurrent are computed together.
  maxConcurrency: 1000,
  testTimeout: 60_000,
  globalSetup: '<rootDir>/tests/compile-command.mjs',
  globalTeardown: '<rootDir>/tests/compile-command-teardown.mjs',
};
