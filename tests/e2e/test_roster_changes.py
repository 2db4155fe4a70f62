"""A roster that is edited in the middle of a campaign, in Excel as a rule."""

import csv
import io
import sqlite3

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


def test_a_name_that_is_the_code_is_written_otherwise(campaign):
    rows = rows_of(campaign)
    put(campaign, [row[1:] for row in rows])
    campaign.deliver(SOME)
    go_live(campaign)
    spaced = [[row[1].replace("历史学院", "历史 学院"), *row[2:]] for row in rows]
    put(campaign, spaced)
    line = refused(campaign, "without a code the name is the code", "“历史学院党委”", "add the column")
    assert "line 3, code (代码)" in line
    put(campaign, [[code, *row] for code, row in zip(["代码", "", "历史学院党委"] + [""] * 40, spaced)])
    goes_on(campaign)


def test_both_codes_are_known(campaign):
    """Versions before let 001 become 1: whichever of them the roster has, it goes on."""
    campaign.deliver(SOME[:1])
    go_live(campaign)
    rows = rows_of(campaign)
    excel = [rows[0]] + [[row[0].lstrip("0"), *row[1:]] for row in rows[1:]]
    with sqlite3.connect(campaign.dir / "state/baosong.db") as db:
        columns = ", ".join(column[1] for column in db.execute("PRAGMA table_info(committee)") if column[1] != "code")
        db.execute(f"INSERT INTO committee (code, {columns}) SELECT ltrim(code, '0'), {columns} FROM committee "
                   "WHERE code LIKE '0%'")
        db.execute("INSERT INTO reminder SELECT ltrim(committee, '0'), stage, due_at, taken_at, NULL FROM reminder "
                   "WHERE committee LIKE '0%'")
    db.close()
    for roster in (rows, excel):
        put(campaign, roster)
        good(campaign.command("config", "check"))
        good(campaign.daemon(NOW))
        good(campaign.command("fsck"))
    campaign.deliver(SOME[1:])  # wen-2 is recorded under 1, wen-1 under 001
    good(campaign.daemon(NOW))
    assert {item["committee"] for item in items(campaign)} == {"001", "1", "2"}
    known = {item["number"] for item in items(campaign)}
    put(campaign, rows)
    for path in (campaign.dir / "state").glob("baosong.db*"):
        path.unlink()
    good(campaign.command("rebuild", "--now", NOW))
    good(campaign.daemon(NOW))
    assert {item["number"] for item in items(campaign)} == known


def test_a_new_committee_takes_the_name_of_a_renamed_one(reminded):
    """In one edit it cannot be told from committees that were numbered anew; in two it is."""
    rows = rows_of(reminded)
    new = ["050", *rows[1][1:4], "new@shili.example", *[""] * 6]
    renamed = [rows[0], [rows[1][0], "人文学院党委", rows[1][2], "人文学院", *rows[1][4:]], *rows[2:]]
    put(reminded, [*renamed, new])
    line = refused(reminded, "“001”", "“050”", "人文学院党委 (line 2)")
    assert f"run once without line {len(rows) + 1}," in line
    put(reminded, renamed)
    goes_on(reminded)
    put(reminded, [*renamed, new])
    since = mark(reminded.smtp)
    good(reminded.daemon(NOW))
    assert since.recipients() == ["new@shili.example"] and len(items(reminded)) == 3
    for path in (reminded.dir / "state").glob("baosong.db*"):
        path.unlink()
    good(reminded.command("rebuild", "--now", NOW))
    assert [item["committee"] for item in items(reminded)].count("001") == 2


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
