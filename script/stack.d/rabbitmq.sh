# shellcheck shell=bash

# Debian's commands insist on its own user and folders; these are what they call.
RABBITMQ_BIN=/usr/lib/rabbitmq/bin

# rabbitmq_launch: with this node's names, ports and folders, and nothing of /etc/rabbitmq or /var/lib/rabbitmq.
# Two schedulers are plenty for it, and waiting ones leave the processor to others.
rabbitmq_launch() {
  local folder=$STACK/rabbitmq
  launch rabbitmq env -i PATH="$RABBITMQ_BIN:/usr/local/bin:/usr/bin:/bin" LANG=C.UTF-8 HOME="$folder" \
    RABBITMQ_NODENAME="telegram-$(port rabbitmq)@localhost" \
    RABBITMQ_CONF_ENV_FILE=/dev/null \
    RABBITMQ_CONFIG_FILES="$folder/conf.d" RABBITMQ_ADVANCED_CONFIG_FILE="$folder/advanced.config" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$folder/enabled_plugins" \
    RABBITMQ_MNESIA_BASE="$folder/data" RABBITMQ_LOG_BASE="$folder/log" RABBITMQ_LOGS=- \
    RABBITMQ_GENERATED_CONFIG_DIR="$folder/generated" RABBITMQ_PID_FILE="$folder/pid" \
    RABBITMQ_DIST_PORT="$(port rabbitmq-cluster)" \
    ERL_EPMD_PORT="$(port rabbitmq-epmd)" ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_ALLOW_INPUT=1 \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-noinput +S 2:2 -kernel inet_dist_use_interface {127,0,0,1}" \
    "$RABBITMQ_BIN/rabbitmq-server"
}

# As RabbitMQ keeps a password: four bytes of salt, and SHA-256 of these and the password.
rabbitmq_hash() {
  local salt
  salt=$(od -An -N2 -tx1 /dev/urandom | tr -d ' \n')
  { printf '%s' "$salt" && printf '%s%s' "$salt" "$(secret "$1")" | openssl dgst -sha256 -binary; } | base64 -w0
}

rabbitmq_configure() {
  local folder=$STACK/rabbitmq
  [ -x "$RABBITMQ_BIN/rabbitmq-server" ] || die "RabbitMQ is not installed: script/bootstrap --stack"
  mkdir -p "$folder"/{conf.d,definitions.d,generated,log}
  [ -s "$folder/.erlang.cookie" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$folder/.erlang.cookie"
  chmod 400 "$folder/.erlang.cookie"
  cp "$ROOT/deploy/rabbitmq/enabled_plugins" "$folder/enabled_plugins"
  cp "$ROOT/deploy/rabbitmq/rabbitmq.conf" "$folder/conf.d/10-deploy.conf"
  cp "$ROOT/deploy/rabbitmq/definitions.json" "$folder/definitions.d/20-permissions.json"
  cat >"$folder/definitions.d/10-users.json" <<JSON
{"users": [
  {"name": "telegram", "password_hash": "$(rabbitmq_hash rabbitmq)", "tags": ""},
  {"name": "admin", "password_hash": "$(rabbitmq_hash rabbitmq-admin)", "tags": "administrator"}
]}
JSON
  cat >"$folder/conf.d/20-here.conf" <<CONF
listeners.tcp.default = 127.0.0.1:$(port rabbitmq)
management.tcp.port = $(port rabbitmq-management)
prometheus.tcp.port = $(port rabbitmq-metrics)
definitions.local.path = $folder/definitions.d
CONF
  rm -f "$folder/conf.d/30-override.conf"
  [ ! -f "$folder/override.conf" ] || cp "$folder/override.conf" "$folder/conf.d/30-override.conf"
}

# epmd tells where on this machine a node listens; the node would start one that outlives it and serves everyone.
rabbitmq_run() {
  mkdir -p "$STACK/rabbitmq-epmd"
  pid_of rabbitmq-epmd >/dev/null || launch rabbitmq-epmd epmd -address 127.0.0.1 -port "$(port rabbitmq-epmd)"
  until listened "$(port rabbitmq-epmd)"; do sleep 0.02; done
  rabbitmq_launch
}

# A broker that opens the conversation: it sends Connection.Start, a frame of type 1, to one who says that he speaks AMQP.
rabbitmq_answers() {
  listened "$(port rabbitmq-management)" && listened "$(port rabbitmq-metrics)" &&
    [ "$(timeout 2 bash -c '
      exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "AMQP\0\0\11\1" >&3 && head -c 1 <&3 | od -An -tu1' \
      "$(port rabbitmq)" 2>/dev/null | tr -d ' ')" = 1 ]
}

rabbitmq_stopped() { halt rabbitmq-epmd; }
