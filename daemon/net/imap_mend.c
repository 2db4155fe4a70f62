/* imap_mend.c - a line at a time; most are right, and are only looked at. */
#include "daemon/net/imap_mend.h"

#include <string.h>

/* --- text ------------------------------------------------------------------------------------- */

/* The place behind a word and the spaces after it. */
static gsize after_word(const GString *line, gsize at)
{
    while (at < line->len && !strchr(" \r\n", line->str[at])) at++;
    while (at < line->len && line->str[at] == ' ') at++;
    return at;
}

static gboolean says(const GString *line, gsize at, const char *word)
{
    gsize length = strlen(word);
    return at + length <= line->len && g_ascii_strncasecmp(line->str + at, word, length) == 0 &&
           !g_ascii_isalnum(line->str[at + length]);
}

/* Where the word begins after `from`; the line's length if nowhere. */
static gsize find(const GString *line, gsize from, const char *word)
{
    gsize length = strlen(word);
    for (const char *p = line->str + from; (gsize)(p - line->str) + length <= line->len; p++)
        if (g_ascii_strncasecmp(p, word, length) == 0 && (p[-1] == '(' || p[-1] == ' '))
            return (gsize)(p - line->str);
    return line->len;
}

static void put(GString *line, gsize from, gsize to, const char *text)
{
    g_string_erase(line, (gssize)from, (gssize)(to - from));
    g_string_insert(line, (gssize)from, text);
}

/* Behind the last character of the value at `at`: a quoted string, or up to a space or parenthesis. */
static gsize end_of_value(const GString *line, gsize at)
{
    if (line->str[at] != '"') return at + strcspn(line->str + at, " ()\r\n");
    for (gsize i = at + 1; i < line->len; i++) {
        if (line->str[i] == '\\')
            i++;
        else if (line->str[i] == '"')
            return i + 1;
    }
    return line->len;
}

/* --- dates ------------------------------------------------------------------------------------ */

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* 0 = January; -1 = none of the twelve. */
static int month_of(const char *word)
{
    for (int i = 0; strlen(word) >= 3 && i < 12; i++)
        if (g_ascii_strncasecmp(word, months + (gsize)i * 3, 3) == 0) return i;
    return -1;
}

/* "29-May-2014 10:00:00 +0800" or " 9-May-…", as RFC 3501 has it. */
static gboolean is_date(const char *text, gsize length)
{
    static const char form[] = "D9-aaa-9999 99:99:99 s9999";
    if (length != sizeof form - 1 || month_of(text + 3) < 0) return FALSE;
    for (gsize i = 0; i < length; i++) {
        char c = text[i];
        gboolean right = form[i] == 'D'   ? c == ' ' || g_ascii_isdigit(c)
                         : form[i] == '9' ? g_ascii_isdigit(c)
                         : form[i] == 'a' ? g_ascii_isalpha(c)
                         : form[i] == 's' ? c == '+' || c == '-'
                                          : c == form[i];
        if (!right) return FALSE;
    }
    return TRUE;
}

static gboolean is_number(const char *word, gsize least, gsize most)
{
    gsize length = strlen(word);
    return length >= least && length <= most && strspn(word, "0123456789") == length;
}

/* "+0800", "GMT" and the like; "" if it is none that says how far away it is. */
static const char *zone_of(const char *word)
{
    static const char *const zero[] = {"", "GMT", "UT", "UTC", "Z"};
    if ((*word == '+' || *word == '-') && is_number(word + 1, 4, 4)) return word;
    for (gsize i = 0; i < G_N_ELEMENTS(zero); i++)
        if (g_ascii_strcasecmp(word, zero[i]) == 0) return "+0000";
    return "";
}

/* A date in the order day, month, year, time, zone, with or without a day of the week; NULL if it is none. */
static char *date_from(const char *text)
{
    g_autofree char *spaced = g_strdup(text);
    for (char *p = spaced; *p; p++)
        if (strchr("\",", *p) || (*p == '-' && p > spaced && g_ascii_isalnum(p[-1]))) *p = ' ';
    g_auto(GStrv) split = g_strsplit_set(spaced, " :", -1);
    const char *words[16] = {0};
    guint count = 0;
    for (guint i = 0; split[i] && count < G_N_ELEMENTS(words) - 2; i++)
        if (*split[i]) words[count++] = split[i];
    guint day = count > 0 && g_ascii_isalpha(*words[0]) ? 1 : 0;
    if (count < day + 6) return NULL;
    const char *const *w = words + day;
    int month = month_of(w[1]);
    const char *zone = zone_of(w[6] ? w[6] : "");
    if (month < 0 || !*zone || !is_number(w[0], 1, 2) || !is_number(w[2], 4, 4)) return NULL;
    for (guint i = 3; i < 6; i++)
        if (!is_number(w[i], 1, 2)) return NULL;
    return g_strdup_printf("\"%02u-%.3s-%s %02u:%02u:%02u %s\"", (guint)g_ascii_strtoull(w[0], NULL, 10),
                           months + (gsize)month * 3, w[2], (guint)g_ascii_strtoull(w[3], NULL, 10),
                           (guint)g_ascii_strtoull(w[4], NULL, 10), (guint)g_ascii_strtoull(w[5], NULL, 10),
                           zone);
}

