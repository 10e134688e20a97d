/** The long tests among the others: whole commands, kills, cohorts; three minutes, and nothing beyond this machine. */
import base from './jest.config.mjs';

/** @type {import('jest').Config} */
export default { ...base, testMatch: ['**/*.slow.test.ts'], testPathIgnorePatterns: ['/node_modules/'] };
