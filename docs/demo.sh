#!/bin/sh
# The demonstration that `make demo` runs, at the root of the project, with memcli on the path.
set -eu

MEMCLI_HOME=$PWD/.demo
export MEMCLI_HOME
# Settings of whoever runs this must not lead elsewhere.
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

cd sample_data
run ingest friends.jsonl documents.jsonl meetings.md chatgpt claude-code "WhatsApp Chat with Allotment Crew.txt"
cd ..
run ask "How large is the deposit for the flat in Leith?" --limit 3
run ask "When did Priya start at the Calder Children's Hospital?" --limit 3
run ask "What does Łukasz charge for a compost bin?" --limit 3
run graph stats
run graph export --format graphml --output .demo/graph.graphml

cat <<'END'

The memory and the graph are in .demo/:
END
find .demo -type f | sort | sed 's/^/  /'
cat <<'END'
Ask more of it:
  MEMCLI_HOME=.demo MEMCLI_MODELS=.cache/models .venv/bin/memcli ask "How did Łukasz get his hives?"
END
