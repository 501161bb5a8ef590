#!/bin/sh
# List a person's open tasks as JSON, one page per line: sh my_tasks.sh USERNAME
set -eu
api=${LIGHTBOARD_URL:-http://127.0.0.1:8000}/api
for status in 1 2 3; do
    next="$api/tasks?assigned=$1&status=$status&page_size=100"
    while [ "$next" ]; do
        page=$(curl -sS --fail-with-body -H "Authorization: Bearer $LIGHTBOARD_TOKEN" "$next")
        printf '%s\n' "$page"
        next=$(printf '%s' "$page" | sed -n 's/^{"count":[0-9]*,"next":"\([^"]*\)".*/\1/p')
    done
done
