# shellcheck shell=bash

STOP_SIGNAL[postgresql]=INT # "fast": ends the connections; TERM would wait for them

# Debian keeps the programs of each version in a folder of its own. TG_STACK_PG_BIN names another PostgreSQL's, such as
# one with TimescaleDB beside it.
PG_BIN=${TG_STACK_PG_BIN:-$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)}
PATH=${PG_BIN:+$PG_BIN:}$PATH

# as_admin COMMAND...: with the superuser's connection in its environment.
as_admin() {
  PGHOST=127.0.0.1 PGPORT=$(port postgresql) PGUSER=postgres PGPASSWORD=$(secret postgres-admin) "$@"
}

# Not where TG_STACK_TIMESCALEDB=no asks for plain PostgreSQL.
timescaledb_installed() {
  [ "${TG_STACK_TIMESCALEDB:-yes}" != no ] && [ -e "$(pg_config --pkglibdir 2>/dev/null)/timescaledb.so" ]
}

postgresql_configure() {
  local folder=$STACK/postgresql
  command -v initdb >/dev/null || die "PostgreSQL is not installed: script/bootstrap --stack"
  forget_dead_postmaster
  if [ ! -f "$folder/data/PG_VERSION" ]; then
    rm -rf "$folder/data.new"
    initdb --pgdata="$folder/data.new" --username=postgres --pwfile="$STACK/secrets/postgres-admin" \
      --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums >"$STACK/log/postgresql.log" 2>&1 ||
      die "initdb failed: $(tail -n 5 "$STACK/log/postgresql.log")"
    mv "$folder/data.new" "$folder/data"
  fi
  {
    echo "include '$ROOT/deploy/postgresql/postgresql.conf'"
    echo "port = $(port postgresql)"
    echo "unix_socket_directories = ''"
    echo "data_directory = '$folder/data'"
    echo "hba_file = '$ROOT/deploy/postgresql/pg_hba.conf'"
    echo "ident_file = '$folder/data/pg_ident.conf'"
    [ -w /dev/shm ] || echo "dynamic_shared_memory_type = sysv"
    ! small_machine || echo "shared_buffers = 128MB"
    ! small_machine || echo "effective_cache_size = 384MB"
    ! timescaledb_installed || echo "shared_preload_libraries = 'timescaledb,pg_stat_statements'"
    [ ! -f "$folder/override.conf" ] || echo "include '$folder/override.conf'"
  } >"$folder/postgresql.conf"
}

# PostgreSQL takes a killed one that its parent has not waited for yet for a running one. Not every container's first
# process ever does that.
forget_dead_postmaster() {
  local file=$STACK/postgresql/data/postmaster.pid pid deadline=$((SECONDS + 5))
  pid=$(head -n 1 "$file" 2>/dev/null) || return 0
  while [ -d "/proc/$pid" ] && [ -z "$(born "$pid")" ]; do
    [ $SECONDS -lt $deadline ] || rm -f "$file"
    [ -f "$file" ] || return 0
    sleep 0.05
  done
}

postgresql_run() { launch postgresql postgres -D "$STACK/postgresql"; }

postgresql_answers() { pg_isready -q -t 2 -h 127.0.0.1 -p "$(port postgresql)"; }

postgresql_setup() {
  GATEWAY_PASSWORD=$(secret postgres) as_admin psql -X -q -v ON_ERROR_STOP=1 -f "$ROOT/deploy/postgresql/setup.sql" postgres
}
