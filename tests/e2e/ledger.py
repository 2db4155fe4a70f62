"""What a rebuild must bring back, and how tests look at the ledger folder."""

import base64
import email
import json
import re
import shutil

import openpyxl

TABLES = {
    "mails": "SELECT identity, raw_sha256, whose, junk, header_only, received_at, stored_at, size, certainty, committee, "
             "message_id, from_address, subject, facts FROM mail WHERE whose NOT IN ('correspondence', 'ours') "
             "ORDER BY identity",
    "others": "SELECT raw_sha256, identity, whose, received_at FROM mail WHERE whose IN ('correspondence', 'ours') "
              "ORDER BY identity",
    "items": "SELECT * FROM item ORDER BY number",
    "versions": "SELECT v.item, v.version, m.identity, v.received_at, v.on_time, v.counts FROM version v "
                "JOIN mail m ON m.id = v.mail ORDER BY 1, 2",
    "files": "SELECT f.item, f.version, a.path, a.name, a.sha256, a.size, a.held FROM version_file f "
             "JOIN attachment a ON a.id = f.attachment ORDER BY 1, 2, 3",
    "problems": "SELECT m.identity, p.code, p.detail, p.item FROM problem p JOIN mail m ON m.id = p.mail "
                "ORDER BY 1, p.id",
    "todos": "SELECT m.identity, t.item, t.code, t.why, t.created_at, t.done_at FROM todo t "
             "LEFT JOIN mail m ON m.id = t.mail ORDER BY t.code, t.why, 1",
    "decisions": "SELECT m.identity, d.question, d.answer, d.reason FROM decision d JOIN mail m ON m.id = d.mail "
                 "WHERE m.whose NOT IN ('correspondence', 'ours') ORDER BY 1, d.position",
    "letters": "SELECT o.message_id, o.sequence, o.kind, o.cause, o.stage, o.committee, m.identity, o.to_address, o.cc, "
               "o.subject, o.day, o.state, o.hold_reason, o.created_at, o.accepted_at, hex(o.bytes) bytes FROM outbox o "
               "LEFT JOIN mail m ON m.id = o.mail ORDER BY 1",
    "spoken of": "SELECT o.message_id, l.item FROM letter_item l JOIN outbox o ON o.id = l.outbox ORDER BY 1, 2",
    "reminders": "SELECT r.committee, r.stage, r.due_at, r.taken_at, o.message_id FROM reminder r "
                 "LEFT JOIN outbox o ON o.id = r.outbox ORDER BY 1, 2",
    "requests": "SELECT id, verb, asked_by, applied_at FROM request ORDER BY id",
    "settings": "SELECT key, value FROM setting WHERE key IN ('mode', 'campaign') ORDER BY key",
}


def snapshot(campaign, *without):
    """Everything that a rebuild must bring back, by names that survive it."""
    return {name: campaign.query(sql) for name, sql in TABLES.items() if name not in without}


def cells(campaign):
    """Every cell of the workbook."""
    book = openpyxl.load_workbook(campaign.workbook())
    return {(sheet.title, cell.coordinate): (cell.value, cell.hyperlink.target if cell.hyperlink else None)
            for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}


def same(before, after):
    """The same snapshot; else the first difference, readable."""
    for name, rows in before.items():
        for old, new in zip(rows, after[name]):
            changed = {key: (str(old[key])[:300], str(new[key])[:300]) for key in old if old[key] != new[key]}
            assert not changed, f"{name}: {changed} in {old}"
        assert len(rows) == len(after[name]), f"{name}: {len(rows)} rows were, {len(after[name])} are"


def lose_state(campaign, *keep):
    """The state folder as after a new machine; `keep` are names in it that stay."""
    for path in (campaign.dir / "state").iterdir():
        if path.name not in keep:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def records(campaign, folder="Baosong"):
    """The records of the ledger folder in order: [(uid, record)]."""
    found = []
    for mail in campaign.dovecot.fetch(campaign.user, folder):
        message = email.message_from_bytes(mail["raw"])
        sealed = str(message["Baosong-Record"] or "")
        if sealed.strip() == "body":
            sealed = re.search(r"BEGIN BAOSONG RECORD-----(.*?)-----END", message.get_payload(), re.S).group(1)
        text = "".join(sealed.split())
        if text.startswith("v1") and text.isascii():  # else it was broken on its way
            found.append((mail["uid"], json.loads(base64.b64decode(text[2:-64]))))
    return found


def delete(campaign, folder, *uids):
    """Removes mails from the server for good."""
    client = campaign.dovecot.login(campaign.user)
    try:
        client.select(f'"{folder}"')
        for uid in uids:
            client.uid("STORE", str(uid), "+FLAGS", "\\Deleted")
        client.expunge()
    finally:
        client.logout()
