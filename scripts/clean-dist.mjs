// What was built before goes first: a file whose source is gone would stay, and be packed.
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
