"""A season unlike the demo's: what its secretaries and its department do, and what they find afterwards."""

import csv
import io

import openpyxl
from clients import compose
from facts import go_live, good, items, letters, mail_row, names, problems_of, todos_of
from forms import document
from ledger import lose_state
from season import WEN, Expect, Mail

SUMMARY, OTHER = document("cai-2.docx"), document("yi-1.docx")


def post(campaign, key, at, sender, subject, text="请查收。", files=(), **more):
    """Puts a mail into the campaign's mailbox; gives its bytes."""
    raw = compose(key, at, "qq", sender, subject, text, files, **more)
    campaign.deliver([Mail(key, at, raw, sender, Expect("campaign"))])
    return raw


def reply(campaign, key, at, sender, letter, text, files=()):
    return post(campaign, key, at, sender, "回复：" + letter["subject"], text, files,
                headers=[f"In-Reply-To: <{letter['message_id']}>"])


def rows(campaign, sheet):
    """The rows below the titles of a sheet, as dictionaries."""
    table = [[c.value for c in row] for row in openpyxl.load_workbook(campaign.workbook())[sheet].iter_rows()]
    head = next(i for i, row in enumerate(table) if sum(c is not None for c in row) > 3)
    return [dict(zip(table[head], row)) for row in table[head + 1:] if any(row)]


def write_roster(campaign, *committees):
    """name, kind, address"""
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(["代码", "单位名称", "类型", "邮箱"])
    out.writerows((f"D{i}", *row) for i, row in enumerate(committees, 1))
    campaign.stage.file(campaign.dir / "roster.csv", text.getvalue().encode("utf-8-sig"))


def test_the_second_activity_in_answer_to_a_reminder(campaign):
    post(campaign, "one", "2014-05-12 09:00", WEN, "【报送】文学院-读书会", files=[("读书会.docx", SUMMARY)])
    go_live(campaign, "2014-05-19T09:00:00+08:00")
    reminder = next(o for o in letters(campaign, "reminder") if o["to_address"] == WEN[1])
    assert "还缺1项" in reminder["subject"]
    raw = reply(campaign, "two", "2014-05-20 09:00", WEN, reminder, "补报第二项，请查收。", [("志愿讲解队.docx", OTHER)])
    good(campaign.daemon("2014-05-20T10:00:00+08:00"))
    assert [(i["number"], i["counts"]) for i in items(campaign)] == [(1, 1), (2, 1)]
    assert "possible-duplicate" not in problems_of(campaign, mail_row(campaign, raw)["id"])
    before = len(letters(campaign, "reminder"))
    good(campaign.daemon("2014-05-26T09:00:00+08:00"))
    later = letters(campaign, "reminder")[before:]
    assert later and WEN[1] not in [o["to_address"] for o in later]  # nothing is missing any more
    lose_state(campaign, "instance")
    good(campaign.command("rebuild", "--now", "2014-05-26T09:00:00+08:00"))
    assert [(i["number"], i["counts"]) for i in items(campaign)] == [(1, 1), (2, 1)]


def test_a_deadline_that_is_put_off(campaign):
    write_roster(campaign, ("文学院党委", "学院党委", WEN[1]))
    go_live(campaign, "2014-05-19T09:00:00+08:00")
    post(campaign, "late", "2014-06-03 08:00", WEN, "【报送】文学院-迟到的讲堂", files=[("迟到的讲堂.docx", SUMMARY)])
    for now in ("2014-05-30T09:00:00+08:00", "2014-06-03T09:00:00+08:00"):
        good(campaign.daemon(now))
    assert [o["stage"] for o in letters(campaign, "reminder")] == ["14d", "1d", "overdue-1d"]
    assert rows(campaign, "活动一览")[0]["是否按时"] == "逾期"

    campaign.write(campaign__deadline="2014-06-12")
    for now in ("2014-06-03T10:00:00+08:00", "2014-06-04T09:00:00+08:00", "2014-06-09T09:00:00+08:00",
                "2014-06-11T09:00:00+08:00", "2014-06-11T10:00:00+08:00"):
        good(campaign.daemon(now))
    mine = letters(campaign, "reminder")
    assert [o["stage"] for o in mine] == ["14d", "1d", "overdue-1d", "3d@2014-06-12", "1d@2014-06-12"]
    assert all("6月12日（星期四）24:00前" in o["subject"] and o["state"] == "sent" for o in mine[3:])
    assert rows(campaign, "活动一览")[0]["是否按时"] == "按时（延期后）"
    assert any("截止前1天（延期后）" in str(value) for row in rows(campaign, "提醒记录") for value in row.values())

    was = campaign.query("SELECT committee, stage, taken_at FROM reminder ORDER BY 1, 2")
    lose_state(campaign, "instance")
    sent = len(campaign.letters.taken())
    good(campaign.command("rebuild", "--now", "2014-06-11T11:00:00+08:00"))
    good(campaign.daemon("2014-06-11T11:00:00+08:00"))
    assert campaign.query("SELECT committee, stage, taken_at FROM reminder ORDER BY 1, 2") == was
    assert len(campaign.letters.taken()) == sent  # nobody is reminded twice for one deadline


