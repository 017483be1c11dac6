#!/bin/sh
# The passwords of users.d/wxlive.xml come from secrets: as hashes in the environment of the server, never in a file.
set -eu
hash() { printf '%s' "$(cat "/run/secrets/$1")" | sha256sum | cut -d' ' -f1; }
WXLIVE_PASSWORD_SHA256=$(hash clickhouse_password)
ANALYST_PASSWORD_SHA256=$(hash clickhouse_analyst_password)
export WXLIVE_PASSWORD_SHA256 ANALYST_PASSWORD_SHA256
exec /entrypoint.sh
