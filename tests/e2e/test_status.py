"""What the administrator sees from outside: status, figures for Prometheus, the journal."""

import os
import re
import stat

from facts import go_live, good
from season import MAILS, NOW

QUIET = {"remind__before": "", "remind__overdue": ""}
SERIES = re.compile(r'^baosong_[a-z_]+\{campaign="[a-z0-9-]+"(,[a-z]+="[a-z_]+")?\} -?\d+$')


def figures(path):
    text = path.read_text()
    assert text.endswith("\n")
    for line in text.splitlines():
        assert line.startswith(("# HELP baosong_", "# TYPE baosong_")) or SERIES.match(line), line
    return {re.sub(r'campaign="[^"]*",?', "", line.rsplit(" ", 1)[0]).replace("{}", ""): int(line.rsplit(" ", 1)[1])
            for line in text.splitlines() if not line.startswith("#")}


def test_figures_are_those_of_status(campaigns, sink):
    campaign = campaigns(**QUIET)
    go_live(campaign)
    campaign.deliver([m for m in MAILS if m.key in ("lishi-1", "jing-1")])
    sink.refuse({"match": "lishi_dw", "reply": "550 5.1.1 no such user"})
    good(campaign.daemon(NOW))
    path = campaign.dir / "state/metrics.prom"
    seen, status = figures(path), campaign.status()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o644
    assert seen['baosong_mode{mode="live"}'] == 1 and seen['baosong_mode{mode="observe"}'] == 0
    assert seen['baosong_outbox{state="sent"}'] == status["outbox"]["sent"] == 1
    assert seen['baosong_outbox{state="failed"}'] == 1
    assert seen["baosong_dead_addresses"] == status["dead_addresses"] == 1
    assert seen["baosong_last_mail_timestamp_seconds"] == status["last_mail_at"] > 0
    assert seen["baosong_last_poll_timestamp_seconds"] == status["last_poll_at"]
    assert seen["baosong_items"] == status["items"] == 2
    assert seen["baosong_disk_free_bytes"] > 0
    assert 0 <= status["lag_seconds"] < 300
    text = good(campaign.command("status")).stdout
    assert "dead         1" in text and "last mail" in text


def test_figures_go_where_the_collector_reads(campaigns, stage):
    campaign = campaigns(**QUIET)
    folder = stage.folder("collector", campaign.dir.name)
    campaign.write(store__metrics=str(folder / "desk.prom"))
    good(campaign.daemon(NOW))
    assert [p.name for p in folder.iterdir()] == ["desk.prom"]
    assert figures(folder / "desk.prom")['baosong_mode{mode="observe"}'] == 1


def test_figures_that_cannot_be_written_stop_nothing(campaigns):
    campaign = campaigns(**QUIET, store__metrics="/nowhere/desk.prom")
    done = good(campaign.daemon(NOW))
    assert "metrics" in done.stderr


def test_a_dead_parser_is_counted(campaigns, stage):
    """A worker that dies at once for one mail: it is read by its header, and the death is seen."""
    campaign = campaigns(**QUIET)
    real = campaign.bin / "baosong-parse"
    campaign.deliver([m for m in MAILS if m.key == "lishi-1"])
    flag = campaign.dir / "died"
    parser = stage.file(campaign.dir / "parse.sh", "#!/bin/sh\n"
                        f"if [ ! -e {flag} ]; then : >{flag}; exec sleep 60; fi\nexec {real} \"$@\"\n", 0o700)
    campaign.write(store__parser=str(parser), store__workers="2")
    good(campaign.daemon(NOW))
    assert campaign.status()["items"] == 1


def test_control_characters_stay_out_of_the_log(campaign, imap):
    raw = MAILS[0].raw.replace(b"Subject:", b"X-Odd: \x1b[31m\r\nSubject:", 1)
    imap.append(campaign.user, raw, None)
    done = good(campaign.daemon(NOW))
    assert "\x1b" not in done.stderr
