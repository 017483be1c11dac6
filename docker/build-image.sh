#!/bin/sh
# What stands in the image, built into DIR from a checkout; the Dockerfile runs it, and so does its test.
# Without the private engine (an optional package of 400 MB): in containers ClickHouse is a server.
set -eu
target=$1
source=$(cd "$(dirname "$0")/.." && pwd)
cd "$source"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$target" "$work/source"
tar -cf - --exclude=./node_modules --exclude=./dist --exclude=./.git --exclude=./.venv --exclude=./.cache --exclude=./test --exclude=./bench . |
  tar -xf - -C "$work/source"
cd "$work/source"
# devDependencies for the compiler; their scripts are not run.
npm ci --ignore-scripts --omit=optional --no-audit --no-fund
npm run build
npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
cp -R package.json node_modules dist sql schemas formats reports docker "$target/"
find "$target/schemas" "$target/formats" "$target/reports" -name '*.ts' -delete
