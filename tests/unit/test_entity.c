/* The structure of mails that break the rules, transfer encodings, files in text, dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/dates.h"
#include "parsers/entity.h"
#include "parsers/limits.h"
#include "parsers/mime.h"

#define MIXED "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
#define DOC   "Content-Type: application/msword; name=a.doc\nContent-Transfer-Encoding: base64\n\nAAEC\n"

static Facts *read_mail(const char *text)
{
    g_autoptr (GBytes) bytes = g_bytes_new(text, strlen(text));
    return mime_read(bytes, NULL, NULL);
}

static gboolean has_problem(const GPtrArray *problems, const char *code)
{
    for (guint i = 0; i < problems->len; i++)
        if (strcmp(((FactsProblem *)g_ptr_array_index(problems, i))->code, code) == 0) return TRUE;
    return FALSE;
}

/* --- parts ------------------------------------------------------------------------------------ */

static const struct Structure {
    const char *what, *mail;
    const char *body;  /* a part of it */
    const char *names; /* of the attachments, each with a space behind */
    gboolean damaged;
} STRUCTURES[] = {
    {"as it should be", "Subject: x\n" MIXED "preamble\n--b\n\n正文\n--b\n" DOC "--b--\nepilogue\n", "正文",
     "a.doc ", FALSE},
    {"CRLF",
     "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n正文\r\n--b\r\nContent-Type: "
     "a/b; name=a.doc\r\n\r\nx\r\n--b--\r\n",
     "正文", "a.doc ", FALSE},
    {"no closing line", "Subject: x\n" MIXED "--b\n\n正文\n--b\n" DOC, "正文", "a.doc ", FALSE},
    {"white space behind boundaries", "Subject: x\n" MIXED "--b \t\n\n正文\n--b  \n" DOC "--b-- \n", "正文",
     "a.doc ", FALSE},
    {"more behind the closing dashes", "Subject: x\n" MIXED "--b\n\n正文\n--b\n" DOC "--b-->\nx\n", "正文",
     "a.doc ", FALSE},
    {"the boundary of the header is not used",
     "Subject: x\n" MIXED "--other\nContent-Type: text/plain\n\n正文\n--other\n" DOC "--other--\n", "正文",
     "a.doc ", TRUE},
    {"no boundary in the header",
     "Subject: x\nContent-Type: multipart/mixed\n\nThis is a multi-part message.\n--x y\n\n正文\n--x y\n" DOC
     "--x y--\n",
     "正文", "a.doc ", TRUE},
    {"a boundary cut off in the header",
     "Subject: x\nContent-Type: multipart/mixed; boundary=\"=_Part\n\n--=_Part_1\nContent-Type: "
     "text/plain\n\n正文\n"
     "--=_Part_1\n" DOC "--=_Part_1--\n",
     "正文", "a.doc ", TRUE},
    {"no boundary line at all", "Subject: x\n" MIXED "正文还在\n", "正文还在", "", TRUE},
    {"only the closing line", "Subject: x\n" MIXED "正文还在\n--b--\n", "正文还在", "", TRUE},
    {"a boundary line twice", "Subject: x\n" MIXED "--b\n--b\n\n正文\n--b\n--b\n" DOC "--b--\n", "正文",
     "a.doc ", FALSE},
    {"one boundary for two levels",
     "Subject: x\n" MIXED
     "--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n正文\n--b\nContent-Type: text/html\n\n"
     "<p>HTML</p>\n--b--\n--b\n" DOC "--b--\n",
     "正文", "a.doc ", FALSE},
    {"the inner multipart is not closed",
     "Subject: x\n" MIXED "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\n正文\n--b\n" DOC
     "--b--\n",
     "正文", "a.doc ", FALSE},
    {"one boundary begins with the other",
     "Subject: x\n" MIXED
     "--b\nContent-Type: multipart/mixed; boundary=b1\n\n--b1\n\n正文\n--b1\nContent-Type: a/b; "
     "name=1.doc\n\nx\n--b1--\n--b\n" DOC "--b--\n",
     "正文", "1.doc a.doc ", FALSE},
    {"parts behind the closing line", "Subject: x\n" MIXED "--b\n\n正文\n--b--\n\n--b\n" DOC "--b--\n",
     "正文", "a.doc ", FALSE},
    {"and behind a second one",
     "Subject: x\n" MIXED "--b\n\n正文\n--b--\n--b\n" DOC "--b--\n\n--b\n" DOC "--b--\nHTML\n", "正文",
     "a.doc a.doc ", FALSE},
    {"dashes in the text", "Subject: x\n" MIXED "--b\n\n--\n正文\n--bb\n-- b\n--b\n" DOC "--b--\n", "--bb",
     "a.doc ", FALSE},
    {"a multipart in base64",
     "Subject: x\nContent-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
     "LS1iCkNvbnRlbnQtVHlwZTogdGV4dC9wbGFpbgoKdGV4dAotLWIKQ29udGVudC1UeXBlOiBhL2I7IG5hbWU9YS5kb2MKCngKLS1iLS0"
     "K\n",
     "text", "a.doc ", TRUE},
    {"digest",
     "Subject: x\nContent-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: 1\n\none\n--b\n\nSubject: "
     "2\n\ntwo\n--b--\n",
     "", "1.eml 2.eml ", FALSE},
    {"signed",
     "Subject: x\nContent-Type: multipart/signed; boundary=b\n\n--b\nContent-Type: multipart/mixed; "
     "boundary=c\n\n--c\n\n正文\n--c\n" DOC
     "--c--\n--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nx\n--b--\n",
     "正文", "a.doc smime.p7s ", FALSE},
    {"no blank line before the body", "Subject: x\nContent-Type: text/plain\n正文\n", "正文", "", FALSE},
    {"no blank line before the next part",
     "Subject: x\n" MIXED "--b\nContent-Type: text/plain\n--b\n" DOC "--b--\n", "", "a.doc ", FALSE},
    {"a blank line inside the header",
     "Subject: x\nMIME-Version: 1.0\n\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n正文\n--b\n" DOC
     "--b--\n",
     "正文", "a.doc ", FALSE},
    {"parameters folded without white space, one with a colon",
     "Content-Type: multipart/mixed;\nboundary=\"b:1\"\nSubject: x\n\n--b:1\n\n正文\n--b:1\n" DOC "--b:1--\n",
     "正文", "a.doc ", FALSE},
    {"a field without parameters that ends in a semicolon",
     "Content-Type: multipart/mixed; boundary=b\nX-A: 1;\na=b\nSubject: x\n\n--b\n\n正文\n--b\n" DOC
     "--b--\n",
     "正文", "a.doc ", FALSE},
    {"a field folded without its space",
     "X-A: 1\nno colon here\nSubject: x\n" MIXED "--b\n\n正文\n--b\n" DOC "--b--\n", "正文", "a.doc ", FALSE},
    {"from a mailbox file",
     "From a@x.example Fri May 30 09:00:00 2014\nSubject: x\n" MIXED "--b\n\n正文\n--b\n" DOC "--b--\n",
     "正文", "a.doc ", FALSE},
    {"saved by an editor, as UTF-8 with its mark",
     "\xef\xbb\xbfSubject: x\n" MIXED "--b\n\n正文\n--b\n" DOC "--b--\n", "正文", "a.doc ", FALSE},
    {"line ends of an old Macintosh",
     "Subject: x\rContent-Type: multipart/mixed; boundary=b\r\r--b\r\r正文\r--b\rContent-Type: a/b; "
     "name=a.doc\r\rx\r--b--\r",
     "正文", "a.doc ", FALSE},
    {"a name in Content-Type alone, in words",
     "Subject: x\n" MIXED "--b\nContent-Type: application/octet-stream; name=\"=?gb2312?B?sajLzQ==?=.doc\"\n"
     "Content-Disposition: attachment\n\nx\n--b--\n",
     "", "报送.doc ", FALSE},
};

