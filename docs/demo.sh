#!/bin/sh
# The demonstration that `make demo` runs, at the root of the project, with memcli on the path.
set -eu

export MEMCLI_HOME=.demo
unset MEMCLI_STORE
rm -rf .demo

run() {
    printf '\n$ memcli'
    for word; do
        case $word in
            *[!a-zA-Z0-9_./=-]*) printf ' "%s"' "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    memcli "$@"
}

run ingest sample_data
run ask "Who became secretary of the allotment committee?" --limit 3
run ask "Which language exam did Jonas take, and did he get through?" --limit 3
run ask "Why was the holiday in Portugal put off?" --limit 3
run graph stats
run graph export --format graphml --output .demo/graph.graphml

cat <<'END'

The memory and the graph are in .demo/:
END
find .demo -type f | sort | sed 's/^/  /'
cat <<'END'
Ask more of it:
  MEMCLI_HOME=.demo .venv/bin/memcli ask "How did Łukasz get his beehives?"
END
