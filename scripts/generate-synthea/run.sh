#!/usr/bin/env bash
# Makes a cohort: Synthea from Maven Central, then pruned into a landing folder. See --help and README.md.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
if ! command -v node >/dev/null; then
  echo 'generate-synthea: expected Node.js 20.19 or newer on the PATH, found none; install it and try again' >&2
  exit 2
fi
loader="$here/../../node_modules/tsx/dist/loader.mjs"
if [[ ! -f "$loader" ]]; then
  echo 'generate-synthea: expected the packages of this repository, found none; run npm ci first' >&2
  exit 2
fi
exec node --import "file://$loader" "$here/main.ts" "$@"