static void test_structures(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(STRUCTURES); i++) {
        const struct Structure *s = &STRUCTURES[i];
        g_autoptr (Facts) facts = read_mail(s->mail);
        g_autoptr (GString) names = g_string_new(NULL);
        for (guint k = 0; k < facts->attachments->len; k++)
            g_string_append_printf(names, "%s ",
                                   ((FactsAttachment *)g_ptr_array_index(facts->attachments, k))->name);
        if (strcmp(names->str, s->names) != 0)
            fail_msg("%s\n got  [%s]\n want [%s]", s->what, names->str, s->names);
        if (!strstr(facts->body, s->body)) fail_msg("%s: body [%s]", s->what, facts->body);
        if (strstr(facts->body, "HTML")) fail_msg("%s: both alternatives", s->what);
        if (has_problem(facts->problems, "damaged") != s->damaged)
            fail_msg("%s: damaged %d", s->what, !s->damaged);
        assert_string_equal(facts->subject, "x");
    }
}

/* Every cut of every structure is read inside its bounds. */
static void test_torn(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(STRUCTURES); i++) {
        gsize length = strlen(STRUCTURES[i].mail);
        for (gsize cut = 0; cut < length; cut++) {
            g_autoptr (GBytes)
                copy = g_bytes_new(STRUCTURES[i].mail, cut); /* ASan sees what is read beyond */
            guint parts = 0;
            g_auto(EntityTree) tree = entity_parse(copy, 0, &parts);
            if (cut > 0 && g_strrstr_len(STRUCTURES[i].mail, (gssize)cut, "Subject: x"))
                assert_non_null(tree.top);
        }
    }
}

