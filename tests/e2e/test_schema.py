"""What baosong-parse prints is what docs/facts-1.schema.json says: for mails of all kinds, documents, and broken input."""

import json
import os
import random
import subprocess
from pathlib import Path

import jsonschema
import pytest
import season
from servers import build_dir

ROOT = Path(__file__).parents[2]
PARSE = build_dir() / "baosong-parse"
CORPUS = Path(os.environ.get("BAOSONG_CORPUS", ROOT.parent / "shared/corpus"))
SCHEMA = json.loads((ROOT / "docs/facts-1.schema.json").read_text())
DOCUMENT = {**SCHEMA["$defs"]["attachment"], "$defs": SCHEMA["$defs"]}


@pytest.fixture(scope="module")
def mail_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


def parsed(*argv):
    done = subprocess.run([PARSE, *argv], capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


ODD = {
    "empty": b"",
    "no mail": b"\x00\xff text \x80" * 50,
    "bounce": b"From: MAILER-DAEMON@x.example\nSubject: failure notice\nContent-Type: multipart/report; boundary=b; "
              b"report-type=delivery-status\n\n--b\n\nsorry\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; "
              b"x.example\n\nFinal-Recipient: rfc822; a@y.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no\n"
              b"\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@x.example>\nSubject: x\n\nbody\n--b--\n",
    "cloud": "From: a@qq.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n"
             "链接: https://pan.baidu.com/s/1abcdefg 提取码: ab12\n在2014年5月30日，甲 <a@x.example> 写道：\n> 报送\n".encode(),
    "names": b"Subject: x\nContent-Type: application/x; name=\"C:\\b\\c.doc\"\nContent-Disposition: attachment\n\nx",
    "ends twice": b"Subject: =?utf-8?B?5oql?=\r\r\n =?utf-8?B?6YCB?=\r\r\nContent-Type: multipart/mixed;\r\r\n boundary=b\r\r\n\r\r\n"
                  b"--b\r\r\n\r\r\ntext\r\r\n--b\r\r\nContent-Type: a/b; name=a.bin\r\r\n\r\r\nbytes\r\r\n--b--\r\r\n",
    "piece": b"Subject: x\nContent-Type: message/partial; number=2; total=3; id=1\n\nAAEC\n",
    "elsewhere": b"Subject: x\nContent-Type: message/external-body; access-type=URL; url=\"https://pan.baidu.com/s/1abc\"; "
                 b"name=a.doc\n\nContent-Type: application/msword\n\n",
    "controls": b"Subject: =?utf-8?B?" + b"AQIDG1szMW0=" + b"?=\nFrom: \"\x1b[31m\" <a@x.example>\n\n\x1b[31mred\n",
}


def test_odd_mails(mail_schema, tmp_path):
    for name, raw in ODD.items():
        (tmp_path / f"{name}.eml").write_bytes(raw)
    for path in sorted(tmp_path.iterdir()):
        facts, = parsed(path)
        mail_schema.validate(facts)
        if path.stem == "bounce":
            assert facts["bounce"]["status"] == "5.1.1" and facts["bounced"] == "1@x.example"
        if path.stem == "cloud":
            assert facts["links"][0]["code"] == "ab12" and facts["quoted"][0]["name"] == "甲"
        if path.stem == "ends twice":
            assert facts["subject"] == "报送" and facts["body"] == "text" and not facts["problems"]
            assert [(a["name"], a["size"]) for a in facts["attachments"]] == [("a.bin", 5)]
        if path.stem == "piece":
            assert [p["code"] for p in facts["attachments"][0]["problems"]] == ["split-volume"]
        if path.stem == "elsewhere":
            assert facts["links"][0]["kind"] == "baidu" and facts["attachments"][0]["problems"][0]["code"] == "cloud-link"
        if path.stem == "names":
            assert facts["attachments"][0]["path"] == "C:\\b\\c.doc"


def test_season(mail_schema, tmp_path):
    count = 0
    for n, mail in enumerate(season.MAILS):
        (tmp_path / f"{n}.eml").write_bytes(mail.raw)
        count += 1
    answers = parsed(*sorted(tmp_path.iterdir()))
    assert len(answers) == count
    for facts in answers:
        mail_schema.validate(facts)


def test_document(tmp_path):
    path = tmp_path / "表.csv"
    path.write_text("活动名称,读书会\n推荐单位,文学院党委\n")
    attachment, = parsed("--document", path)
    jsonschema.Draft202012Validator(DOCUMENT).validate(attachment)
    assert attachment["tables"]


def test_corpus(mail_schema):
    mails = sorted((CORPUS / "eml").rglob("*.eml")) if CORPUS.is_dir() else []
    if not mails:
        pytest.skip(f"no corpus at {CORPUS}")
    chosen = random.Random(1).sample(mails, 300)
    answers = parsed(*chosen)
    assert len(answers) == len(chosen)
    for path, facts in zip(chosen, answers):
        try:
            mail_schema.validate(facts)
        except jsonschema.ValidationError as fault:
            pytest.fail(f"{path}: {fault.json_path}: {fault.message}")


def test_other_output_is_refused(mail_schema):
    """The schema is no formality: each key is required, and nothing else may stand there."""
    facts, = parsed(sorted((ROOT / "tests/fuzz/cases/mime").iterdir())[0])
    mail_schema.validate(facts)
    for key in facts:
        assert not mail_schema.is_valid({k: v for k, v in facts.items() if k != key}), key
    assert not mail_schema.is_valid({**facts, "other": 1})
