"""The demo's season against its oracle: what every mail means, who is answered, who is reminded."""

import email
import email.policy
import re

import pytest
from facts import good, items, letters, mail_row, names, problems_of, state, todos_of, versions_of
from forms import THEMES
from season import LATER, MAILS, NOW, counted

BY_KEY = {m.key: m for m in [*MAILS, *LATER]}


def keys(*whose):
    return [pytest.param(m, id=m.key) for m in MAILS if m.expect.whose in whose]


@pytest.mark.parametrize("mail", keys("campaign", "suspect"))
def test_whose_and_which_committee(season, mail):
    row = mail_row(season, mail.raw)
    assert row, "the mail is not in the store"
    assert row["whose"] == mail.expect.whose
    assert names(season).get(row["committee"], "") == mail.expect.committee
    if mail.expect.committee and mail.expect.whose == "campaign":
        assert row["certainty"] == ("certain" if mail.expect.certain else "probable")
    assert row["received_at"] == mail.when
    assert row["junk"] == (mail.folder == "Junk")


@pytest.mark.parametrize("mail", keys("ignored"))
def test_other_business_is_left_alone(season, mail):
    row = mail_row(season, mail.raw)
    if row is None:  # older than the campaign: only the cursor moved
        assert mail.at < "2014-04-01"
        return
    assert row["whose"] in ("correspondence", "automatic", "ours")
    if row["whose"] == "correspondence":
        assert (row["subject"], row["facts"], row["from_address"]) == (None, None, None)
    assert versions_of(season, row["id"]) == []
    assert [o for o in letters(season) if o["mail"] == row["id"]] == []


@pytest.mark.parametrize("mail", keys("campaign"))
def test_item(season, mail):
    expect, row = mail.expect, mail_row(season, mail.raw)
    versions = versions_of(season, row["id"])
    if expect.item is None:
        assert expect.counts is None or not [v for v in versions if v["counts"]]
        return
    assert len(versions) == 1
    item = next(i for i in items(season) if i["number"] == versions[0]["item"])
    assert item["kind"] == expect.kind
    assert item["on_time"] == (not expect.late)
    if expect.counts is not None:
        assert bool(item["counts"]) == expect.counts
    if expect.title is not None:
        assert item["title"] == expect.title
    if expect.theme is not None:
        assert item["theme"] == THEMES[expect.theme]


@pytest.mark.parametrize("mail", keys("campaign"))
def test_problems_are_named(season, mail):
    row = mail_row(season, mail.raw)
    assert set(mail.expect.problems) <= problems_of(season, row["id"])
    if mail.expect.todo:
        assert todos_of(season, row["id"])


def test_suspects_are_rows_for_staff(season):
    for mail in MAILS:
        if mail.expect.whose == "suspect":
            row = mail_row(season, mail.raw)
            assert todos_of(season, row["id"]) and not versions_of(season, row["id"]), mail.key


def test_mails_of_one_item_and_no_others_share_a_number(season):
    numbers = {}
    for mail in MAILS:
        if mail.expect.whose == "campaign" and mail.expect.item:
            row = mail_row(season, mail.raw)
            numbers.setdefault(mail.expect.item, set()).update(v["item"] for v in versions_of(season, row["id"]))
    assert {k: len(v) for k, v in numbers.items() if len(v) != 1} == {}
    used = [n for v in numbers.values() for n in v]
    assert len(used) == len(set(used))


def test_one_mail_delivered_twice_is_one_mail(season):
    once, again = (mail_row(season, BY_KEY[key].raw) for key in ("shu-1", "shu-1-again"))
    assert bool(once) != bool(again)
    assert len(season.query("SELECT * FROM sighting WHERE mail = ?", (once or again)["id"])) == 2


def test_quota(season):
    rows = season.query("SELECT c.name, count(*) n FROM item i JOIN committee c ON c.code = i.committee "
                        "WHERE i.counts = 1 AND i.withdrawn = 0 GROUP BY c.name")
    found = {r["name"]: r["n"] for r in rows}
    assert {k: found.get(k, 0) for k in counted(MAILS)} == counted(MAILS)


def test_nothing_was_sent_while_observing(season):
    assert season.observed == []


def test_exactly_one_receipt_for_each_submission(season):
    receipts = letters(season, "receipt")
    for mail in MAILS:
        row = mail_row(season, mail.raw)
        mine = [o for o in receipts if row and o["mail"] == row["id"]]
        if mail.expect.whose == "again":
            continue
        assert len(mine) == (1 if mail.answered else 0), mail.key
        for letter in mine:
            assert letter["to_address"] == mail.sender[1], mail.key
            assert letter["state"] == "sent", (mail.key, letter)
    assert len(receipts) == sum(m.answered for m in MAILS)
    sent = [e["message_id"].strip("<>") for e in season.sent]
    assert len(sent) == len(set(sent))
    assert {o["message_id"] for o in letters(season)} == set(sent)