/* A forwarded mail is its own bytes, not what a library would write in their place. */
static void test_original_bytes(void **state)
{
    const char *inner = "Subject:  two  spaces\nX-Odd:a\n\tb\nContent-Type: text/plain\n\nbody\n";
    g_autofree char *mail =
        g_strconcat("Subject: Fw\n" MIXED "--b\nContent-Type: message/rfc822\n\n", inner, "\n--b--\n", NULL);
    g_autoptr (Facts) facts = read_mail(mail);
    const FactsAttachment *a = g_ptr_array_index(facts->attachments, 0);
    g_autofree char *sha256 = facts_sha256(inner, strlen(inner));
    assert_int_equal(a->size, strlen(inner));
    assert_string_equal(a->sha256, sha256);
    assert_string_equal(a->name, "two  spaces.eml");
}

/* --- transfer --------------------------------------------------------------------------------- */

static void expect_bytes(Transfer transfer, const char *text, const char *want)
{
    g_autoptr (GBytes) bytes = transfer_decode(transfer, text, strlen(text));
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    if (length != strlen(want) || memcmp(data ? data : "", want, length) != 0)
        fail_msg("%s: got [%.*s]", text, (int)length, data ? data : "");
}

static void test_transfer(void **state)
{
    assert_int_equal(transfer_of(NULL), TRANSFER_NONE);
    assert_int_equal(transfer_of(" Base64 (comment)"), TRANSFER_BASE64);
    assert_int_equal(transfer_of("Quoted-Printable;"), TRANSFER_QUOTED);
    assert_int_equal(transfer_of("base64x"), TRANSFER_NONE);
    expect_bytes(TRANSFER_BASE64, "5oql6YCB", "报送");
    expect_bytes(TRANSFER_BASE64, "5oq\r\nl 6Y!CB", "报送");
    expect_bytes(TRANSFER_BASE64, "5oqlYQ==6YCB", "报a送");         /* pieces that were encoded one by one */
    expect_bytes(TRANSFER_BASE64, "5oqlYQ", "报a");                 /* padding forgotten */
    expect_bytes(TRANSFER_BASE64, "5oqlYQ==\n--b-->\nmore", "报a"); /* a boundary line gone wrong */
    expect_bytes(TRANSFER_BASE64, "====", "");
    expect_bytes(TRANSFER_BASE64, "", "");
    expect_bytes(TRANSFER_QUOTED, "=E6=8A=\r\n=A5=e9=80=81=\n", "报送");
    expect_bytes(TRANSFER_QUOTED, "a= \t\nb=3D=zz=", "ab==zz"); /* the last "=" is a soft line end */
    expect_bytes(TRANSFER_UU, "begin 644 a\n#0V%T\n`\nend\n", "Cat");
}

/* Files in the text are attachments, and no text any more. */
static void test_uuencode(void **state)
{
    g_autoptr (Facts)
        facts = read_mail("Subject: x\nContent-Type: text/plain; charset=gbk\n\nbegin with this\nbegin 644 "
                          "\xb1\xa8\xcb\xcd.txt\n#0V%T\n`\nend\n"
                          "between\nbegin 0755 b.txt\n$0V%T<P\n \nend\nafter\nbegin 644 torn\n#0V%T\n");
    assert_int_equal(facts->attachments->len, 2);
    const FactsAttachment *a = g_ptr_array_index(facts->attachments, 0),
                          *b = g_ptr_array_index(facts->attachments, 1);
    assert_string_equal(a->name, "报送.txt");
    assert_string_equal(a->text, "Cat");
    assert_int_equal(a->size, 3);
    assert_string_equal(b->name, "b.txt");
    assert_string_equal(facts->body, "begin with this\nbetween\nafter\nbegin 644 torn\n#0V%T\n");
    assert_int_equal(facts->leaves->len, 3);
}

