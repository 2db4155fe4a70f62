#include "daemon/log.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "config/config.h"
#include "daemon/ledger.h"
#include "daemon/net/net.h"
#include "daemon/store/store.h"

static const char *log_program = "baosong";

static const char *field(const GLogField *fields, gsize count, const char *key)
{
    for (gsize i = 0; i < count; i++)
        if (strcmp(fields[i].key, key) == 0) return fields[i].value;
    return NULL;
}

/* Printable UTF-8 stays; control characters (C0, DEL, C1) become \xNN, line breaks too; what turns the line
 * round or cannot be seen becomes \u{NNNN}. */
static char *escape(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *out = g_string_new(NULL);
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            g_string_append_printf(out, "\\x%02x", (guint)c);
        else if (g_unichar_type(c) == G_UNICODE_FORMAT || c == 0x2028 || c == 0x2029)
            g_string_append_printf(out, "\\u{%04X}", (guint)c);
        else
            g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

static const char *level_word(GLogLevelFlags level)
{
    switch (level & G_LOG_LEVEL_MASK) {
    case G_LOG_LEVEL_ERROR:
    case G_LOG_LEVEL_CRITICAL: return "error: ";
    case G_LOG_LEVEL_WARNING: return "warning: ";
    default: return "";
    }
}

/* To the journal, every text escaped. */
static gboolean write_journal(GLogLevelFlags level, const GLogField *fields, gsize count)
{
    g_autofree GLogField *safe = g_memdup2(fields, count * sizeof *fields);
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; i < count; i++) {
        if (strcmp(fields[i].key, "MESSAGE") != 0 && !g_str_has_prefix(fields[i].key, "BAOSONG_")) continue;
        safe[i].value = escape(fields[i].value);
        safe[i].length = -1;
        g_ptr_array_add(texts, (gpointer)safe[i].value);
    }
    return g_log_writer_journald(level, safe, count, NULL) == G_LOG_WRITER_HANDLED;
}

static GLogWriterOutput writer(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer data)
{
    (void)data;
    const char *domain = field(fields, count, "GLIB_DOMAIN");
    gboolean journal = g_log_writer_is_journald(STDERR_FILENO);
    GLogLevelFlags quiet = journal ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO;
    if ((level & quiet) && g_log_writer_default_would_drop(level, domain)) return G_LOG_WRITER_HANDLED;
    if (journal && write_journal(level, fields, count)) return G_LOG_WRITER_HANDLED;
    const char *message = field(fields, count, "MESSAGE");
    g_autofree char *line = escape(message ? message : "");
    fprintf(stderr, "%s: %s%s\n", log_program, level_word(level), line);
    return G_LOG_WRITER_HANDLED;
}

static const char *priority(GLogLevelFlags level)
{
    switch (level & G_LOG_LEVEL_MASK) {
    case G_LOG_LEVEL_CRITICAL: return "3";
    case G_LOG_LEVEL_WARNING: return "4";
    case G_LOG_LEVEL_MESSAGE: return "5";
    case G_LOG_LEVEL_INFO: return "6";
    default: return "7";
    }
}

void log_about(GLogLevelFlags level, const LogAbout *about, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *uid = about->uid ? g_strdup_printf("%u", about->uid) : NULL;
    const GLogField all[] = {
        {"MESSAGE", message, -1},
        {"PRIORITY", priority(level), -1},
        {"GLIB_DOMAIN", G_LOG_DOMAIN, -1},
        {"BAOSONG_MAIL", about->mail, -1},
        {"BAOSONG_UID", uid, -1},
        {"BAOSONG_COMMITTEE", about->committee, -1},
        {"BAOSONG_MESSAGE_ID", about->message_id, -1},
    };
    GLogField given[G_N_ELEMENTS(all)];
    gsize count = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i].value && *(const char *)all[i].value) given[count++] = all[i];
    g_log_structured_array(level, given, count);
}

void log_init(const char *program)
{
    log_program = program;
    g_log_set_writer_func(writer, NULL, NULL);
}

int log_failure(const GError *error)
{
    g_autofree char *line = escape(error->message);
    g_log_structured("baosong", G_LOG_LEVEL_CRITICAL, "MESSAGE", "%s", line);
    gboolean config = (error->domain == CONFIG_ERROR && error->code != CONFIG_ERROR_PASSING) ||
                      g_error_matches(error, NET_ERROR, NET_ERROR_URL) ||
                      g_error_matches(error, STORE_ERROR, STORE_ERROR_SCHEMA) ||
                      g_error_matches(error, LEDGER_ERROR, LEDGER_ERROR_KEY);
    return config ? EX_CONFIG : EX_TEMPFAIL;
}
