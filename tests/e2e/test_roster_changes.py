"""A roster that is edited in the middle of a campaign, in Excel as a rule."""

import csv
import io

import pytest
from facts import complaint, go_live, good, items, letters, mark
from season import MAILS, NOW

CONFIG = 78
SOME = [m for m in MAILS if m.key in ("wen-1", "wen-2", "lishi-1")]


def rows_of(campaign):
    return list(csv.reader(io.StringIO((campaign.dir / "roster.csv").read_text("utf-8-sig"))))


def put(campaign, rows, encoding="gb18030"):
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    campaign.stage.file(campaign.dir / "roster.csv", text.getvalue().encode(encoding))


@pytest.fixture
def reminded(campaign):
    """Three items are there and everybody who is short has been reminded."""
    campaign.deliver(SOME)
    go_live(campaign)
    assert len(items(campaign)) == 3 and len(letters(campaign, "reminder")) == 31
    return campaign


def refused(campaign, *words):
    since = mark(campaign.smtp)
    line = complaint(campaign.daemon(NOW), CONFIG)
    assert [word for word in (*words, "roster.csv", "代码") if word not in line] == [] and since.log() == [], line
    assert complaint(campaign.command("config", "check"), CONFIG).split(": ", 1)[1] == line.split(": ", 1)[1]
    return line


def goes_on(campaign):
    """As if nothing had been: nobody is reminded again, and what has come counts."""
    since = mark(campaign.smtp)
    good(campaign.command("config", "check"))
    good(campaign.daemon(NOW))
    assert since.log() == [] and campaign.status()["complete"] == 1 and campaign.status()["reported"] == 3


def test_excel_drops_leading_zeros(reminded):
    rows = rows_of(reminded)
    put(reminded, [rows[0]] + [[row[0].lstrip("0"), *row[1:]] for row in rows[1:]])
    line = refused(reminded, "文学院党委", "“1”", "“001”", "leading zeros")
    assert "line 2" in line
    put(reminded, rows)
    goes_on(reminded)


def test_rows_are_numbered_anew(reminded):
    """代码 is a running number, and a committee is put in between: each one below would get its neighbour's items."""
    rows = rows_of(reminded)
    new = rows[:2] + [["", "新建学院党委", "学院党委", "", "xinjian@shili.example", "", "", "", "", "", ""]] + rows[2:]
    put(reminded, [new[0]] + [[f"{i:03}", *row[1:]] for i, row in enumerate(new[1:], 1)])
    refused(reminded, "历史学院党委", "“003”", "“002”")
    new[2][0] = "033"
    put(reminded, new)
    since = mark(reminded.smtp)
    good(reminded.daemon(NOW))
    assert since.recipients() == ["xinjian@shili.example"]  # who is new is short, and hears of it


def test_the_column_is_added_later(campaign):
    """Without 代码 the name is the code."""
    rows = rows_of(campaign)
    put(campaign, [row[1:] for row in rows])
    campaign.deliver(SOME)
    go_live(campaign)
    put(campaign, rows)
    refused(campaign, "“001”", "“文学院党委”")
    put(campaign, [rows[0]] + [[row[1], *row[1:]] for row in rows[1:]])
    goes_on(campaign)


def test_a_rebuild_under_other_codes(reminded):
    """The database is lost, and the roster was saved by Excel: the records name the codes that were."""
    rows = rows_of(reminded)
    put(reminded, [rows[0]] + [[row[0].lstrip("0"), *row[1:]] for row in rows[1:]])
    for path in (reminded.dir / "state").glob("baosong.db*"):
        path.unlink()
    line = complaint(reminded.command("rebuild", "--now", NOW), CONFIG)
    assert "“001”" in line and "leading zeros" in line
    put(reminded, rows)
    good(reminded.command("rebuild", "--now", NOW))
    goes_on(reminded)


def test_a_renamed_committee_and_a_lost_line(reminded):
    """Another name under the same code is the same committee; one that is missing is told of, and keeps its items."""
    rows = rows_of(reminded)
    rows[2][1] = "历史文化学院党委"
    put(reminded, [row for row in rows if row[0] != "001"])
    done = good(reminded.daemon(NOW))
    told = [line for line in done.stderr.splitlines() if "not in the roster any more" in line]
    assert len(told) == 1 and "文学院党委 (001)" in told[0] and "2 items" in told[0]
    assert len(items(reminded)) == 3 and reminded.status()["reported"] == 1
    rows[2][1] = "历史学院党委"
    put(reminded, rows)
    goes_on(reminded)
