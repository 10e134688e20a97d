export { teardown as default } from './compile-command.mjs';
