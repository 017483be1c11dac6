#!/bin/sh
# Makes every secret of compose.yaml that is not there yet, in docker/secrets/: own ones at random, those that a platform
# or a server of yours gives you empty, to be filled in (an empty one is not set).
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
for name in css_callback_key wechat_token wechat_aes_key wecom_token wecom_aes_key wecom_secret miniprogram_secret \
  css_secret_id css_secret_key smtp_password s3_access_key_id s3_secret_access_key; do
  [ -e "secrets/$name" ] || : > "secrets/$name"
done
# Containers run as another user than the one who made the files.
chmod 0644 secrets/*
echo "docker/secrets: keep a copy of pseudonym_key elsewhere; without it nobody can be recognised again"
