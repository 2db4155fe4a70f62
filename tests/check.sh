#!/bin/bash
# check.sh - every test: lint, builds, units, saved fuzz cases; and with real servers, all at the same time, end to end
# (plain and sanitized) and faults in their short form.
#
# A failing step does not stop the others. The last line sums up: "N passed, N failed". Logs are in build/check/.
# STEPS="units faults" runs only these (lint clang units fuzz servers, and of the latter e2e e2e_sanitized faults);
# PYTEST_ARGS goes to pytest.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
unset MAKEFLAGS MAKELEVEL

logs=build/check
steps=${STEPS:-lint clang units fuzz servers}
passed=0 failed=0 skipped=0
waiting="-j$((2 * $(nproc)))" # for tests that wait more than they work
mkdir -p $logs

log_of() {
    echo "$logs/${1// /-}.log"
}

# account NAME STATUS START: adds the tests in its log to the sum.
account() {
    local tests bad more counts
    # cmocka: "[  PASSED  ] 12 test(s)."   pytest: "3 failed, 120 passed, 2 skipped in 40.00s"
    counts=$(sed -E 's/\x1b\[[0-9;]*m//g' "$(log_of "$1")" | awk '
        /^\[  PASSED  \] [0-9]+ test/ { p += $4 }
        /^\[  FAILED  \] [0-9]+ test/ { f += $4 }
        / in [0-9.]+s/ {
            for (i = 2; i <= NF; i++) {
                if ($i ~ /^passed/) p += $(i - 1)
                if ($i ~ /^(failed|error)/) f += $(i - 1)
                if ($i ~ /^skipped/) s += $(i - 1)
            }
        }
        END { print p + 0, f + 0, s + 0 }')
    read -r tests bad more <<<"$counts"
    # A step that counts nothing is itself one test; one that failed without a failed test is one failure.
    [ $((tests + bad)) != 0 ] || [ "$2" != 0 ] || tests=1
    [ "$bad" != 0 ] || [ "$2" = 0 ] || bad=1
    passed=$((passed + tests)) failed=$((failed + bad)) skipped=$((skipped + more))
    echo "-- $1: $tests passed, $bad failed ($((SECONDS - $3)) s)"
}

# step NAME COMMAND...: runs it, shows and keeps what it says.
step() {
    local start=$SECONDS
    echo "== $1"
    "${@:2}" 2>&1 | tee "$(log_of "$1")"
    account "$1" $? $start
}

# together NAME...: at the same time, since these tests wait more than they work; shown one after the other.
together() {
    local start=$SECONDS name status pids=()
    echo "== $* (at the same time; their logs grow in $logs/)"
    for name; do
        "$name" >"$(log_of "$name")" 2>&1 &
        pids+=($!)
    done
    for name; do
        wait "${pids[0]}"
        status=$?
        pids=("${pids[@]:1}")
        echo "== $name"
        cat "$(log_of "$name")"
        account "$name" "$status" "$start"
    done
}

# Every part of it, also behind one that failed; and what each part says in one piece.
make_() {
    make --no-print-directory "-j$(nproc)" --keep-going --output-sync "$@"
}

# What the tests with servers run.
built() {
    step build make_ CC=gcc all shims
    step 'build sanitized' make_ CC=gcc SANITIZE=1 all
}

pytest_() {
    # shellcheck disable=SC2086
    BAOSONG_BUILD=$1 PYTHONDONTWRITEBYTECODE=1 \
        /usr/bin/python3 -m pytest -q -rfEs -p no:cacheprovider "${@:2}" ${PYTEST_ARGS-}
}

# The end-to-end tests, in some processes with servers of their own.
e2e() {
    pytest_ build/gcc -n 3 tests/e2e
}

e2e_sanitized() {
    pytest_ build/sanitize -n 4 tests/e2e
}

# Kills, cuts and full disks, some tens of each; `make torture` is the long form.
faults() {
    pytest_ build/gcc tests/torture
}

for s in $steps; do
    case $s in
    lint) step lint make_ CC=gcc lint ;;
    clang) step 'build clang' make_ CC=clang CFLAGS=-O0 all unit-programs ;; # for what it warns of
    units)
        step units make_ "$waiting" CC=gcc all unit
        step 'units sanitized' make_ "$waiting" CC=gcc SANITIZE=1 all unit
        ;;
    fuzz) step 'fuzz cases' make_ CC=gcc SANITIZE=1 fuzz-replay ;;
    servers) built; together e2e e2e_sanitized faults ;;
    e2e | e2e_sanitized | faults) built; step "$s" "$s" ;;
    *) echo "unknown step: $s" >&2 && exit 64 ;;
    esac
done

echo "skipped: $skipped; $SECONDS s; logs in $logs/"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
