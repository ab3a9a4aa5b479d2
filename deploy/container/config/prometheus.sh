#!/bin/sh
# Starts Prometheus with deploy/prometheus/prometheus.yml and the gateway's token, which a gateway asks for that listens
# beyond loopback.
set -eu
sed 's,^\( *\)- job_name: telegram-gateway$,&\n\1  authorization: {credentials_file: /run/secrets/token},' \
  /etc/prometheus/deploy.yml >/run/prometheus/prometheus.yml
exec prometheus --config.file=/run/prometheus/prometheus.yml "$@"
