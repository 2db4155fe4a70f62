"""A committee's address in From proves nothing where the server says that it could not verify the sender."""

import openpyxl
from facts import go_live, good, items, letters, mail_row, problems_of
from season import MAILS, NOW

NAME = b"Authentication-Results: "


def coremail(result):
    """As NetEase and Coremail write it: cut at 70 characters wherever that falls."""
    line = NAME + result
    return b"\r\n\t".join(line[i:i + 70] for i in range(0, len(line), 70)) + b"\r\n"


def received(key, above=b"", below=b""):
    """A mail of the season with fields above its header and below it."""
    mail = next(m for m in MAILS if m.key == key)
    header, body = mail.raw.split(b"\r\n\r\n", 1)
    return type(mail)(**{**mail.__dict__, "raw": above + header + b"\r\n" + below + b"\r\n" + body})


def test_a_forged_sender(campaign):
    campaign.write(imap__authserv_id="mx*, gateway.shili.example", remind__before="", remind__overdue="")
    go_live(campaign)
    wen, lishi, wai = (next(m for m in MAILS if m.key == key) for key in ("wen-1", "lishi-1", "wai-1"))
    domain = {m.key: m.sender[1].split("@")[1].encode() for m in (wen, lishi, wai)}
    forged = received(
        "wen-1", NAME + b"mx27; spf=pass; dkim=pass header.d=" + domain["wen-1"] + b"; auth=pass smtp.auth=wen\r\n",
        coremail(b"mx27; spf=pass smtp.mail=bounce-0123456789-zzb=shili.example@evil.example; dkim=none"))
    failed = received("lishi-1", below=coremail(b"gateway.shili.example; dmarc=fail header.from=" + domain["lishi-1"]))
    verified = received("wai-1", below=coremail(b"mx3; spf=pass smtp.mail=x@" + domain["wai-1"]))
    campaign.deliver([forged, failed, verified])
    good(campaign.daemon(NOW))

    rows = {mail.key: mail_row(campaign, mail.raw) for mail in (forged, failed, verified)}
    assert {key: row["certainty"] for key, row in rows.items()} == \
        {"wen-1": "probable", "lishi-1": "probable", "wai-1": "certain"}
    assert [i["counts"] for i in items(campaign)] == [1, 1, 1], "what is doubtful is registered all the same"
    for key, why in (("wen-1", "实际发信域是 evil.example"), ("lishi-1", "DMARC 验证未通过")):
        assert "sender-unverified" in problems_of(campaign, rows[key]["id"])
        todo, = campaign.query("SELECT why FROM todo WHERE mail = ? AND code = 'verify'", rows[key]["id"])
        assert why in todo["why"]
    assert "sender-unverified" not in problems_of(campaign, rows["wai-1"]["id"])

    # The answer goes to the address itself: its owner learns that somebody wrote in his name.
    sent = {row["to_address"]: row for row in letters(campaign, "receipt")}
    assert set(sent) == {m.sender[1] for m in (wen, lishi, wai)} and {r["state"] for r in sent.values()} == {"sent"}
    sheet = openpyxl.load_workbook(campaign.workbook())["活动一览"]
    told = [row for row in sheet.iter_rows(values_only=True) if any("单位待核实" in str(cell) for cell in row)]
    assert len(told) == 2

    # Nothing of that changes when the mail is read again, or everything is lost.
    good(campaign.command("reparse"))
    before = {row["raw_sha256"]: row["certainty"] for row in campaign.query("SELECT raw_sha256, certainty FROM mail")}
    good(campaign.command("rebuild"))
    assert {row["raw_sha256"]: row["certainty"]
            for row in campaign.query("SELECT raw_sha256, certainty FROM mail")} == before
    assert campaign.query("SELECT count(*) n FROM todo WHERE code = 'opinion'")[0]["n"] == 0
