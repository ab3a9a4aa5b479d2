#!/bin/sh
# Run by PostgreSQL's image when its volume is new: the gateway's role and database, and the role that watches.
set -eu
GATEWAY_PASSWORD=$(cat /run/secrets/gateway)
MONITOR_PASSWORD=$(cat /run/secrets/monitor)
export GATEWAY_PASSWORD MONITOR_PASSWORD
psql -X -q -v ON_ERROR_STOP=1 -f /etc/postgresql/deploy/setup.sql postgres
if [ -f /etc/postgresql/deploy/monitor.sql ]; then
  psql -X -q -v ON_ERROR_STOP=1 -f /etc/postgresql/deploy/monitor.sql telegram_gateway
fi
