#!/usr/bin/env bash
# Starts a real HAPI FHIR server (R4, in memory, silent cap of 402) and prints its address when it answers.
# In      --port N (a free one otherwise), --exit-with-stdin; HAPI_LIB names another folder for the jars
# Out     the base address, the one line on standard output; the server runs until it is ended (Ctrl-C, SIGTERM)
# Choice  jars and class are made beside their place and renamed, so that a folder that exists is complete
# Exit    2 wrong use or a missing program, 3 the jars could not be fetched, else as the server's own
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
version="$(sed -n 's:.*<hapi.version>\(.*\)</hapi.version>.*:\1:p' "$here/pom.xml")"
lib="${HAPI_LIB:-${XDG_CACHE_HOME:-$HOME/.cache}/fhir-readmission-risk/hapi-$version}"

fail() {
  echo "hapi: $2" >&2
  exit "$1"
}

for ((i = 1; i <= $#; i++)); do
  case "${!i}" in
    --exit-with-stdin) ;;
    --port)
      i=$((i + 1))
      [[ $i -le $# && "${!i}" =~ ^[0-9]{1,5}$ ]] || fail 2 'expected a number after --port, found none; for example --port 8095'
      ;;
    --help)
      sed -n '2,6s/^# //p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    *) fail 2 "expected --port N or --exit-with-stdin, found ${!i}; see --help" ;;
  esac
done

for program in java javac; do
  command -v "$program" >/dev/null ||
    fail 2 "expected a Java development kit, 17 or newer, on the PATH, found no $program; install one, for example openjdk-17-jdk-headless"
done
found="$(javac -version 2>&1 | sed -n 's/^javac \(1\.\)\{0,1\}\([0-9]*\).*/\2/p')"
[[ "${found:-0}" -ge 17 ]] || fail 2 "expected Java 17 or newer, found ${found:-an unknown version}; put a newer one on the PATH"

# Renames a finished folder into place; where another run was faster, its folder is as good.
settle() {
  if [[ -e "$2" ]]; then rm -rf "$1"; else mv "$1" "$2"; fi
}

made=''
trap '[[ -z "$made" ]] || rm -rf "$made"' EXIT
if [[ ! -f "$lib/hapi-fhir-jpaserver-base-$version.jar" ]]; then
  command -v mvn >/dev/null ||
    fail 2 "expected Maven (mvn) on the PATH to fetch HAPI FHIR $version from Maven Central, found none; install Maven 3.8 or newer"
  [[ ! -e "$lib" ]] || fail 2 "$lib: expected the jars of HAPI FHIR $version, found something else; remove it or set HAPI_LIB"
  mkdir -p "$(dirname "$lib")"
  made="$(mktemp -d "$lib.part-XXXXXX")"
  echo "hapi: fetching HAPI FHIR $version from Maven Central, about 300 MB, into $lib" >&2
  mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$made" >&2 ||
    fail 3 "expected Maven to fetch HAPI FHIR $version, found an error (above); check the network and try again"
  settle "$made" "$lib" || fail 3 "$lib: expected to put the jars there, found that it cannot be written"
fi

classes="$lib.classes-$(cksum <"$here/HapiServer.java" | cut -d ' ' -f 1)"
if [[ ! -d "$classes" ]]; then
  made="$(mktemp -d "$lib.part-XXXXXX")"
  javac -cp "$lib/*" -d "$made" "$here/HapiServer.java" >&2
  settle "$made" "$classes" || fail 3 "$classes: expected to put the class there, found that it cannot be written"
fi
made=''

# Quick to start rather than fast for long; the compiler's first stage is enough for an hour's tests.
exec java -Xmx1500m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Duser.timezone=UTC -Djava.awt.headless=true \
  "-Dlogback.configurationFile=$here/logback.xml" -cp "$classes:$lib/*" HapiServer "$@"
