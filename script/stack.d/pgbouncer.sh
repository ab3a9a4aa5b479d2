# shellcheck shell=bash

pgbouncer_configure() {
  local folder=$STACK/pgbouncer
  command -v pgbouncer >/dev/null || die "PgBouncer is not installed: script/bootstrap --stack"
  {
    printf '"telegram_gateway" "%s"\n' "$(secret postgres)"
    printf '"pgbouncer_stats" "%s"\n' "$(secret pgbouncer-stats)"
    printf '"pgbouncer_admin" "%s"\n' "$(secret pgbouncer-admin)"
  } >"$folder/userlist.txt"
  # A second [pgbouncer] would set all of its keys to their defaults: these lines go on in the included one.
  {
    echo "%include $ROOT/deploy/pgbouncer/pgbouncer.ini"
    echo "listen_port = $(port pgbouncer)"
    echo "auth_file = $folder/userlist.txt"
    [ ! -f "$folder/override.ini" ] || echo "%include $folder/override.ini"
    echo "[databases]"
    echo "telegram_gateway = host=127.0.0.1 port=$(port postgresql) dbname=telegram_gateway"
  } >"$folder/pgbouncer.ini"
}

pgbouncer_run() { launch pgbouncer pgbouncer "$STACK/pgbouncer/pgbouncer.ini"; }

pgbouncer_answers() {
  pg_isready -q -t 2 -h 127.0.0.1 -p "$(port pgbouncer)" -U telegram_gateway -d telegram_gateway
}
