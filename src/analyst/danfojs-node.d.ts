/** What is used of danfojs-node, an optional dependency: the package type checks where it is not installed. */
declare module 'danfojs-node' {
  const danfo: import('./data-frame.ts').Danfo;
  export = danfo;
}
