# Two Redis servers, which change roles, and the three Sentinels that watch them.
# shellcheck shell=bash

redis_reply() {
  local name=$1
  shift
  REDISCLI_AUTH=$(secret redis) timeout 2 redis-cli -h 127.0.0.1 -p "$(port "$name")" "$@" 2>/dev/null
}

sentinel_reply() {
  local name=$1
  shift
  timeout 2 redis-cli -h 127.0.0.1 -p "$(port "$name")" sentinel "$@" 2>/dev/null
}

# The master's port as the Sentinels know it (they write it down): of the newest failover; else the first server's.
master_port() {
  local known
  known=$(cat "$STACK"/sentinel-*/sentinel.conf 2>/dev/null | awk '
    $1 == "sentinel" && $2 == "monitor" { port = $5 }
    $1 == "sentinel" && $2 == "config-epoch" && $4 >= epoch { epoch = $4; newest = port }
    END { print newest }')
  printf '%s\n' "${known:-$(port redis-1)}"
}

redis_configure() {
  local name=$1 master
  command -v redis-server >/dev/null || die "Redis is not installed: script/bootstrap --stack"
  master=$(master_port)
  {
    echo "include $ROOT/deploy/redis/redis.conf"
    [ "$name" = redis-1 ] || echo "include $ROOT/deploy/redis/replica.conf"
    echo "port $(port "$name")"
    echo "dir $STACK/$name"
    echo "requirepass $(secret redis)"
    echo "masterauth $(secret redis)"
    ! small_machine || echo "maxmemory 128mb"
    if [ "$master" = "$(port "$name")" ]; then echo "replicaof no one"; else echo "replicaof 127.0.0.1 $master"; fi
    [ ! -f "$STACK/$name/override.conf" ] || echo "include $STACK/$name/override.conf"
  } >"$STACK/$name/redis.conf"
}

redis_run() { launch "$1" redis-server "$STACK/$1/redis.conf"; }

redis_answers() { [ "$(redis_reply "$1" ping)" = PONG ]; }

# Sentinel keeps what it learned in its file, so that one is made only once. It asks a master for its replicas when it
# first meets it, and then only every ten seconds: the replica should be there before.
sentinel_configure() {
  local name=$1 file=$STACK/$1/sentinel.conf deadline=$((SECONDS + 10))
  command -v redis-sentinel >/dev/null || die "Redis Sentinel is not installed: script/bootstrap --stack"
  [ ! -f "$file" ] || return 0
  until redis_reply redis-2 info replication | grep -q master_link_status:up || [ $SECONDS -ge $deadline ]; do
    sleep 0.05
  done
  {
    echo "port $(port "$name")"
    echo "dir $STACK/$name"
    echo "sentinel monitor telegram-redis 127.0.0.1 $(master_port) 2"
    echo "sentinel auth-pass telegram-redis $(secret redis)"
    cat "$ROOT/deploy/redis/sentinel.conf"
    cat "$STACK/$name/override.conf" 2>/dev/null || true
  } >"$file.new"
  mv "$file.new" "$file"
}

sentinel_run() { launch "$1" redis-sentinel "$STACK/$1/sentinel.conf"; }

sentinel_answers() { [ -n "$(sentinel_reply "$1" get-master-addr-by-name telegram-redis)" ]; }

# Until each Sentinel that runs has met enough others for a failover; they greet each other every two seconds.
settle() {
  local name running=() deadline=$((SECONDS + 20))
  for name in sentinel-1 sentinel-2 sentinel-3; do
    ! pid_of "$name" >/dev/null || running+=("$name")
  done
  [ ${#running[@]} -ge 2 ] || return 0
  for name in "${running[@]}"; do
    until [[ "$(sentinel_reply "$name" ckquorum telegram-redis)" == OK* ]]; do
      [ $SECONDS -lt $deadline ] || return 0
      sleep 0.05
    done
  done
}
