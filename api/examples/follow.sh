#!/bin/sh
# Follow all changes without missing any, also across restarts: sh follow.sh
# Prints the log as JSON, an answer a line, and keeps in the file LIGHTBOARD_SEEN how far it came.
set -eu
api=${LIGHTBOARD_URL:-http://127.0.0.1:8000}/api
seen=${LIGHTBOARD_SEEN:-lightboard.seen}
[ -f "$seen" ] || echo 0 >"$seen"
while :; do
    url="$api/events?since=$(cat "$seen")&wait=25"
    answer=$(curl -sS -m 40 -w '\n%{http_code}' -H "Authorization: Bearer $LIGHTBOARD_TOKEN" "$url") || answer=
    body=$(printf '%s' "$answer" | sed '$d')
    case $(printf '%s' "$answer" | tail -n 1) in
    200)
        last=$(printf '%s' "$body" | grep -o '"seq":[0-9]*' | tail -n 1 | cut -d: -f2)
        if [ "$last" ]; then
            printf '%s\n' "$body"
            echo "$last" >"$seen.new" && mv "$seen.new" "$seen"
        fi
        ;;
    410) # The log does not reach back so far: read everything anew, and go on from the newest change.
        printf '%s' "$body" | sed 's/.*"newest":\([0-9]*\).*/\1/' >"$seen"
        ;;
    401 | 403) exit 1 ;;
    *) sleep 2 ;;
    esac
done
