"""报送汇总.xlsx as others see it: openpyxl, the published schemas, LibreOffice."""

import os
import re
import subprocess
import urllib.parse
import zipfile
from pathlib import Path

import openpyxl
import pytest
from facts import items, letters

SCHEMAS = Path(os.environ.get("BAOSONG_SCHEMAS") or Path(__file__).parents[3] / "shared" / "schemas")
SHEETS = ["总览", "报送进度", "活动一览", "待处理", "提醒记录"]


@pytest.fixture(scope="module")
def book(season):
    assert season.workbook().exists(), "no workbook in the share"
    return openpyxl.load_workbook(season.workbook())


def cells(sheet):
    return [[c for c in row] for row in sheet.iter_rows(values_only=True)]


def text(sheet):
    return "\n".join(str(c) for row in cells(sheet) for c in row if c is not None)


def header(sheet, *wanted):
    """(row number, column of each heading) of the first row that holds all of these headings."""
    for number, row in enumerate(cells(sheet), 1):
        if all(w in row for w in wanted):
            return number, {w: row.index(w) for w in wanted}
    raise AssertionError(f"{sheet.title}: no row has the headings {wanted}")


def test_sheets(book):
    assert book.sheetnames[:5] == SHEETS


def test_no_formula_comes_from_a_mail(book):
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert re.fullmatch(r"=[A-Z0-9(),:$!'“”\u4e00-\u9fff.*+\-/<>=\" ]+", str(cell.value)), cell.value
                    assert "HYPERLINK" not in cell.value and "cmd" not in cell.value


def test_every_file_of_an_item_is_there(book, season):
    """Files in forwarded mails too."""
    lost = season.query("SELECT f.item, a.name FROM version_file f JOIN attachment a ON a.id = f.attachment "
                        "WHERE a.held = 0")
    assert lost == []
    assert season.query("SELECT 1 FROM version_file f JOIN attachment a ON a.id = f.attachment "
                        "WHERE a.parent IS NOT NULL"), "the season has no file in a forwarded mail"
    assert "原件缺失" not in text(book["活动一览"])


def test_what_forms_say_beyond_the_usual(book, season):
    assert {r["innovation"] for r in season.query("SELECT innovation FROM item")} >= {"实践创新", "制度创新"}
    assert "实践创新" in text(book["活动一览"]) and "制度创新" in text(book["活动一览"])
    first, columns = header(book["报送进度"], "单位名称", "参与党支部")
    taking_part = {row[columns["单位名称"]]: row[columns["参与党支部"]] for row in cells(book["报送进度"])[first:]}
    assert [taking_part[name] for name in ("文学院党委", "管理学院党委", "机关党委")] == [1, 1, 1]


def test_progress_has_a_row_per_committee_in_roster_order(book, season):
    sheet = book["报送进度"]
    first, columns = header(sheet, "单位名称", "应报", "已报")
    order = [r["name"] for r in season.query("SELECT name FROM committee ORDER BY position")]
    found = [row[columns["单位名称"]] for row in cells(sheet)[first:]]
    assert [name for name in found if name in order] == order


def test_items(book, season):
    sheet = book["活动一览"]
    shown = text(sheet)
    for item in items(season):
        assert f"CX2014-{item['number']:03d}" in shown
        assert item["title"] in shown


def test_todos(book, season):
    shown = text(book["待处理"])
    for row in season.query("SELECT why FROM todo WHERE done_at IS NULL"):
        assert row["why"][:20] in shown


def test_reminders(book, season):
    shown = text(book["提醒记录"])
    for letter in letters(season, "reminder"):
        assert letter["to_address"] in shown


def test_made_for_paper(book):
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape", sheet.title
        assert int(sheet.page_setup.paperSize) == 9, sheet.title
    for name in SHEETS[1:]:
        assert book[name].freeze_panes, name
        assert book[name].print_title_rows, name


def test_links_lead_to_files(season):
    missing = []
    found = 0
    with zipfile.ZipFile(season.workbook()) as z:
        for name in z.namelist():
            if not name.startswith("xl/worksheets/_rels/"):
                continue
            for target in re.findall(r'Target="([^"]+)" TargetMode="External"', z.read(name).decode()):
                if target.startswith(("http", "mailto")):
                    continue
                found += 1
                path = urllib.parse.unquote(target.replace("&amp;", "&").removeprefix("file:///"))
                if not (season.dir / "share" / path).exists():
                    missing.append(path)
    assert missing == [] and found > 0


def test_valid_by_the_schemas(season, tmp_path):
    if not SCHEMAS.is_dir():
        pytest.skip(f"no schemas in {SCHEMAS}; set BAOSONG_SCHEMAS")
    with zipfile.ZipFile(season.workbook()) as z:
        parts = [n for n in z.namelist() if re.fullmatch(r"xl/(workbook|styles|sharedStrings)\.xml|"
                                                         r"xl/worksheets/sheet\d+\.xml|xl/tables/table\d+\.xml", n)]
        for part in parts:
            (tmp_path / Path(part).name).write_bytes(z.read(part))
        charts = [n for n in z.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", n)]
        for part in charts:
            (tmp_path / Path(part).name).write_bytes(z.read(part))
    for schema, names in (("sml.xsd", parts), ("dml-chart.xsd", charts)):
        if names:
            done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", str(SCHEMAS / schema),
                                   *(str(tmp_path / Path(n).name) for n in names)], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr[-3000:]


def test_libreoffice_prints_it(season, stage):
    out = stage.folder("pdf")
    done = stage.run(["soffice", f"-env:UserInstallation=file://{stage.dir}/office", "--headless", "--convert-to", "pdf",
                      "--outdir", out, season.workbook()], timeout=180)
    pdf = out / "报送汇总.pdf"
    assert pdf.exists(), done.stdout + done.stderr
    shown = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True).stdout
    squeezed = re.sub(r"\s+", "", shown)
    assert "文学院党委" in squeezed and "CX2014-001" in squeezed
    assert "Err:" not in shown and "#REF" not in shown and "#NAME" not in shown


def test_every_submission_is_in_the_share(season):
    """Files of the items lie beside the workbook, under their own names."""
    there = {p.name for p in (season.dir / "share").rglob("*") if p.is_file()}
    assert "口述校史党员行动总结.docx" in there
