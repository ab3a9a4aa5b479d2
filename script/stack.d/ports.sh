# The stack's ports: one "NAME NUMBER" a line in the file `ports`.
# shellcheck shell=bash

USUAL_PORTS=(
  postgresql 5434
  pgbouncer 6434
  redis-1 6379
  redis-2 6380
  sentinel-1 26379
  sentinel-2 26380
  sentinel-3 26381
  rabbitmq 5672
  rabbitmq-management 15672
  rabbitmq-metrics 15692
  rabbitmq-cluster 25673 # not Debian's, which are RabbitMQ's usual ones
  rabbitmq-epmd 14369
  prometheus 9090
  alertmanager 9093
  node-exporter 9100
  postgres-exporter 9187
  pgbouncer-exporter 9127
  redis-exporter 9121
)

port() { sed -n "s/^$1 //p" "$STACK/ports"; }

listened() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A random one below those that the system gives to outgoing connections.
free_port() {
  local number
  while :; do
    number=$((20000 + RANDOM % 12000))
    listened "$number" || break
  done
  printf '%s\n' "$number"
}

# Adds those that have none yet.
choose_ports() {
  local i name number
  touch "$STACK/ports"
  for ((i = 0; i < ${#USUAL_PORTS[@]}; i += 2)); do
    name=${USUAL_PORTS[$i]}
    number=${USUAL_PORTS[$i + 1]}
    [ -z "$(port "$name")" ] || continue
    if [ "$FREE_PORTS" = 1 ] || listened "$number"; then
      until number=$(free_port) && ! grep -q " $number\$" "$STACK/ports"; do :; done
    fi
    printf '%s %s\n' "$name" "$number" >>"$STACK/ports"
  done
}