/* The other ways to put a file into a text: base64 with a head, yEnc; and all of them in a page. */
static void test_files_in_text(void **state)
{
    static const char *const MAILS[] = {
        "Subject: x\n\nhi\nbegin-base64 644 报送.txt\nQ2F0\n====\nend\n",
        "Subject: x\n\nhi\n=ybegin line=128 size=3 name=报送.txt\n\x6d\x8b\x9e\n=yend size=3\nend\n",
        "Subject: x\nContent-Type: text/html\n\nhi<br>begin 644 报送.txt<br>\n#0V%T<br>`<br>end<br>end",
        "Subject: x\nContent-Type: text/html\n\n<p>hi<pre>begin-base64 644 报送.txt\nQ2F0\n====\nend</pre>",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(MAILS); i++) {
        g_autoptr (Facts) facts = read_mail(MAILS[i]);
        g_autofree char *body = g_strdelimit(g_strdup(facts->body), "\n", ' ');
        assert_int_equal(facts->attachments->len, 1);
        const FactsAttachment *a = g_ptr_array_index(facts->attachments, 0);
        assert_string_equal(a->name, "报送.txt");
        assert_string_equal(a->text, "Cat");
        assert_true(g_str_has_prefix(body, "hi ") && strstr(body, " end") && strlen(body) < 9);
    }
    static const char *const NONE[] = {"Subject: x\n\nbegin-base64 644 a\nno, thanks\n====\n",
                                       "Subject: x\n\n=ybegin line=128 size=3 name=a\nnever ends",
                                       "Subject: x\n\nsay begin-base64 644 a\nQ2F0\n====\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(NONE); i++) {
        g_autoptr (Facts) facts = read_mail(NONE[i]);
        assert_int_equal(facts->attachments->len, 0);
    }
}

/* Signed and not encrypted: what is inside is the mail, whatever way its lengths are written. */
static void test_opaque_signed(void **state)
{
    static const char INNER[] =
        "Content-Type: multipart/mixed; boundary=i\n\n--i\n\ninside\n--i\nContent-Type: "
        "text/plain; name=a.txt\n\nCat\n--i--\n";
    static const char ID[] = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07";
    for (int way = 0; way < 4; way++) {
        g_autoptr (GString) cms = g_string_new("\x30\x80");
        const guint8 length = sizeof INNER - 1;
        g_string_append_printf(cms, "%s%c\xA0\x80\x30\x80", ID, way == 3 ? 3 : 2); /* 3: enveloped */
        g_string_append_len(cms, "\x02\x01\x01\x31\x80\x30\x80\0\0\0\0\x30\x80", 13);
        g_string_append_printf(cms, "%s\x01\xA0\x80", ID);
        if (way == 0) g_string_append_printf(cms, "\x04\x81%c%s", length, INNER);
        if (way > 0) g_string_append_printf(cms, "\x24\x80\x04\x05%.5s\x04\x82", INNER);
        if (way > 0) g_string_append_c(cms, '\0');
        if (way > 0) g_string_append_printf(cms, "%c%s", length - 5, INNER + 5);
        if (way == 2) g_string_truncate(cms, 20);
        g_autofree char *base64 = g_base64_encode((const guchar *)cms->str, cms->len);
        g_autofree char *mail =
            g_strconcat("Subject: x\nContent-Type: application/pkcs7-mime; name=smime.p7m\n"
                        "Content-Transfer-Encoding: base64\n\n",
                        base64, "\n", NULL);
        g_autoptr (Facts) facts = read_mail(mail);
        assert_int_equal(facts->attachments->len, 1);
        const FactsAttachment *file = g_ptr_array_index(facts->attachments, 0);
        assert_int_equal(file->children->len, way < 2 ? 1 : 0);
        assert_int_equal(file->problems->len, way < 2 ? 0 : 1);
        assert_string_equal(facts->body, way < 2 ? "inside" : "");
        assert_string_equal(file->type, "application/pkcs7-mime");
    }
}

