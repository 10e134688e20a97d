# Sourced by the scripts beside it: HAPI's jars from Maven Central and a class compiled against them, made once and kept.
# In      HAPI_LIB names another folder for the jars
# Out     functions `fetch_jars` and `compile NAME`; $lib (jars) and, after compile, $classes
# Choice  jars and classes are made beside their place and renamed, so that a folder that exists is complete
# Exit    2 a missing program, 3 the jars could not be fetched or put in place

version="$(sed -n 's:.*<hapi.version>\(.*\)</hapi.version>.*:\1:p' "$here/pom.xml")"
lib="${HAPI_LIB:-${XDG_CACHE_HOME:-$HOME/.cache}/fhir-readmission-risk/hapi-$version}"
made=''
trap '[[ -z "$made" ]] || rm -rf "$made"' EXIT

fail() {
  echo "hapi: $2" >&2
  exit "$1"
}

# Renames a finished folder into place; where another run was faster, its folder is as good.
settle() {
  if [[ -e "$2" ]]; then rm -rf "$1"; else mv "$1" "$2"; fi
}

fetch_jars() {
  local program found
  for program in java javac; do
    command -v "$program" >/dev/null ||
      fail 2 "expected a Java development kit, 17 or newer, on the PATH, found no $program; install one, for example openjdk-17-jdk-headless"
  done
  found="$(javac -version 2>&1 | sed -n 's/^javac \(1\.\)\{0,1\}\([0-9]*\).*/\2/p')"
  [[ "${found:-0}" -ge 17 ]] || fail 2 "expected Java 17 or newer, found ${found:-an unknown version}; put a newer one on the PATH"
  [[ ! -f "$lib/hapi-fhir-jpaserver-base-$version.jar" ]] || return 0
  command -v mvn >/dev/null ||
    fail 2 "expected Maven (mvn) on the PATH to fetch HAPI FHIR $version from Maven Central, found none; install Maven 3.8 or newer"
  [[ ! -e "$lib" ]] || fail 2 "$lib: expected the jars of HAPI FHIR $version, found something else; remove it or set HAPI_LIB"
  mkdir -p "$(dirname "$lib")"
  made="$(mktemp -d "$lib.part-XXXXXX")"
  echo "hapi: fetching HAPI FHIR $version from Maven Central, about 300 MB, into $lib" >&2
  mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$made" >&2 ||
    fail 3 "expected Maven to fetch HAPI FHIR $version, found an error (above); check the network and try again"
  settle "$made" "$lib" || fail 3 "$lib: expected to put the jars there, found that it cannot be written"
  made=''
}

compile() {
  classes="$lib.classes-$(cksum <"$here/$1.java" | cut -d ' ' -f 1)"
  [[ ! -d "$classes" ]] || return 0
  made="$(mktemp -d "$lib.part-XXXXXX")"
  javac -cp "$lib/*" -d "$made" "$here/$1.java" >&2
  settle "$made" "$classes" || fail 3 "$classes: expected to put the class there, found that it cannot be written"
  made=''
}
