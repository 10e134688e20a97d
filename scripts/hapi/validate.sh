#!/usr/bin/env bash
# Validates FHIR R4 resources with HAPI's validator, profiles and terminology included; nothing is looked up elsewhere.
# In      [DEFINITION... --] FILE...: .json (one resource each) or .ndjson (one a line). StructureDefinitions, CodeSystems and ValueSets are
#         known to the validator beside those of FHIR itself; files before -- are not validated. HAPI_LIB names another folder for the jars
# Out     one line of JSON per message: file, line (of .ndjson, else 0), severity (fatal, error, warning, information), path, text
# Exit    0 no error, 1 at least one message of severity error or fatal, 2 wrong use or a missing program, 3 the jars could not be fetched
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=java.sh
source "$here/java.sh"

if [[ $# -eq 0 || "$1" == --help ]]; then
  sed -n '2,6s/^# //p' "${BASH_SOURCE[0]}"
  [[ $# -gt 0 ]] || exit 2
  exit 0
fi
for file in "$@"; do
  [[ "$file" == -- || -f "$file" && "$file" =~ \.(json|ndjson)$ ]] || fail 2 "$file: expected a .json or .ndjson file; see --help"
done
fetch_jars
compile Validate

exec java -Xmx1500m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Duser.timezone=UTC -Djava.awt.headless=true \
  "-Dlogback.configurationFile=$here/logback.xml" -cp "$classes:$lib/*" Validate "$@"
