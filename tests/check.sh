#!/bin/bash
# check.sh - every test, one step after the other: lint, builds, units, saved fuzz cases, end to end (plain and
# sanitized), faults in their short form.
#
# A failing step does not stop the others. The last line sums up: "N passed, N failed". Logs are in build/check/.
# STEPS="units e2e" runs only these; PYTEST_ARGS goes to pytest.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
unset MAKEFLAGS MAKELEVEL

logs=build/check
steps=${STEPS:-lint build units fuzz e2e faults}
passed=0 failed=0 skipped=0
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

# twice COMMAND: both builds at the same time, since these tests wait more than they work; the sanitized one is shown last.
twice() {
    local start other status
    step "$1 build" make_ CC=gcc all
    step "$1 build sanitized" make_ CC=gcc SANITIZE=1 all
    start=$SECONDS
    "$1" 1 >"$(log_of "$1 sanitized")" 2>&1 &
    other=$!
    step "$1" "$1" ''
    wait $other
    status=$?
    echo "== $1 sanitized"
    cat "$(log_of "$1 sanitized")"
    account "$1 sanitized" $status $start
}

make_() {
    make --no-print-directory "-j$(nproc)" "$@"
}

# faults: kills, cuts and full disks, some tens of each; `make torture` is the long form
faults() {
    make_ CC=gcc all shims || return
    # shellcheck disable=SC2086
    BAOSONG_BUILD=build/gcc PYTHONDONTWRITEBYTECODE=1 \
        /usr/bin/python3 -m pytest -q -rfEs -p no:cacheprovider tests/torture ${PYTEST_ARGS-}
}

# e2e SANITIZE: the end-to-end tests on that build, in three processes with servers of their own
e2e() {
    # shellcheck disable=SC2086
    BAOSONG_BUILD=build/$([ "$1" ] && echo sanitize || echo gcc) PYTHONDONTWRITEBYTECODE=1 \
        /usr/bin/python3 -m pytest -q -rfEs -p no:cacheprovider -n 3 tests/e2e ${PYTEST_ARGS-}
}

for s in $steps; do
    case $s in
    lint) step lint make_ CC=gcc lint ;;
    build) step 'build clang' make_ CC=clang all ;;
    units)
        step units make_ CC=gcc all unit
        step 'units sanitized' make_ CC=gcc SANITIZE=1 all unit
        ;;
    fuzz) step 'fuzz cases' make_ CC=gcc SANITIZE=1 fuzz-replay ;;
    e2e) twice e2e ;;
    faults) step faults faults ;;
    *) echo "unknown step: $s" >&2 && exit 64 ;;
    esac
done

echo "skipped: $skipped; $SECONDS s; logs in $logs/"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
