#!/bin/sh
# Simulated servers and terminals, a company's files, and what a person would type. Nothing leaves this machine; the
# projects are copied to a temporary folder, so the demo can be run again and again.
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
export LISBON_PASSWORD=demo-lisbon PORTO_PASSWORD=demo-porto BRAGA_PASSWORD=demo-braga GATE_TOKEN=demo-gate

simulate() { # $1: how many addresses it will print
    printf '\033[1m$ reconciler simulate simulator.yaml &\033[0m\n'
    reconciler simulate simulator.yaml >"$work/simulator.log" 2>&1 &
    simulator=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ "$(grep -c http "$work/simulator.log" || true)" -ge "$1" ] && break
        kill -0 "$simulator" 2>/dev/null || { cat "$work/simulator.log"; exit 1; }
        sleep 0.5
    done
    cat "$work/simulator.log"
}

summary() { # the last lines of what a command prints
    printf '\n\033[1m$ %s | tail -n 3\033[0m\n' "$*"
    "$@" >"$work/output" 2>"$work/progress" || { cat "$work/progress" "$work/output"; exit 1; }
    tail -n 3 "$work/output"
}

printf 'Three time servers, a CVSecurity server with doors, lift and turnstiles, and two terminals: one company, one plan.\n'
simulate 6

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
printf '\nWhat a CVSecurity server never shows is remembered as applied, and said.\n'
show reconciler state show gate/employee/01001

printf '\nTwelve terminals at three sites: settings from profiles, shifts, bells, and who may pass when.\n'
kill "$simulator"
cp -R "$here/doors" "$work/doors"
cd "$work/doors"
rm -rf .reconciler
simulate 12
summary reconciler plan
summary reconciler apply --auto-approve
summary reconciler plan --detailed-exitcode
show reconciler doctor lis-hall
printf '\nAll terminals lose everything, as new ones would have nothing.\n'
kill "$simulator"
wait "$simulator" 2>/dev/null || true
simulate 12 >"$work/replaced.log"
summary reconciler apply --auto-approve
summary reconciler plan --detailed-exitcode