/* --- lines ------------------------------------------------------------------------------------ */

static void mend_date(GString *line, gsize from)
{
    gsize item = find(line, from, "INTERNALDATE ");
    if (item == line->len) return;
    gsize at = after_word(line, item), end = end_of_value(line, at);
    if (end == line->len) return; /* a quote that does not end */
    if (end > at + 2 && is_date(line->str + at + 1, end - at - 2)) return;
    g_autofree char *said = g_strndup(line->str + at, end - at);
    g_autofree char *date = *said == '"' ? date_from(said) : NULL;
    if (date)
        put(line, at, end, date);
    else
        put(line, item, end, "FLAGS ()"); /* an item that says nothing */
}

/* Whether the line ends in "{digits}". */
static gboolean announces(const GString *line, gsize end)
{
    gsize at = end > 0 && line->str[end - 1] == '}' ? end - 1 : 0, last = at;
    while (at > 0 && g_ascii_isdigit(line->str[at - 1])) at--;
    return at > 0 && at < last && line->str[at - 1] == '{';
}

/* "~{5}" (RFC 3516) is for what holds NULs, and libetpan knows none; the bytes that follow are the same. */
static void mend_literal(GString *line)
{
    gsize end = strcspn(line->str, "\r\n");
    const char *open = announces(line, end) ? strrchr(line->str, '{') : NULL;
    if (open && open[-1] == '~') g_string_erase(line, open - 1 - line->str, 1);
}

static void mend_fetch(GString *line, gsize at)
{
    mend_date(line, at);
    mend_literal(line);
    gsize item = find(line, at, "RFC822.SIZE ");
    gsize size = after_word(line, item), end = end_of_value(line, size);
    if (item < line->len && end < line->len && !g_ascii_isdigit(line->str[size])) put(line, size, end, "0");
    gsize peek = find(line, at, "BODY.PEEK[");
    if (peek < line->len) g_string_erase(line, (gssize)peek + 4, 5);
}

/* --- folders ---------------------------------------------------------------------------------- */

/* What may stand in an atom, or in the name of a folder without quotes, as libetpan reads them. */
static gboolean is_atom(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if ((guchar)text[i] <= ' ' || strchr("(){%*\"\\", text[i])) return FALSE;
    return length > 0;
}

/* The words between the parentheses that are flags, with one space between them; each with this in front,
 * which some leave away. */
static char *flags_from(const char *text, gsize length, const char *mark)
{
    GString *flags = g_string_new("(");
    g_autofree char *all = g_strndup(text, length);
    g_auto(GStrv) words = g_strsplit(all, " ", -1);
    for (guint i = 0; words[i]; i++) {
        const char *name = words[i] + (*words[i] == '\\');
        if (is_atom(name, strlen(name)))
            g_string_append_printf(flags, "%s%s%s", flags->len > 1 ? " " : "", mark, *mark ? name : words[i]);
    }
    g_string_append_c(flags, ')');
    return g_string_free(flags, FALSE);
}

/* One character in quotes; what is none, or several, is taken for no hierarchy. */
static char *delimiter_from(const char *text, gsize length)
{
    gboolean is_quoted = length >= 3 && *text == '"';
    const char *inner = is_quoted ? text + 1 : text;
    gsize left = is_quoted ? length - 2 : length;
    if (left == 2 && *inner == '\\' && strchr("\"\\", inner[1])) return g_strdup_printf("\"\\%c\"", inner[1]);
    return left == 1 && *inner != '"' && *inner != '\\' ? g_strdup_printf("\"%c\"", *inner) : g_strdup("NIL");
}

/* Some leave the quotes away, whatever people call their folders; and some say more behind the name (RFC
 * 5258). NULL if there is none, or its quote does not end. */