def receipt_for(season, imap, key):
    """The receipt as the sender finds it in his own mailbox."""
    mail = BY_KEY[key]
    row = mail_row(season, mail.raw)
    letter = next(o for o in letters(season, "receipt") if o["mail"] == row["id"])
    for delivered in imap.fetch(mail.sender[1]):
        message = email.message_from_bytes(delivered["raw"], policy=email.policy.default)
        if message["Message-ID"].strip("<>") == letter["message_id"]:
            return message
    raise AssertionError(f"{mail.sender[1]} has no receipt for {key}")


def words(message):
    return re.sub(r"\s+", "", message.get_body(("plain",)).get_content())


def test_receipt_says_what_was_understood(season, imap):
    message = receipt_for(season, imap, "wen-1")
    text = words(message)
    item = next(i for i in items(season) if "书香支部" in i["title"])
    for wanted in (f"CX2014-{item['number']:03d}", "文学院党委", "“书香支部”读书会", "创新学习型党组织建设", "联系人乙",
                   "申报表.docx", "应报不少于2项", "联系人甲", "010-00000000", "请勿通过互联网邮箱报送涉密材料"):
        assert wanted in text, f"{wanted} is not in: {text}"
    assert message["In-Reply-To"] == email.message_from_bytes(BY_KEY["wen-1"].raw)["Message-ID"]
    assert message["Auto-Submitted"].startswith("auto-replied")
    assert message["Baosong-Record"]
    assert message.get_content_type() == "multipart/alternative"
    assert "CX2014-" in message.get_body(("html",)).get_content()
    assert "30 May 2014" in message["Date"]


def test_receipt_tells_of_a_cloud_link_at_once(season, imap):
    assert "超大附件" in words(receipt_for(season, imap, "hua-2"))


def test_receipt_to_a_stranger_shows_no_quota(season, imap):
    for key in ("tsg-1", "anon-1"):
        assert "应报" not in words(receipt_for(season, imap, key)), key


def test_reminders_go_to_those_who_are_short_once(season):
    by_committee = {}
    for letter in letters(season, "reminder"):
        by_committee.setdefault(names(season)[letter["committee"]], []).append(letter)
    assert {n: len(v) for n, v in by_committee.items() if len(v) != 1} == {}
    least = {r["name"]: r["least"] for r in season.query("SELECT name, least FROM committee")}
    have = {n: 0 for n in least} | counted(MAILS)
    known = set(least) - {m.expect.committee for m in MAILS if m.expect.counts is None}
    assert set(by_committee) & known == {n for n in known if have[n] < least[n]}
    # 3d is Friday 30 May; 1d would be Sunday, a holiday, and moves to the same Friday: one letter takes both
    stages = {r["stage"] for r in season.query("SELECT DISTINCT stage FROM reminder WHERE outbox IS NOT NULL")}
    assert {"3d", "1d"} <= stages


def test_seen_is_never_touched(season, imap):
    for folder, before in season.before.items():
        after = imap.fetch(season.user, folder)
        assert [(m["uid"], m["raw"]) for m in after] == [(m["uid"], m["raw"]) for m in before]
        assert not [m for m in after if "\\Seen" in m["flags"]]


def test_copies_are_in_sent(season, imap):
    sent = [email.message_from_bytes(m["raw"])["Message-ID"].strip("<>") for m in imap.fetch(season.user, "Sent")]
    assert sorted(sent) == sorted(o["message_id"] for o in letters(season))


def test_a_reply_to_a_receipt_is_a_new_version(weekend):
    link = versions_of(weekend, mail_row(weekend, BY_KEY["hua-2"].raw)["id"])
    answer = versions_of(weekend, mail_row(weekend, weekend.reply.raw)["id"])
    assert [v["item"] for v in answer] == [v["item"] for v in link]
    assert [v["version"] for v in answer] == [2]
    assert {i["title"]: i["counts"] for i in items(weekend)}["危险化学品党员联保制度"] == 1


def test_the_deadline_is_the_end_of_its_day(weekend):
    on_time = {i["title"]: (i["on_time"], i["counts"]) for i in items(weekend)}
    assert on_time["档案里的党史课"] == (0, 1)
    assert "late" in problems_of(weekend, mail_row(weekend, BY_KEY["dag-1"].raw)["id"])
    assert "late" not in problems_of(weekend, mail_row(weekend, BY_KEY["cai-2"].raw)["id"])


def test_overdue_reminders(weekend):
    stages = {r["stage"] for r in weekend.query("SELECT stage FROM reminder WHERE stage LIKE 'overdue%'")}
    assert stages == {"overdue-1d"}
    reminded = {names(weekend)[o["committee"]] for o in letters(weekend, "reminder") if o["stage"] == "overdue-1d"}
    assert "档案馆直属党支部" not in reminded and "文学院党委" in reminded


def test_a_second_run_changes_nothing(season):
    before, sent = state(season), len(season.letters.log())
    good(season.daemon(NOW))
    assert state(season) == before
    assert len(season.letters.log()) == sent


def test_what_was_mended_needs_no_look(weekend):
    """cai-1: an empty document first, a good one in the last minutes."""
    rows = weekend.query("SELECT t.done_at FROM todo t JOIN item i ON i.number = t.item "
                         "WHERE i.title LIKE '青年突击队%' AND t.code = 'empty-document'")
    assert len(rows) == 1 and rows[0]["done_at"]
