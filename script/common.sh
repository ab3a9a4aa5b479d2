# Sourced by the scripts beside it; sets up nothing but the working folder and a few words.
# shellcheck shell=bash

set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
JOBS=$(nproc)
PYTHON=/usr/bin/python3 # the one that Debian's packages are for
STAMPS=$ROOT/build/.stamps

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# hash_of FILE...: one word that changes when any of them does.
hash_of() { sha256sum "$@" | sha256sum | cut -c1-32; }

# fresh NAME VALUE: whether the stamp NAME was last set to VALUE.
fresh() { [ "$(cat "$STAMPS/$1" 2>/dev/null)" = "$2" ]; }
stamp() { mkdir -p "$STAMPS" && printf '%s\n' "$2" >"$STAMPS/$1"; }

# What the steps of script/setup depend on.
bootstrap_key() { hash_of script/bootstrap /etc/os-release; }
tdlib_key() { hash_of tdlib/package.json tdlib/package-lock.json; }
npm_key() { printf '%s-%s' "$(hash_of web/package.json web/package-lock.json)" "$(node --version 2>/dev/null)"; }

# Runs a command and prints its output only when it fails.
quietly() {
  local log
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then
    rm -f "$log"
  else
    local status=$?
    cat "$log" >&2
    rm -f "$log"
    return "$status"
  fi
}