static char *name_from(const char *text, gsize length)
{
    g_autofree char *rest = g_strndup(text, length);
    const char *more = strstr(rest, " (\"");
    gsize size = more ? (gsize)(more - rest) : length;
    if (*rest == '"') {
        g_autoptr (GString) whole = g_string_new(rest);
        size = end_of_value(whole, 0);
        return size >= 2 && rest[size - 1] == '"' ? g_strndup(rest, size) : NULL;
    }
    if (size == 0 || is_atom(rest, size)) return size == 0 ? NULL : g_strndup(rest, size);
    GString *quoted = g_string_new("\"");
    for (gsize i = 0; i < size; i++) {
        if (rest[i] == '"' || rest[i] == '\\') g_string_append_c(quoted, '\\');
        g_string_append_c(quoted, rest[i]);
    }
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

/* One folder that cannot be read must not hide all others, and with them the mailbox. */
static void mend_list(GString *line, gsize at)
{
    const char *close = line->str[at] == '(' ? strchr(line->str + at, ')') : NULL;
    if (announces(line, strcspn(line->str, "\r\n"))) return; /* the name is a literal */
    gsize delimiter = close ? (gsize)(close - line->str) + 1 : line->len;
    while (line->str[delimiter] == ' ') delimiter++;
    gsize end = end_of_value(line, delimiter), name = end;
    while (line->str[name] == ' ') name++;
    gsize length = strcspn(line->str + name, "\r\n");
    g_autofree char *named = name_from(line->str + name, length);
    if (!close || !named) {
        put(line, 0, line->len, "* OK -\r\n");
        return;
    }
    g_autofree char *flags = flags_from(line->str + at + 1, (gsize)(close - line->str) - at - 1, "\\");
    g_autofree char *divides = delimiter_from(line->str + delimiter, end - delimiter);
    g_autofree char *whole = g_strdup_printf("%s %s %s\r\n", flags, divides, named);
    put(line, at, line->len, whole);
}

/* What is no word of RFC 3501 is no capability that we know. */
static void mend_capability(GString *line, gsize at)
{
    gsize length = strcspn(line->str + at, "\r\n");
    g_autofree char *flags = flags_from(line->str + at, length, "");
    g_autofree char *whole = g_strdup_printf("%.*s\r\n", (int)strlen(flags) - 2, flags + 1);
    put(line, at, line->len, whole);
}

/* --- states ----------------------------------------------------------------------------------- */

/* Spaces before the line end say nothing. */
static void trim(GString *line)
{
    gsize end = line->len;
    while (end > 0 && strchr("\r\n", line->str[end - 1])) end--;
    gsize text = end;
    while (text > 0 && line->str[text - 1] == ' ') text--;
    if (text < end) g_string_erase(line, (gssize)text, (gssize)(end - text));
}

/* Of what nobody asked for only these codes are read; in others there may be anything. */
static gboolean is_known(const GString *line, gsize code)
{
    return says(line, code, "[UIDVALIDITY") || says(line, code, "[UIDNEXT");
}

/* libetpan wants a text, and dies of an [ALERT] that has none. */
static void mend_state(GString *line, gsize at)
{
    static const char *const states[] = {"OK", "NO", "BAD", "PREAUTH"};
    gboolean is_state = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) is_state |= says(line, at, states[i]);
    if (!is_state) return;
    gsize text = after_word(line, at);
    if (*line->str == '*' && line->str[text] == '[' && !is_known(line, text)) {
        put(line, text, line->len, "-\r\n");
        return;
    }
    char *close = line->str[text] == '[' ? strchr(line->str + text, ']') : NULL;
    if (close && *line->str != '*' && !says(line, at, "OK")) {
        /* libetpan would take it away, and often nothing else says why: (OVERQUOTA) is text. */
        line->str[text] = '(';
        *close = ')';
        return;
    }
    if (close) text = (gsize)(close - line->str) + 1;
    gsize end = strcspn(line->str, "\r\n");
    if (text >= end) put(line, end, line->len, " -\r\n");
}

void imap_mend_line(GString *line)
{
    if (line->len == 0 || *line->str == '+') return;
    trim(line);
    gsize word = after_word(line, 0);
    mend_state(line, word);
    if (*line->str != '*') return;
    gsize kind = g_ascii_isdigit(line->str[word]) ? after_word(line, word) : word;
    if (says(line, kind, "FETCH"))
        mend_fetch(line, after_word(line, kind));
    else if (says(line, kind, "LIST"))
        mend_list(line, after_word(line, kind));
    else if (says(line, kind, "CAPABILITY"))
        mend_capability(line, after_word(line, kind));
}
