/* Authentication-Results as servers write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/limits.h"
#include "parsers/mime.h"

static Facts *read_mail(const char *text)
{
    g_autoptr (GBytes) bytes = g_bytes_new(text, strlen(text));
    return mime_read(bytes, NULL, NULL);
}

/* "server@hop spf=pass/qq.example dkim=none; …" */
static char *shown(const Facts *facts)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < facts->authentication->len; i++) {
        const FactsAuthentication *field = facts->authentication->pdata[i];
        g_string_append_printf(out, "%s%s@%u", i ? "; " : "", field->server, (guint)field->hop);
        for (guint k = 0; k < field->results->len; k++) {
            const FactsResult *result = field->results->pdata[k];
            g_string_append_printf(out, " %s=%s%s%s", result->method, result->result,
                                   *result->domain ? "/" : "", result->domain);
        }
    }
    return g_string_free(out, FALSE);
}

static const struct {
    const char *who, *header, *want;
} SHAPES[] = {
    {"nobody", "Subject: x\n", ""},
    {"QQ Mail: below its Received",
     "Received: from mail.x.example ([192.0.2.1]) by newxmmxszc6-1.qq.example (NewMX) with SMTP id 6010A8AD\n"
     "\tfor <zzb@qq.example>; Thu, 29 May 2014 11:24:01 +0800\n"
     "X-QQ-mid: xmmxszc6-1t1729135441tm9qrjq3k\n"
     "Authentication-Results: mx.qq.example; spf=none smtp.mailfrom=<sec@shili.example>;\n"
     "\t dkim=none; dmarc=none(permerror) header.from=shili.example\n"
     "Received: from mail.shili.example by mail.x.example; Thu, 29 May 2014 11:24:00 +0800\n",
     "mx.qq.example@1 spf=none/shili.example dkim=none dmarc=none/shili.example"},
    {"NetEase: below all fields, cut at 70 characters inside words",
     "Received: from so254-47.x.example (unknown [192.0.2.1])\n"
     "\tby mx27 (Coremail) with SMTP id TcCowEC5OUZyBBxXiR2hBw--.56047S2;\n\tSun, 25 May 2014 07:25:44 +0800 "
     "(CST)\n"
     "From: bounce@email.bagevent.example\nSubject: x\n"
     "X-CM-TRANSID:TcCowEC5OUZyBBxXiR2hBw--.56047S2\n"
     "Authentication-Results: mx27; spf=neutral smtp.mail=bounce+f3bc88.bc03\n"
     "\tde-hzh=163.example@email.bagevent.example; dkim=pass header.i=@email.b\n"
     "\tagevent.example\n",
     "mx27@1 spf=neutral/email.bagevent.example dkim=pass/email.bagevent.example"},
    {"Coremail: cut inside the result and the property",
     "Authentication-Results: app1; x-note=0123456789; spf=softfail; dkim=ne\r\n"
     "\tutral; auth=none; spf=fail smtp.mail=sec@shili.example; dmarc=fail hea\r\n"
     "\tder.from=shili.example; iprev=pass\r\n",
     "app1@0 x-note=0123456789 spf=softfail dkim=neutral auth=none spf=fail/shili.example "
     "dmarc=fail/shili.example iprev=pass"},
    {"a line of 70 characters that ends with a word",
     "Authentication-Results: mx.x.example; dkim=pass reason=\"0123456789012\"\n"
     "\theader.d=x.example\n",
     "mx.x.example@0 dkim=pass/x.example"},
    {"Exchange Online: no name",
     "Received: from A (2603:1096::1) by B with HTTPS; Thu, 29 May 2014 03:24:01 +0000\n"
     "Authentication-Results: spf=fail (sender IP is 192.0.2.1)\n"
     " smtp.mailfrom=shili.example; dkim=none (message not signed)\n"
     " header.d=none;dmarc=fail action=none header.from=shili.example;compauth=fail\n reason=001\n",
     "@1 spf=fail/shili.example dkim=none/none dmarc=fail/shili.example compauth=fail"},
    {"Gmail",
     "Delivered-To: zzb@x.example\nReceived: by 2002:a05:6a00:1 with SMTP id x; Wed, 28 May 2014 20:24:01 "
     "-0700\n"
     "ARC-Authentication-Results: i=1; mx.google.example; spf=fail smtp.mailfrom=no@x.example\n"
     "Received: from y.example by mx.google.example with ESMTPS; Wed, 28 May 2014 20:24:00 -0700\n"
     "Authentication-Results: mx.google.example;\n"
     "       dkim=pass header.i=@shili.example header.s=20230601 header.b=\"RZscf/x9\";\n"
     "       spf=pass (google.example: domain of sec@shili.example designates 192.0.2.1 as permitted sender)"
     " smtp.mailfrom=sec@shili.example;\n"
     "       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=shili.example\n",
     "mx.google.example@2 dkim=pass/shili.example spf=pass/shili.example dmarc=pass/shili.example"},
    {"Postfix with OpenDMARC, OpenDKIM and rspamd: one field each, above Received",
     "Authentication-Results: OpenDMARC.X.Example; dmarc=fail (p=none dis=none) header.from=shili.example\n"
     "Authentication-Results: mx.x.example;\n"
     "\tdkim=pass (2048-bit key; unprotected) header.d=shili.example header.i=@cs.shili.example\n"
     "\t header.b=\"YSdoLxhA\";\n\tdkim-atps=neutral\n"
     "Authentication-Results: mx.x.example;\n\tdkim=pass header.d=shili.example header.s=k1;\n"
     "\tarc=none;\n\tdmarc=pass (policy=none) header.from=shili.example;\n"
     "\tspf=softfail (mx.x.example: 192.0.2.1 is neither permitted (nor denied) by (domain)) "
     "smtp.mailfrom=sec@shili.example\n"
     "Received: from y.example by mx.x.example (Postfix); Thu, 29 May 2014 11:24:01 +0800\n",
     "opendmarc.x.example@0 dmarc=fail/shili.example; mx.x.example@0 dkim=pass/shili.example "
     "dkim-atps=neutral; "
     "mx.x.example@0 dkim=pass/shili.example arc=none dmarc=pass/shili.example spf=softfail/shili.example"},
    {"a login, a version, no result, quotes, white space",
     "Authentication-Results: x.example 1; none\n"
     "Authentication-Results: \"x.example\"; auth=pass (cram;md5) smtp.auth=sec@Shili.Example ;\n"
     " spf/1 = fail reason=\"a; dkim=pass \\\" header.d=shili.example\" smtp . mailfrom=\"\"\n",
     "x.example@0; x.example@0 auth=pass/shili.example spf=fail"},
    {"a sender who writes results into his address",
     "Authentication-Results: mx.x.example; spf=fail smtp.mailfrom=\"a; dkim=pass "
     "header.d=shili.example\"@evil.example\n",
     "mx.x.example@0 spf=fail/evil.example"},
    {"what nobody should write",
     "Authentication-Results:\nAuthentication-Results: ;;;= ;=;a=;=b\nAuthentication-Results: (((\n"
     "Authentication-Results: x; spf=pass (\xff \"\nAuthentication-Results: x; \xff\x01=\"\n",
     "@0; @0 a=; @0; x@0 spf=pass; x@0 \xef\xbf\xbd\x01="},
};

