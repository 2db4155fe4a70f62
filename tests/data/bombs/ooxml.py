"""Word and Excel as XML in a zip."""

from .registry import MB, bomb
from .zips import deflated, zip_of


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
P = "http://schemas.openxmlformats.org/package/2006/"
LAUGHS = ('<!DOCTYPE a [<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)) +
          '<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY % net SYSTEM "http://127.0.0.1:1/x">%net;]>')


def package(main, kind, parts):
    """`parts`: {name: bytes, or (unit, times)}; the main one has a content type."""
    types = (f'<Types xmlns="{P}content-types"><Override PartName="/{main}" ContentType="application/vnd.'
             f'openxmlformats-officedocument.{kind}.main+xml"/></Types>')
    rels = (f'<Relationships xmlns="{P}relationships"><Relationship Id="r1" Type="{R}/officeDocument" Target="{main}"/>'
            "</Relationships>")
    members = [("[Content_Types].xml", types.encode()), ("_rels/.rels", rels.encode())]
    for name, content in parts.items():
        if isinstance(content, list):
            stream = b"".join(deflated(unit, times)[:-2] for unit, times in content) + b"\x03\0"
            members.append((name, stream, 8, sum(len(unit) * times for unit, times in content)))
        else:
            members.append((name, content.encode()))
    return zip_of(*members)


def docx(document):
    return package("word/document.xml", "wordprocessingml.document", {"word/document.xml": document})


def docx_of(*units):
    """Units are repeated: (text, times)."""
    head, tail = f'<w:document xmlns:w="{W}"><w:body>', "</w:body></w:document>"
    return docx([(u.encode(), n) for u, n in ((head, 1), *units, (tail, 1))])


def xlsx(sheet, **parts):
    rels = (f'<Relationships xmlns="{P}relationships"><Relationship Id="r1" Type="{R}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{R}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" '
            f'Type="{R}/styles" Target="styles.xml"/></Relationships>')
    book = f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
    return package("xl/workbook.xml", "spreadsheetml.sheet",
                   {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": rels, "xl/worksheets/sheet1.xml": sheet,
                    **{f"xl/{name}.xml": content for name, content in parts.items()}})


def xlsx_of(*units, **parts):
    head, tail = f'<worksheet xmlns="{S}"><sheetData>', "</sheetData></worksheet>"
    return xlsx([(u.encode(), n) for u, n in ((head, 1), *units, (tail, 1))], **parts)


@bomb(".docx", "damaged", "archive-bomb")
def laughs():
    """A billion laughs, a file and a network address as entities."""
    return docx(f'<?xml version="1.0"?>{LAUGHS}<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&a11;&file;</w:t></w:r></w:p>'
                "</w:body></w:document>")


@bomb(".docx", "archive-bomb", "too-large", "damaged")
def nested_tables():
    """A million tables in each other."""
    return docx_of(("<w:tbl><w:tr><w:tc>" * 1000, 1000), ("</w:tc></w:tr></w:tbl>" * 1000, 1000))


@bomb(".docx", "archive-bomb", "too-large", "damaged")
def nested_tables_8000():
    """As many as fit under the cap on ratio, unclosed."""
    return docx_of(("<w:tbl><w:tr><w:tc>" * 8000, 1)) + bytes(1000)


@bomb(".docx", "too-large", "archive-bomb")
def wide_table():
    """Cells that span four billion columns, rows that begin there."""
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="4294967295"/></w:tcPr><w:p/></w:tc>'
    row = f'<w:tr><w:trPr><w:gridBefore w:val="2147483647"/></w:trPr>{cell * 3}</w:tr>'
    return docx_of(("<w:tbl>" + row * 2000 + "</w:tbl>", 1))


@bomb(".docx", "too-large", "archive-bomb")
def many_tables():
    """20,000 tables of one cell, and 10,000 form fields."""
    table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>活动名称：</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    return docx_of((table * 1000, 20))


@bomb(".docx", "too-large", "archive-bomb")
def long_text():
    """A paragraph of 200 MB."""
    return docx_of(("<w:p><w:r><w:t>", 1), ("字" * 100000, 700), ("</w:t></w:r></w:p>", 1))


@bomb(".docx", "too-large", "archive-bomb", "damaged", "empty-document", "unreadable")
def attributes():
    """A tag with a million attributes, and one of 10 MB."""
    return docx_of(("<w:p " + " ".join(f"a{i}='1'" for i in range(1000000)) + "/>", 1),
                   ("<w:p a='", 1), ("x" * MB, 10), ("'/>", 1))


@bomb(".docx", "too-large", "archive-bomb", "damaged", "empty-document")
def namespaces():
    """20,000 tags in each other, each with a namespace of its own."""
    return docx_of(("".join(f"<p{i}:a xmlns:p{i}='u{i}'>" for i in range(20000)), 1))


@bomb(".xlsx", "damaged", "archive-bomb", "unsupported")
def laughing_sheet():
    return xlsx(f'<?xml version="1.0"?>{LAUGHS}<worksheet xmlns="{S}"><sheetData><row><c t="inlineStr"><is><t>&a11;&file;</t>'
                "</is></c></row></sheetData></worksheet>")


@bomb(".xlsx", "too-large", "archive-bomb", "unsupported")
def one_cell():
    """A sheet of 10 GB in one cell."""
    return xlsx_of(("<row><c t='inlineStr'><is><t>", 1), ("a" * MB, 10000), ("</t></is></c></row>", 1))


@bomb(".xlsx", "too-large", "archive-bomb", "unsupported", "damaged", "empty-document")
def far_cells():
    """Cells at the ends of a sheet that has no end, and merged cells that cover it a thousand times."""
    cells = "".join(f"<row r='{r}'><c r='XFD{r}'><v>1</v></c><c r='ZZZZZZZ{r}'><v>2</v></c></row>"
                    for r in (1, 1048576, 4294967295, 99999999999999999999))
    merged = "<mergeCells>" + "<mergeCell ref='A1:XFD1048576'/>" * 1000 + "</mergeCells>"
    return xlsx(f'<worksheet xmlns="{S}"><dimension ref="A1:XFD1048576"/><sheetData>{cells * 20}</sheetData>{merged}</worksheet>')


@bomb(".xlsx", "too-large", "archive-bomb", "unsupported", "damaged")
def same_string():
    """Five million cells that all show one string of 30 KB."""
    strings = f'<sst xmlns="{S}"><si><t>{"字" * 10000}</t></si></sst>'
    return xlsx_of(("<row>" + "<c t='s'><v>0</v></c>" * 5000 + "</row>", 1000), sharedStrings=strings)


@bomb(".xlsx", "too-large", "archive-bomb", "unsupported", "damaged", "empty-document")
def strings_and_styles():
    """Counts that lie, formats without end, references to what is not there."""
    styles = (f'<styleSheet xmlns="{S}"><numFmts>' + "".join(
        f'<numFmt numFmtId="{200 + i}" formatCode="{"[" * 500}{"0" * 2000}{";" * 100}"/>' for i in range(200)) +
        "</numFmts><cellXfs>" + "".join(f'<xf numFmtId="{200 + i}"/>' for i in range(200)) + "</cellXfs></styleSheet>")
    strings = f'<sst xmlns="{S}" count="4294967295" uniqueCount="4294967295"><si/></sst>'
    cells = "".join(f"<c s='{i}'><v>1e{i}</v></c><c t='s'><v>{i * 99999999}</v></c>" for i in range(300))
    return xlsx_of((f"<row>{cells}</row>", 20), sharedStrings=strings, styles=styles)
