# What watches the servers: Prometheus, Alertmanager, and an exporter for each server that has no metrics of its own.
# shellcheck shell=bash

# http_answers PORT PATH
http_answers() {
  # shellcheck disable=SC2016
  timeout 2 bash -c '
    exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n" "$1" >&3 &&
      read -r _ code _ <&3 && [ "$code" = 200 ]' "$1" "$2" 2>/dev/null
}

needs() { command -v "$1" >/dev/null || die "$1 is not installed: script/bootstrap --stack"; }

target() {
  printf -- '- targets: ["%s"]\n' "$2" >"$STACK/prometheus/targets/$1.yml"
}

# redis_targets JOB NAME...: of one exporter, which asks each.
redis_targets() {
  local job=$1 name list=()
  shift
  for name; do list+=("\"redis://127.0.0.1:$(port "$name")\""); done
  printf -- '- targets: [%s]\n  labels: {__exporter: "127.0.0.1:%s"}\n' \
    "$(IFS=, && echo "${list[*]}")" "$(port redis-exporter)" >"$STACK/prometheus/targets/$job.yml"
}

prometheus_configure() {
  local folder=$STACK/prometheus
  needs prometheus
  rm -rf "$folder/rules"
  mkdir -p "$folder"/{data,targets}
  cp -r "$ROOT/deploy/prometheus/prometheus.yml" "$ROOT/deploy/prometheus/rules" "$folder"
  target telegram-gateway "${TG_STACK_GATEWAY:-127.0.0.1:4010}"
  target postgresql "127.0.0.1:$(port postgres-exporter)"
  target pgbouncer "127.0.0.1:$(port pgbouncer-exporter)"
  target rabbitmq "127.0.0.1:$(port rabbitmq-metrics)"
  target node "127.0.0.1:$(port node-exporter)"
  target prometheus "127.0.0.1:$(port prometheus)"
  target alertmanager "127.0.0.1:$(port alertmanager)"
  redis_targets redis redis-1 redis-2
  redis_targets sentinel sentinel-1 sentinel-2 sentinel-3
}

prometheus_run() {
  launch prometheus prometheus --config.file="$STACK/prometheus/prometheus.yml" \
    --storage.tsdb.path="$STACK/prometheus/data" --storage.tsdb.retention.time=30d \
    --web.listen-address="127.0.0.1:$(port prometheus)"
}

prometheus_answers() { http_answers "$(port prometheus)" /-/ready; }

alertmanager_configure() {
  needs prometheus-alertmanager
  cp "$ROOT/deploy/alertmanager/alertmanager.yml" "$STACK/alertmanager/alertmanager.yml"
}

# It would look for others of its kind on all addresses.
alertmanager_run() {
  launch alertmanager prometheus-alertmanager --config.file="$STACK/alertmanager/alertmanager.yml" \
    --storage.path="$STACK/alertmanager/data" --cluster.listen-address= \
    --web.listen-address="127.0.0.1:$(port alertmanager)"
}

alertmanager_answers() { http_answers "$(port alertmanager)" /-/ready; }

node-exporter_run() {
  needs prometheus-node-exporter
  launch node-exporter prometheus-node-exporter --web.listen-address="127.0.0.1:$(port node-exporter)"
}

node-exporter_answers() { http_answers "$(port node-exporter)" /; }

# Its role is made in the database, which may be starting at the same time.
postgres-exporter_configure() {
  local deadline=$((SECONDS + 60))
  needs prometheus-postgres-exporter
  until MONITOR_PASSWORD=$(secret postgres-monitor) as_admin psql -X -q -v ON_ERROR_STOP=1 \
    -f "$ROOT/deploy/postgresql/monitor.sql" telegram_gateway >>"$STACK/log/postgres-exporter.log" 2>&1; do
    [ $SECONDS -lt $deadline ] ||
      die "The exporter's role cannot be made: $(tail -n 1 "$STACK/log/postgres-exporter.log")"
    sleep 0.4
  done
}

postgres-exporter_run() {
  launch postgres-exporter env DATA_SOURCE_URI="127.0.0.1:$(port postgresql)/telegram_gateway?sslmode=disable" \
    DATA_SOURCE_USER=telegram_monitor DATA_SOURCE_PASS_FILE="$STACK/secrets/postgres-monitor" \
    prometheus-postgres-exporter --web.listen-address="127.0.0.1:$(port postgres-exporter)"
}

postgres-exporter_answers() { http_answers "$(port postgres-exporter)" /; }

pgbouncer-exporter_configure() {
  printf '127.0.0.1:%s:pgbouncer:pgbouncer_stats:%s\n' "$(port pgbouncer)" "$(secret pgbouncer-stats)" \
    >"$STACK/pgbouncer-exporter/pgpass"
}

pgbouncer-exporter_run() {
  launch pgbouncer-exporter env PGHOST=127.0.0.1 PGPORT="$(port pgbouncer)" PGUSER=pgbouncer_stats \
    PGPASSFILE="$STACK/pgbouncer-exporter/pgpass" \
    "$PYTHON" "$ROOT/deploy/prometheus/pgbouncer-exporter" --port "$(port pgbouncer-exporter)"
}

pgbouncer-exporter_answers() { http_answers "$(port pgbouncer-exporter)" /metrics; }

# Passwords by address; a Sentinel has none.
redis-exporter_configure() {
  local name pairs=()
  needs prometheus-redis-exporter
  for name in redis-1 redis-2; do
    pairs+=("\"redis://127.0.0.1:$(port "$name")\": \"$(secret redis)\"")
  done
  (IFS=, && echo "{${pairs[*]}}") >"$STACK/redis-exporter/passwords.json"
}

redis-exporter_run() {
  launch redis-exporter prometheus-redis-exporter -redis.addr= \
    -redis.password-file "$STACK/redis-exporter/passwords.json" \
    -web.listen-address "127.0.0.1:$(port redis-exporter)"
}

redis-exporter_answers() { http_answers "$(port redis-exporter)" /; }