static void shapes(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(SHAPES); i++) {
        g_autofree char *mail = g_strconcat(SHAPES[i].header, "\ntext\n", NULL);
        g_autoptr (Facts) facts = read_mail(mail);
        g_autofree char *got = shown(facts);
        if (strcmp(got, SHAPES[i].want) != 0)
            fail_msg("%s:\n  %s\nis not\n  %s", SHAPES[i].who, got, SHAPES[i].want);
    }
}

/* However many a sender adds, the field that a server puts above or below his is not lost. */
static void floods(void **state)
{
    g_autoptr (GString) mail = g_string_new("Authentication-Results: first; spf=fail\n");
    for (guint i = 0; i < 3 * LIMIT_RESULTS; i++)
        g_string_append(mail, "Authentication-Results: mine; spf=pass\n");
    g_string_append(mail, "Authentication-Results: last; dkim=one");
    for (guint i = 0; i < 3 * LIMIT_RESULTS; i++) g_string_append(mail, "; dkim=more");
    g_string_append(mail, "; dmarc=fail\n\ntext\n");
    g_autoptr (Facts) facts = read_mail(mail->str);
    GPtrArray *fields = facts->authentication;
    assert_int_equal(fields->len, LIMIT_RESULTS);
    assert_string_equal(((FactsAuthentication *)fields->pdata[0])->server, "first");
    const FactsAuthentication *last = fields->pdata[fields->len - 1];
    assert_string_equal(last->server, "last");
    assert_int_equal(last->results->len, LIMIT_RESULTS);
    assert_string_equal(((FactsResult *)last->results->pdata[0])->result, "one");
    assert_string_equal(((FactsResult *)last->results->pdata[last->results->len - 1])->method, "dmarc");
}

static void and_back(void **state)
{
    g_autofree char *mail = g_strconcat(SHAPES[1].header, SHAPES[5].header, "\ntext\n", NULL);
    g_autoptr (Facts) facts = read_mail(mail);
    g_autofree char *json = facts_to_json(facts, FALSE);
    g_autoptr (Facts) back = facts_from_json(json, strlen(json), G_MAXINT64, NULL);
    assert_non_null(back);
    g_autofree char *there = shown(facts), *here = shown(back);
    assert_string_equal(here, there);
    assert_true(back->authentication->len == 2);
}

/* What a version before this key has stored is still read. */
static void facts_of_old(void **state)
{
    g_autoptr (Facts) facts = read_mail("Subject: x\n\ntext\n");
    g_autofree char *json = facts_to_json(facts, FALSE);
    g_auto(GStrv) halves = g_strsplit(json, "\"authentication\":[],", -1);
    assert_int_equal(g_strv_length(halves), 2);
    g_autofree char *old = g_strjoinv("", halves);
    g_autoptr (Facts) back = facts_from_json(old, strlen(old), G_MAXINT64, NULL);
    assert_non_null(back);
    assert_string_equal(back->subject, "x");
    assert_int_equal(back->authentication->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shapes), cmocka_unit_test(floods),
                                       cmocka_unit_test(and_back), cmocka_unit_test(facts_of_old)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