/* The mail was cut off: what has come of the file is kept. */
static void test_uuencode_torn(void **state)
{
    g_autoptr (Facts) facts = read_mail("Subject: x\n\nhi\nbegin 644 a.txt\n#0V%T\n#0V%T\n");
    assert_int_equal(facts->attachments->len, 1);
    const FactsAttachment *a = g_ptr_array_index(facts->attachments, 0);
    assert_string_equal(a->text, "CatCat");
    assert_string_equal(((FactsProblem *)g_ptr_array_index(a->problems, 0))->code, "damaged");
    assert_string_equal(facts->body, "hi\n");
}

/* Parts under a header that says text, or nothing. */
static void test_unsaid_parts(void **state)
{
    static const char *const TYPES[] = {"", "Content-Type: text/plain; charset=utf-8\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(TYPES); i++) {
        g_autofree char *mail = g_strdup_printf(
            "Subject: x\n%s\n--b\nContent-Type: text/plain\n\n正文\n--b\nContent-Type: application/msword; "
            "name=a.doc\nContent-Transfer-Encoding: base64\n\nAAEC\n--b--\n",
            TYPES[i]);
        g_autoptr (Facts) facts = read_mail(mail);
        assert_string_equal(facts->body, "正文");
        assert_int_equal(facts->attachments->len, 1);
        assert_string_equal(((FactsProblem *)g_ptr_array_index(facts->problems, 0))->code, "damaged");
    }
    g_autoptr (Facts)
        both = read_mail("Subject: x\n\n--b\nContent-Type: text/plain\n\n正文\n--b\n"
                         "Content-Type: text/html\n\n<p>正文\n--b--\n");
    assert_string_equal(both->body, "正文");
    g_autoptr (Facts)
        packed = read_mail("Subject: x\n" MIXED "--b\nContent-Type: message/rfc822\n\nSubject: y\n\n--c\n"
                           "Content-Type: text/plain\n\n正文\n--c\n" DOC "--c--\n--b--\n");
    const FactsAttachment *inner = g_ptr_array_index(packed->attachments, 0);
    assert_non_null(strstr(inner->text, "正文"));
    assert_int_equal(inner->children->len, 1);
    g_autoptr (Facts) text = read_mail("Subject: x\n\n--b\nContent-Type: that is how it begins\n");
    assert_string_equal(text->body, "--b\nContent-Type: that is how it begins\n");
}

