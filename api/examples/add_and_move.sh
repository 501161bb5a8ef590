#!/bin/sh
# Add a task to a sprint and move it to In Progress, before another one: sh add_and_move.sh SPRINT NAME BEFORE
set -eu
api=${LIGHTBOARD_URL:-http://127.0.0.1:8000}/api
# Retries use the same key, so that each change is made only once.
key="$(date +%s)-$$"

post() {
    curl -sS --fail-with-body --retry 3 --retry-connrefused -X POST "$api/$1" \
        -H "Authorization: Bearer $LIGHTBOARD_TOKEN" -H "Content-Type: application/json" \
        -H "Idempotency-Key: $key-$2" -d "$3"
}

name=$(printf '%s' "$2" | sed 's/[\\"]/\\&/g')
task=$(post tasks add "{\"name\": \"$name\", \"sprint\": $1}" | sed 's/^{"id":\([0-9]*\),.*/\1/')
post "tasks/$task/move" move "{\"sprint\": $1, \"status\": 2, \"before\": $3}"
