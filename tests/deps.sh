#!/bin/sh
# deps.sh build|demo|check|bench ... - installs the Debian 12 packages that are missing for these jobs.
#
# Looks first and asks apt only for what is not there; needs no network when nothing is. As an ordinary user it
# goes through sudo. Freshly installed mail servers are neither started nor enabled: the tests run their own.
set -eu

build='gcc g++ libc6-dev make pkg-config libglib2.0-dev libinih-dev libcurl4-gnutls-dev libetpan-dev libgmime-3.0-dev
    libjansson-dev nettle-dev libsqlite3-dev libxlsxwriter-dev libminizip-dev libarchive-dev libdeflate-dev libxml2-dev
    libpoppler-private-dev poppler-data libseccomp-dev libsystemd-dev'
demo='python3 python3-aiosmtpd openssl dovecot-imapd dovecot-lmtpd'
check="$demo clang clang-format libclang-rt-14-dev libcmocka-dev libgsf-1-dev python3-pytest python3-pytest-xdist python3-openpyxl python3-lxml python3-jsonschema
    libxml2-utils libreoffice-calc poppler-utils mandoc systemd git binutils postfix"
bench="$demo isync docx2txt antiword catdoc poppler-utils python3-openpyxl libreoffice-writer libreoffice-calc"
test_user=baosong-test # keep in step with tests/servers/stage.py

installed() {
    case $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) in
    ii*) return 0 ;;
    *) return 1 ;;
    esac
}

# Another mail transport agent would be removed to make room for Postfix: leave it; the Postfix test is skipped.
other_mta() {
    for mta in exim4-daemon-light exim4-daemon-heavy sendmail-bin opensmtpd nullmailer msmtp-mta dma; do
        installed $mta && return 0
    done
    return 1
}

install_packages() { # as root
    export DEBIAN_FRONTEND=noninteractive
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        trap 'rm -f $policy' EXIT INT TERM
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod 755 $policy
    fi
    for p in "$@"; do
        [ "$p" = postfix ] || continue
        echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
    done
    apt_install="apt-get install -y -q --no-install-recommends"
    known=yes
    for p in "$@"; do
        apt-cache policy "$p" 2>/dev/null | grep -q 'Candidate: [^(]' || known=no
    done
    [ $known = yes ] && $apt_install "$@" || { apt-get update -q && $apt_install "$@"; }
    for p in "$@"; do
        case $p in
        dovecot-imapd) units='dovecot.service dovecot.socket' ;;
        postfix) units=postfix.service ;;
        *) continue ;;
        esac
        if command -v systemctl >/dev/null; then systemctl disable --quiet $units 2>/dev/null || true; fi
    done
}

if [ "${1-}" = --install ]; then
    shift
    install_packages "$@"
    exit 0
fi

wanted=
for job in "$@"; do
    case $job in
    build) wanted="$wanted $build" ;;
    demo) wanted="$wanted $demo" ;;
    check) wanted="$wanted $check" ;;
    bench) wanted="$wanted $bench" ;;
    *)
        echo "usage: $0 build|demo|check|bench ..." >&2
        exit 64
        ;;
    esac
done

missing=
for p in $wanted; do
    installed "$p" && continue
    case " $missing " in *" $p "*) continue ;; esac
    if [ "$p" = postfix ]; then
        [ "$(id -u)" = 0 ] || continue # its test needs root
        if other_mta; then
            echo "deps: another mail server is installed; leaving it, so the Postfix test will be skipped" >&2
            continue
        fi
    fi
    missing="$missing $p"
done

if [ -n "$missing" ]; then
    echo "deps: installing$missing"
    if [ "$(id -u)" = 0 ]; then
        install_packages $missing
    elif command -v sudo >/dev/null; then
        sudo sh "$0" --install $missing
    else
        echo "deps: not root and no sudo; as root run: apt-get install --no-install-recommends$missing" >&2
        exit 77
    fi
fi

# Servers that root starts run as a user of their own.
if [ "$(id -u)" = 0 ] && [ "$*" != build ] && ! getent passwd $test_user >/dev/null; then
    useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin $test_user
fi
