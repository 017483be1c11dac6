#!/bin/sh
# Makes every secret of compose.yaml that is not there yet, in docker/secrets/ (mode 0600).
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets reports
make() {
  [ -e "secrets/$1" ] || head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' > "secrets/$1"
}
for name in clickhouse_password clickhouse_analyst_password pseudonym_key write_keys read_keys grafana_password; do
  make "$name"
done
# Containers run as another user than the one who made the files.
chmod 0444 secrets/*
echo "docker/secrets: keep a copy of pseudonym_key elsewhere; without it nobody can be recognised again"
