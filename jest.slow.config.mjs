/** Tests against real servers: minutes, the network and Java; never part of `npm test`. */
import base from './jest.config.mjs';

/** @type {import('jest').Config} */
export default { ...base, roots: ['<rootDir>/tests-slow'], testTimeout: 600_000 };
