#!/usr/bin/env bash
# Starts a real HAPI FHIR server (R4, in memory, silent cap of 402) and prints its address when it answers.
# In      --port N (a free one otherwise), --exit-with-stdin; HAPI_LIB names another folder for the jars
# Out     the base address, the one line on standard output; the server runs until it is ended (Ctrl-C, SIGTERM)
# Exit    2 wrong use or a missing program, 3 the jars could not be fetched, else as the server's own
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=java.sh
source "$here/java.sh"

for ((i = 1; i <= $#; i++)); do
  case "${!i}" in
    --exit-with-stdin) ;;
    --port)
      i=$((i + 1))
      [[ $i -le $# && "${!i}" =~ ^[0-9]{1,5}$ ]] || fail 2 'expected a number after --port, found none; for example --port 8095'
      ;;
    --help)
      sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    *) fail 2 "expected --port N or --exit-with-stdin, found ${!i}; see --help" ;;
  esac
done
fetch_jars
compile HapiServer

# Quick to start rather than fast for long; the compiler's first stage is enough for an hour's tests.
exec java -Xmx1500m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Duser.timezone=UTC -Djava.awt.headless=true \
  "-Dlogback.configurationFile=$here/logback.xml" -cp "$classes:$lib/*" HapiServer "$@"