def test_a_stage_on_the_day_itself_and_what_to_do_about_pictures(campaign):
    """The clerk reads of the last day, and is not told to put an address of the roster into the roster."""
    write_roster(campaign, ("文学院党委", "学院党委", WEN[1]))
    campaign.write(remind__before="0d", campaign__deadline="2014-05-30T17:00")
    go_live(campaign, "2014-05-30T09:30:00+08:00")
    assert [row["阶段"] for row in rows(campaign, "提醒记录")] == ["截止当天"]
    post(campaign, "photo", "2014-05-30 10:00", WEN, "【报送】文学院-读书会", files=[
        ("读书会.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(50000), "image/jpeg")])
    good(campaign.daemon("2014-05-30T10:30:00+08:00"))
    row = next(row for row in rows(campaign, "待处理") if "只有图片" in row["说明"])
    assert row["建议处理"].startswith("打开来件")


def test_an_office_that_is_two_committees_and_one_without_address(campaign):
    office = ("机关党务", "jiguan2@shili.example")
    write_roster(campaign, ("机关党委", "机关", office[1]), ("机关第一党总支", "机关", office[1].upper()),
                 ("新能源学院党委", "机关", ""))
    done = good(campaign.command("roster", "check", campaign.dir / "roster.csv"))
    assert "line 3: 机关第一党总支 has the address jiguan2@shili.example of 机关党委 (line 2)" in done.stdout
    assert "line 4: 新能源学院党委 has no address" in done.stdout
    post(campaign, "first", "2014-05-12 09:00", office, "【报送】机关第一党总支-联学共建", files=[("联学共建.docx", SUMMARY)])
    raw = post(campaign, "whose", "2014-05-12 09:10", office, "【报送】窗口微笑服务", files=[("窗口微笑服务.docx", OTHER)])
    go_live(campaign, "2014-05-19T09:00:00+08:00")
    first, whose = items(campaign)
    assert (names(campaign)[first["committee"]], whose["committee"]) == ("机关第一党总支", None)
    assert "claim" in todos_of(campaign, mail_row(campaign, raw)["id"])
    assert [names(campaign)[o["committee"]] for o in letters(campaign, "reminder")] == ["机关党委"]
    assert [r["why"] for r in campaign.query("SELECT why FROM todo WHERE code = 'no-address'")] == [
        "新能源学院党委 未报足，名册中没有邮箱，无法催报，请电话联系并补充邮箱"]


def test_what_the_clerk_reads_of_odd_files(campaign):
    """Forty photographs are no problem, two encrypted files are one line, a shortcut must not be opened."""
    photos = [(f"照片{i}.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes([i]) * 50000, "image/jpeg") for i in range(40)]
    raw = post(campaign, "photos", "2014-05-12 09:00", WEN, "【报送】文学院-读书会", files=[("读书会.docx", SUMMARY), *photos])
    locked = [(f"材料{i}.docx", document("sheng-2.docx") + bytes([i])) for i in (1, 2)]
    post(campaign, "locked", "2014-05-12 10:00", WEN, "【报送】文学院-上锁的材料", files=locked)
    shortcut = [("田间党课.docx.lnk", b"L\0\0\0\x01\x14\x02" + b"\0" * 400)]
    post(campaign, "shortcut", "2014-05-12 11:00", WEN, "【报送】文学院-田间党课", files=shortcut)
    good(campaign.daemon("2014-05-19T09:00:00+08:00"))
    assert problems_of(campaign, mail_row(campaign, raw)["id"]) == set()
    plain, locked, shortcut = rows(campaign, "活动一览")
    problems = next(key for key in plain if key and "问题" in key)
    assert plain[problems] is None
    assert locked[problems] == "文件已加密：《材料1.docx》、《材料2.docx》"
    assert shortcut[problems].startswith("不是文档（快捷方式、程序或临时文件）：《田间党课.docx.lnk》")
    assert shortcut["是否计入"] == "否（待补正）"
    assert any("请勿打开该文件" in str(value) for row in rows(campaign, "待处理") for value in row.values())


def test_two_campaigns_in_one_mailbox(campaigns):
    first = campaigns()
    second = campaigns(imap__user=first.user, imap__ledger="Baosong-2", campaign__title="优秀党务工作者评选",
                       campaign__keywords="优秀党务工作者", campaign__number_prefix="YX-",
                       campaign__other_keywords="基层党建工作创新")
    first.write(campaign__other_keywords="优秀党务工作者")
    theirs = [post(first, key, "2014-05-12 09:00", WEN, subject, files=[(f"{key}.txt", (key * 50).encode(), "text/plain")])
              for key, subject in (("a", "【报送】文学院-基层党建工作创新-读书会"), ("b", "【报送】文学院-优秀党务工作者推荐表"),
                                   ("c", "【报送】文学院-材料一则"))]
    for campaign in (first, second):
        campaign.write(remind__before="", remind__overdue="")
        go_live(campaign, "2014-05-19T09:00:00+08:00")
    whose = [[mail_row(c, raw)["whose"] for raw in theirs] for c in (first, second)]
    assert whose == [["campaign", "correspondence", "suspect"], ["correspondence", "campaign", "suspect"]]
    for campaign in (first, second):
        assert len(letters(campaign)) == 1 and len(items(campaign)) == 1
        assert any("不能确定属于哪项工作" in str(value) for row in rows(campaign, "待处理") for value in row.values())
