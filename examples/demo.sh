#!/bin/sh
# Three simulated servers, a company's files, and what a person would type. Nothing leaves this machine; the project is
# copied to a temporary folder, so the demo can be run again and again.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
simulator=
finish() {
    [ -z "$simulator" ] || kill "$simulator" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

show() {
    printf '\n\033[1m$ %s\033[0m\n' "$*"
    "$@"
}

cp -R "$here/acme" "$work/acme"
cd "$work/acme"
rm -rf .reconciler
export LISBON_PASSWORD=demo-lisbon PORTO_PASSWORD=demo-porto BRAGA_PASSWORD=demo-braga

printf '\033[1m$ reconciler simulate simulator.yaml &\033[0m\n'
reconciler simulate simulator.yaml >"$work/simulator.log" 2>&1 &
simulator=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ "$(grep -c http "$work/simulator.log" || true)" -ge 3 ] && break
    kill -0 "$simulator" 2>/dev/null || { cat "$work/simulator.log"; exit 1; }
    sleep 0.5
done
cat "$work/simulator.log"

show reconciler validate
show reconciler plan --out acme.plan
show reconciler apply --auto-approve acme.plan
show reconciler plan --detailed-exitcode

printf '\nSomebody moves to another department: the pull request changes one line.\n'
sed '0,/department: PRD-A2/s//department: QA/' people/production.yaml >people/edited && mv people/edited people/production.yaml
show reconciler plan
show reconciler apply --auto-approve
printf '\nAnd the last plan is empty again.\n'
show reconciler plan --detailed-exitcode
