#!/bin/sh
# redis.sh redis|replica|sentinel|ask PORT: a server of the files in /etc/redis/deploy with this deployment's names and
# password, or whether one answers.
set -eu
role=$1 port=$2 password=$(cat /run/secrets/password)
umask 077

case $role in
  ask)
    # A Sentinel asks for no password.
    [ "$port" -ge 26379 ] || export REDISCLI_AUTH="$password"
    [ "$(redis-cli -h 127.0.0.1 -p "$port" ping)" = PONG ]
    ;;
  sentinel)
    # It writes its file anew with what it learns. The master at the start is redis-1; a failover is not forgotten while
    # one Sentinel runs.
    {
      echo "port $port"
      echo "sentinel resolve-hostnames yes"
      echo "sentinel announce-hostnames yes"
      echo "sentinel monitor telegram-redis redis-1 6379 2"
      echo "sentinel auth-pass telegram-redis $password"
      cat /etc/redis/deploy/sentinel.conf
      echo "bind * -::*"
      echo "protected-mode no"
      echo "sentinel announce-ip $(hostname)"
      echo "dir /data"
    } >/data/sentinel.conf
    exec redis-server /data/sentinel.conf --sentinel
    ;;
  redis | replica)
    name=redis-1
    [ "$role" = redis ] || name=redis-2
    {
      echo "include /etc/redis/deploy/redis.conf"
      [ "$role" = redis ] || echo "include /etc/redis/deploy/replica.conf"
      echo "port $port"
      echo "bind * -::*"
      echo "requirepass $password"
      echo "masterauth $password"
      echo "replica-announce-ip $name"
      [ "$role" = redis ] || echo "replicaof redis-1 6379"
      echo "dir /data"
    } >/data/redis.conf
    exec redis-server /data/redis.conf
    ;;
  *)
    echo "usage: redis.sh redis|replica|sentinel|ask PORT" >&2
    exit 2
    ;;
esac
