/* reader_fixture.h - what tests of document readers share: reading bytes, and facts as one line. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>

#include "parsers/document.h"
#include "parsers/unpack.h"
#include "tests/unit/facts_text.h"

/* Takes the bytes. */
static inline FactsAttachment *read_as(GBytes *bytes, const char *name)
{
    FactsAttachment *attachment = facts_attachment_new();
    g_free(attachment->name);
    attachment->name = g_strdup(name);
    unpack_reset();
    document_read(attachment, bytes);
    g_bytes_unref(bytes);
    return attachment;
}

static inline FactsAttachment *read_text_as(const char *bytes, const char *name)
{
    return read_as(g_bytes_new(bytes, strlen(bytes)), name);
}

/* Names of children, their children in (), their problems in []. */
static inline char *tree_line(const FactsAttachment *attachment)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < attachment->children->len; i++) {
        const FactsAttachment *child = attachment->children->pdata[i];
        g_autofree char *codes = problems_text(child), *inside = tree_line(child);
        g_string_append_printf(out, "%s%s", i ? " " : "", child->name);
        if (*inside) g_string_append_printf(out, "(%s)", inside);
        if (*codes) g_string_append_printf(out, "[%s]", codes);
    }
    return g_string_free(out, FALSE);
}

static inline void expect_text(const char *what, char *got, const char *wanted)
{
    g_autofree char *mine = got;
    if (g_strcmp0(mine, wanted) != 0) fail_msg("%s: got \"%s\", wanted \"%s\"", what, mine, wanted);
}

/* Takes the bytes. */
static inline void expect_tree(const char *what, GBytes *bytes, const char *name, const char *tree,
                               const char *codes)
{
    g_autoptr (FactsAttachment) attachment = read_as(bytes, name);
    expect_text(what, tree_line(attachment), tree);
    expect_text(what, problems_text(attachment), codes);
}