static void test_flowed(void **state)
{
    static const struct {
        const char *parameters, *text, *want;
    } CASES[] = {
        {"format=flowed", "a \nb\nc\n", "a b\nc\n"},
        {"format=Flowed; delsp=yes", "报 \n送\nc\n", "报送\nc\n"},
        {"format=flowed", " stuffed\n >no quote\n From x\n", "stuffed\n>no quote\nFrom x\n"},
        {"format=flowed", "> a \n> b\n>> c \n> d\ne\n", "> a b\n>> c \n> d\ne\n"},
        {"format=flowed", ">>a \n> > b\n", ">> a \n> > b\n"},
        {"format=flowed", "x\n-- \nname\n", "x\n-- \nname\n"},
        {"format=fixed", "a \nb\n", "a \nb\n"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *mail =
            g_strdup_printf("Subject: x\nContent-Type: text/plain; charset=utf-8; %s\n\n%s",
                            CASES[i].parameters, CASES[i].text);
        g_autoptr (Facts) facts = read_mail(mail);
        if (strcmp(facts->body, CASES[i].want) != 0)
            fail_msg("[%s]\n got  [%s]\n want [%s]", CASES[i].text, facts->body, CASES[i].want);
    }
}

/* Bodies in charsets that are rare, mislabelled or not labelled. */
static void test_charsets(void **state)
{
    static const struct {
        const char *type, *bytes;
    } CASES[] = {
        {"text/plain; charset=hz-gb-2312", "~{1(KM~}"},
        {"text/plain; charset=utf-7", "+YqWQAQ-"},
        {"text/plain; charset=iso-2022-cn", "\x1b$)A\x0e"
                                            "1(KM\x0f"},
        {"text/plain; charset=gb2312", "\xb1\xa8\xcb\xcd"},
        {"text/plain; charset=gb-2312", "\xb1\xa8\xcb\xcd"},
        {"text/plain; charset=x-nonsense", "\xb1\xa8\xcb\xcd"},
        {"text/plain; charset=x-nonsense", "报送"},
        {"text/plain; charset=us-ascii", "\xb1\xa8\xcb\xcd"},
        {"text/plain; charset=iso-2022-jp", "报送"},
        {"text/plain; charset=utf-8", "\xb1\xa8\xcb\xcd"},
        {"text/plain", "报送"},
        {"text/plain; charset=\"'gbk'\"", "\xb1\xa8\xcb\xcd"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *mail =
            g_strdup_printf("Subject: x\nContent-Type: %s\n\n%s", CASES[i].type, CASES[i].bytes);
        g_autoptr (Facts) facts = read_mail(mail);
        if (strcmp(facts->body, "报送") != 0) fail_msg("%s: got [%s]", CASES[i].type, facts->body);
    }
}

/* --- dates ------------------------------------------------------------------------------------ */

static void test_dates(void **state)
{
    static const char *const CASES[][2] = {
        {"Fri, 30 May 2014 09:00:00 +0800", "2014-05-30T09:00:00+08:00"},
        {"Fri, 30 May 2014 09:00:00 +0800 (CST)", "2014-05-30T09:00:00+08:00"},
        {"30 May 14 9:00 GMT", "2014-05-30T09:00:00+00:00"},
        {"Fri, 30 May 2014 09:00:00 GMT+08:00", "2014-05-30T09:00:00+08:00"},
        {"Fri, 30 May 2014 09:00:00 GMT -0500", "2014-05-30T09:00:00-05:00"},
        {"Fri, 30 May 2014 09:00:00 UTC (here) +8", "2014-05-30T09:00:00+08:00"},
        {"Fri, 30 May 2014 09:00:00 CST +0800", "2014-05-30T09:00:00+08:00"},
        {"Fri, 30 May 2014 09:00:00 +0800 (CST) -0500", "2014-05-30T09:00:00+08:00"},
        {"Fri, 09:00:00 GMT May-30 2014", "2014-05-30T09:00:00+00:00"},
        {"Fri, 30 May 2014 09:00:00 EST-0500", "2014-05-30T09:00:00-05:00"},
        {"星期五, 30 五月 2014 09:00:00 +0800", "2014-05-30T09:00:00+08:00"},
        {"30 11月 2014 09:00:00 +0800", "2014-11-30T09:00:00+08:00"},
        {"30 十一月 2014 09:00:00 +0800", "2014-11-30T09:00:00+08:00"},
        {"Fri May 30 09:00:00 2014", "2014-05-30T09:00:00+00:00"},
        {"Fri, 30 May 2014 09:00:00 -0330", "2014-05-30T09:00:00-03:30"},
        {"30 May 2014 12:29:13 AM", "2014-05-30T00:29:13+00:00"},
        {"30 May 2014 1:29 pm EST", "2014-05-30T13:29:00-05:00"},
        {"2014-05-30 09:00:00", "2014-05-30T09:00:00+00:00"},
        {"2014-05-30T09:00:00.123+08:00", "2014-05-30T09:00:00+08:00"},
        {"2014年5月30日 9:00", "2014-05-30T09:00:00+00:00"},
        {"30-05-2014 09:00", "2014-05-30T09:00:00+00:00"},
        {"5/30/2014 09:00", "2014-05-30T09:00:00+00:00"},
        {"Fri, 30 May 2014 9.00.00 +0800", "2014-05-30T09:00:00+08:00"},
        {"Sat, 31 May 2014 23:59:60 +0000", "2014-05-31T23:59:59+00:00"},
        {"30 May 2014", "2014-05-30T00:00:00+00:00"},
        {"31 Feb 2014 09:00:00 +0800", ""},
        {"30 May 1969 09:00:00 +0800", ""},
        {"30 May 2014 25:00:00 +0800", ""},
        {"yesterday", ""},
        {"", ""},
        {"99999999999999999999 May 99999999999", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *got = dates_rfc3339(CASES[i][0]);
        if (strcmp(got, CASES[i][1]) != 0)
            fail_msg("%s\n got  [%s]\n want [%s]", CASES[i][0], got, CASES[i][1]);
    }
    g_autofree char *none = dates_rfc3339(NULL);
    assert_string_equal(none, "");
}

static int start(void **state)
{
    entity_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structures),     cmocka_unit_test(test_torn),
        cmocka_unit_test(test_original_bytes), cmocka_unit_test(test_transfer),
        cmocka_unit_test(test_uuencode),       cmocka_unit_test(test_uuencode_torn),
        cmocka_unit_test(test_files_in_text),  cmocka_unit_test(test_opaque_signed),
        cmocka_unit_test(test_unsaid_parts),   cmocka_unit_test(test_flowed),
        cmocka_unit_test(test_charsets),       cmocka_unit_test(test_dates),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
