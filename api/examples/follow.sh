#!/bin/sh
# Follow all changes without missing any, also across restarts: sh follow.sh
# Prints events as JSON, one response per line, and stores the last sequence number in the file LIGHTBOARD_SEEN.
set -eu
api=${LIGHTBOARD_URL:-http://127.0.0.1:8000}/api
seen=${LIGHTBOARD_SEEN:-lightboard.seen}
[ -f "$seen" ] || echo 0 >"$seen"
while :; do
    url="$api/events?since=$(cat "$seen")&wait=25"
    response=$(curl -sS -m 40 -w '\n%{http_code}' -H "Authorization: Bearer $LIGHTBOARD_TOKEN" "$url") || response=
    body=$(printf '%s' "$response" | sed '$d')
    case $(printf '%s' "$response" | tail -n 1) in
    200)
        last=$(printf '%s' "$body" | grep -o '"seq":[0-9]*' | tail -n 1 | cut -d: -f2)
        if [ "$last" ]; then
            printf '%s\n' "$body"
            echo "$last" >"$seen.new" && mv "$seen.new" "$seen"
        fi
        ;;
    410) # `since` is outside the log: read all resources again, and continue from the newest event.
        printf '%s' "$body" | sed 's/.*"newest":\([0-9]*\).*/\1/' >"$seen"
        ;;
    401 | 403) exit 1 ;;
    *) sleep 2 ;;
    esac
done
