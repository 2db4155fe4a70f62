#!/bin/sh
# Format, arrows between rooms, file sizes, linked libraries. Usage: tests/lint.sh BUILD
set -eu
cd "$(dirname "$0")/.."
build=${1:-build/gcc}
bad=0
fault() {
    echo "lint: $*"
    bad=$((bad + 1))
}

# Rooms reach others only by "room/header.h"; the Makefile's views say which. A way around the views is a fault.
if grep -rnE '#include "\.\./' config parsers reports daemon; then fault "an include that climbs out of its room"; fi
if grep -rln 'sqlite3\.h' config parsers daemon | grep -v '^daemon/store/'; then fault "sqlite3.h outside daemon/store and reports"; fi
if grep -rlnE 'curl/curl\.h|libetpan' config parsers reports daemon | grep -v '^daemon/net/'; then fault "network headers outside daemon/net"; fi
if grep -rlnE '(gmime|archive\.h|libxml/|gsf/|poppler|ytnef)' config reports daemon --include='*.[ch]' | grep .; then
    fault "a document library outside parsers/"
fi
if grep -rl 'poppler/' parsers | grep -v '^parsers/pdf_file.cc$'; then fault "poppler beside its door, parsers/pdf_file.h"; fi

# The desk is pure: no clock, no files, no database.
if grep -nE 'g_get_real_time|g_date_time_new_now|[^_]time\(NULL\)|fopen|open\(|g_file_get' daemon/desk/*.c; then fault "the desk touches the world"; fi

# Headers open with what they are for.
for header in config/*.h parsers/*.h reports/*.h daemon/*.h daemon/*/*.h; do
    head -n 1 "$header" | grep -q '^/\*' || fault "$header does not begin with what it is for"
done

git ls-files '*.c' '*.cc' '*.h' '*.py' | while read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 520 ] || echo "$file: $lines lines"
done | grep . && fault "files of more than 520 lines"

if command -v clang-format >/dev/null; then
    git ls-files '*.c' '*.cc' '*.h' | xargs clang-format --dry-run -Werror || fault "clang-format would change files (run: make format)"
else
    echo "lint: skipped clang-format: not installed"
fi

for program in baosongd baosong; do
    linked=$(ldd "$build/$program") || fault "$program is not there to be looked at: make first"
    if echo "$linked" | grep -E 'libgmime|libarchive|libxml2|libgsf|libpoppler|libytnef'; then
        fault "$program links a document library"
    fi
done

[ "$bad" -eq 0 ] && echo "lint: clean" || exit 1
