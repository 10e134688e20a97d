/** Profile of a landing folder: what the records hold, and a mapping to begin with. */
export { profileLanding, type Profile, type ProfileOptions } from './profile.ts';
export { starterMapping } from './starter-mapping.ts';
export { percent } from './verdicts.ts';
