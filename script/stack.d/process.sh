# Servers as processes: each in a session of its own, known by its pid and the moment at which it began, so that a number
# that was given away again is not taken for it.
# shellcheck shell=bash

# born PID: in ticks since the system's start; nothing when it is gone.
born() {
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
  # shellcheck disable=SC2086  # the fields after the name, which may hold anything
  set -- ${stat##*) }
  [ "$1" = Z ] || printf '%s\n' "${20}"
}

# What stops a server cleanly and soon, where that is not TERM.
declare -A STOP_SIGNAL

# launch NAME COMMAND...: in the background; what it prints goes to the log.
launch() {
  local name=$1
  shift
  (cd "$STACK/$name" && exec setsid "$@" </dev/null >>"$STACK/log/$name.log" 2>&1 9>&-) &
  printf '%s %s\n' $! "$(born $!)" >"$STACK/run/$name.pid"
}

# pid_of NAME: fails when it does not run.
pid_of() {
  local pid began
  read -r pid began 2>/dev/null <"$STACK/run/$1.pid" || return 1
  [ -n "$began" ] && [ "$(born "$pid")" = "$began" ] || return 1
  printf '%s\n' "$pid"
}

# await NAME CONDITION...: until it holds; fails when the server ends before, or after two minutes.
await() {
  local name=$1 began=$SECONDS deadline=$((SECONDS + 120))
  shift
  until "$@"; do
    pid_of "$name" >/dev/null || die "$name ended: $(tail -n 5 "$STACK/log/$name.log")"
    [ $SECONDS -lt $deadline ] || die "$name does not answer: $(tail -n 5 "$STACK/log/$name.log")"
    # A look costs some processes, which one that starts for long would miss.
    if [ $((SECONDS - began)) -lt 3 ]; then sleep 0.1; else sleep 0.4; fi
  done
}

# family PID: it and all that it started, with those that they started.
family() {
  ps -e -o pid=,ppid= | awk -v top="$1" '
    { parent[$1] = $2 }
    END { for (pid in parent) { for (p = pid; p in parent && p != top; p = parent[p]); if (p == top) print pid } }'
}

living() {
  local pid
  for pid; do [ -z "$(born "$pid")" ] || return 0; done
  return 1
}

# halt NAME: cleanly, by force after half a minute; a paused one is woken for it.
halt() {
  local name=$1 pid members deadline=$((SECONDS + 30))
  if pid=$(pid_of "$name"); then
    mapfile -t members < <(family "$pid")
    kill -CONT "${members[@]}" 2>/dev/null || true
    kill -"${STOP_SIGNAL[$name]:-TERM}" "$pid" 2>/dev/null || true
    while living "${members[@]}"; do
      if [ $SECONDS -ge $deadline ]; then
        say "$name does not stop; ending it by force"
        kill -KILL "${members[@]}" 2>/dev/null || true
      fi
      sleep 0.05
    done
  fi
  rm -f "$STACK/run/$name.pid"
  call stopped "$name"
}
