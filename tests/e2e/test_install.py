"""make install and uninstall: what lands where, and whether systemd, mandoc and baosong itself agree with it."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = os.environ.get("BAOSONG_BUILD", "build/gcc")


def make(*arguments):
    kind = "SANITIZE=1" if BUILD.endswith("sanitize") else "CC=" + os.path.basename(BUILD)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(["make", "--no-print-directory", kind, *arguments], cwd=ROOT, env=environment,
                          capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr


def need(program):
    if not shutil.which(program):
        pytest.skip(program + " is not installed")


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir())


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prefix")
    make("install", f"PREFIX={folder}")
    return folder


def test_what_lands_where(prefix):
    installed = set(files(prefix))
    assert {
        "bin/baosongd", "bin/baosong", "bin/baosong-parse", "bin/baosong-parse-pdf", "bin/baosong-parse-all",
        "lib/systemd/system/baosongd@.service", "lib/sysusers.d/baosong.conf", "lib/tmpfiles.d/baosong.conf",
        "share/man/man5/baosong.conf.5", "share/man/man8/baosong.8", "share/man/man8/baosongd.8",
        "share/doc/baosong/LICENSE",
        "share/doc/baosong/examples/party-innovation-2014.conf",
        "share/doc/baosong/examples/roster.csv", "share/doc/baosong/examples/holidays-2014.conf",
    } <= installed
    assert BUILD.endswith("sanitize") or "lib/baosong/absent.so" in installed
    for name in installed:
        text = (prefix / name).read_bytes()
        assert name.startswith("bin/") or not re.search(rb"@[A-Z]+@", text), f"{name}: a path is not filled in"


def test_unit_is_clean_and_hardened(prefix):
    need("systemd-analyze")
    template = prefix / "lib/systemd/system/baosongd@.service"
    unit = template.with_name("baosongd@test.service")
    unit.symlink_to(template.name)
    try:
        manuals = dict(os.environ, MANPATH=str(prefix / "share/man"))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], env=manuals, capture_output=True, text=True)
        assert done.returncode == 0 and done.stdout + done.stderr == ""
    finally:
        unit.unlink()
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", template],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_user_and_folders(prefix, tmp_path):
    need("systemd-sysusers")
    done = subprocess.run(["systemd-sysusers", f"--root={tmp_path}", "--dry-run", prefix / "lib/sysusers.d/baosong.conf"],
                          capture_output=True, text=True)
    assert done.returncode == 0 and "Creating user 'baosong'" in done.stdout + done.stderr


def test_manuals(prefix):
    need("mandoc")
    pages = sorted((prefix / "share/man").rglob("*.[1-8]"))
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *pages], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    reference = (prefix / "share/man/man5/baosong.conf.5").read_text()
    assert ".Ss [campaign]" in reference and ".It Ic deadline" in reference


def test_the_example_is_right(prefix):
    example = prefix / "share/doc/baosong/examples/party-innovation-2014.conf"
    done = subprocess.run([prefix / "bin/baosong", "-c", example, "config", "check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed = subprocess.run([prefix / "bin/baosongd", "--print-example"], capture_output=True, text=True)
    assert printed.returncode == 0 and printed.stdout == example.read_text()


def test_manuals_name_every_command(prefix):
    usage = subprocess.run([prefix / "bin/baosong", "--help"], capture_output=True, text=True).stdout
    page = (prefix / "share/man/man8/baosong.8").read_text()
    commands = re.findall(r"^  ([a-z-]+(?: (?:check|example|reference))?)\b.*  ", usage, re.M)
    assert len(commands) > 5
    for command in commands:
        assert command in page, f"baosong.8 does not tell of “{command}”"


def test_destdir_and_uninstall(tmp_path):
    make("install", f"DESTDIR={tmp_path}", "PREFIX=/usr")
    assert (tmp_path / "usr/bin/baosongd").exists()
    unit = (tmp_path / "usr/lib/systemd/system/baosongd@.service").read_text()
    assert "ExecStart=/usr/bin/baosongd -c /etc/baosong/%i.conf" in unit
    (tmp_path / "etc/baosong").mkdir(parents=True)
    (tmp_path / "etc/baosong/mine.conf").write_text("mine")
    make("uninstall", f"DESTDIR={tmp_path}", "PREFIX=/usr")
    assert files(tmp_path) == ["etc/baosong/mine.conf"]
