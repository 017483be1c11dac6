#!/bin/sh
# A node of a cluster tells the others the owner's password: it stands in the environment of the server alone.
set -eu
WXLIVE_PASSWORD=$(cat /run/secrets/clickhouse_password)
export WXLIVE_PASSWORD
exec /bin/sh /etc/wxlive/start-clickhouse.sh
