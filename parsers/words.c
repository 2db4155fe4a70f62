/* words.c - RFC 2047 encoded words, and the raw bytes between them. */
#include "parsers/words.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/limits.h"

#define ROUNDS 3 /* encoded words in encoded words: mailing lists and web forms encode twice */

typedef struct Word {
    const char *charset; /* in the header, not terminated */
    gsize charset_length;
    char encoding;    /* 'B' or 'Q' */
    const char *text; /* still encoded */
    gsize length;
    const char *end; /* after the word */
} Word;

/* --- finding words ---------------------------------------------------------------------------- */

/* "=?charset*language?B?" at p; fills charset, encoding and text. */
static gboolean word_opens(const char *p, Word *word)
{
    if (p[0] != '=' || p[1] != '?') return FALSE;
    word->charset = p + 2;
    gsize length = strcspn(word->charset, "? \t\r\n=");
    const char *mark = word->charset + length;
    if (*mark != '?' || length > 60) return FALSE;
    word->charset_length = strcspn(word->charset, "*?");
    word->encoding = g_ascii_toupper(mark[1]);
    if ((word->encoding != 'B' && word->encoding != 'Q') || mark[2] != '?') return FALSE;
    word->text = mark + 3;
    return TRUE;
}

/* A word ends at "?=". One that was cut off ends where the next one opens, or with the header if all that
 * follows is base64: half a subject is better than none. */
static gboolean word_at(const char *p, Word *word)
{
    if (!word_opens(p, word)) return FALSE;
    Word next;
    for (const char *q = word->text; *q; q++) {
        if (q[0] == '?' && q[1] == '=') {
            word->length = (gsize)(q - word->text);
            word->end = q + 2;
            return TRUE;
        }
        if (q[0] == '=' && q[1] == '?' && word_opens(q, &next)) {
            word->length = (gsize)(q - word->text);
            word->end = q;
            return TRUE;
        }
    }
    gsize rest = strspn(word->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
    if (word->encoding != 'B' || rest < 4 || word->text[rest + strspn(word->text + rest, " \t\r\n?")])
        return FALSE;
    word->length = rest;
    word->end = word->text + strlen(word->text);
    return TRUE;
}

gboolean words_encoded(const char *text)
{
    Word word;
    for (const char *p = strstr(text, "=?"); p; p = strstr(p + 2, "=?"))
        if (word_at(p, &word)) return TRUE;
    return FALSE;
}

/* --- decoding their bytes --------------------------------------------------------------------- */

typedef struct Base64 {
    guint32 bits;
    guint count;      /* characters in the open group: 0 to 3 */
    gboolean crooked; /* a group was closed with bits left over: it was not meant to end there */
} Base64;

static void base64_close(Base64 *state, GString *out)
{
    if (state->count == 1) state->crooked = TRUE;
    if (state->count == 2) {
        g_string_append_c(out, (char)(state->bits >> 4));
        state->crooked |= (state->bits & 0xf) != 0;
    }
    if (state->count == 3) {
        g_string_append_c(out, (char)(state->bits >> 10));
        g_string_append_c(out, (char)(state->bits >> 2));
        state->crooked |= (state->bits & 0x3) != 0;
    }
    state->bits = 0;
    state->count = 0;
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* '=' closes a group wherever it stands; anything else that is no base64 is skipped. */
static void base64_add(Base64 *state, const char *text, gsize length, GString *out)
{
    for (gsize i = 0; i < length; i++) {
        if (text[i] == '=') base64_close(state, out);
        int value = base64_value(text[i]);
        if (value < 0) continue;
        state->bits = state->bits << 6 | (guint32)value;
        if (++state->count < 4) continue;
        for (int shift = 16; shift >= 0; shift -= 8) g_string_append_c(out, (char)(state->bits >> shift));
        state->bits = 0;
        state->count = 0;
    }
}

static void quoted_add(const char *text, gsize length, GString *out)
{
    for (gsize i = 0; i < length; i++) {
        if (text[i] == '=' && i + 2 < length && g_ascii_isxdigit(text[i + 1]) &&
            g_ascii_isxdigit(text[i + 2])) {
            g_string_append_c(
                out, (char)(g_ascii_xdigit_value(text[i + 1]) << 4 | g_ascii_xdigit_value(text[i + 2])));
            i += 2;
        } else if (text[i] != '\r' && text[i] != '\n') {
            g_string_append_c(out, text[i] == '_' ? ' ' : text[i]);
        }
    }
}

/* The bytes of a run of words of one charset. With `stream` the base64 of all words is one stream (a group
 * may be cut between words), without, each word stands alone as RFC 2047 wants. *crooked: groups were cut. */
static GString *run_bytes(const GArray *run, gboolean stream, gboolean *crooked)
{
    GString *bytes = g_string_new(NULL);
    Base64 state = {0, 0, FALSE};
    for (guint i = 0; i < run->len; i++) {
        const Word *word = &g_array_index(run, Word, i);
        if (word->encoding == 'B') base64_add(&state, word->text, word->length, bytes);
        if (word->encoding == 'Q' || !stream) base64_close(&state, bytes);
        if (word->encoding == 'Q') quoted_add(word->text, word->length, bytes);
    }
    base64_close(&state, bytes);
    *crooked = state.crooked;
    return bytes;
}

static char *run_decode(const GArray *run)
{
    const Word *first = &g_array_index(run, Word, 0);
    g_autofree char *charset = g_strndup(first->charset, first->charset_length);
    gboolean crooked = FALSE, exact = TRUE, stream_crooked = FALSE, stream_exact = TRUE;
    g_autoptr (GString) bytes = run_bytes(run, FALSE, &crooked);
    char *text = charset_to_utf8(bytes->str, bytes->len, charset, &exact);
    if (run->len == 1 || (!crooked && exact)) return text;

    g_autoptr (GString) joined = run_bytes(run, TRUE, &stream_crooked);
    g_autofree char *other = charset_to_utf8(joined->str, joined->len, charset, &stream_exact);
    if (stream_exact > exact || (stream_exact == exact && crooked && !stream_crooked))
        return g_free(text), g_steal_pointer(&other);
    return text;
}

/* --- headers ---------------------------------------------------------------------------------- */

static void one_line(char *text)
{
    for (char *p = text; *p; p++)
        if ((guchar)*p < 0x20 || *p == 0x7f) *p = ' ';
    g_strstrip(text);
}

static void add_raw(GString *out, const char *bytes, gsize length)
{
    g_autofree char *text = charset_to_utf8(bytes, length, NULL, NULL);
    g_string_append(out, text);
}

/* --- raw bytes that were folded inside a character ------------------------------------------------ */

/* Whether the byte may be the second of a character of GBK or Big5. */
static gboolean is_trail(guchar c)
{
    return c >= 0x40 && c != 0x7F && c != 0xFF;
}

/* How many bytes of the character of UTF-8 that the text before `p` ends with are missing; 0 if none. */
static gsize missing_utf8(const char *line, const char *p)
{
    for (gsize have = 1; have <= 3 && p - (gssize)have >= line; have++) {
        const guchar c = (guchar)p[-(gssize)have];
        const gsize length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 0;
        if (c < 0xC0 && c >= 0x80) continue;
        return length > have ? length - have : 0;
    }
    return 0;
}

/* The white space at these places goes if it stands in a character of UTF-8. NULL if the line is none then.
 */
static char *mended_utf8(const char *line, const GArray *folds)
{
    g_autoptr (GString) out = g_string_sized_new(strlen(line) + 1);
    const char *p = line;
    for (guint i = 0; i < folds->len; i++) {
        const char *fold = line + g_array_index(folds, gsize, i), *next = fold + strspn(fold, " \t");
        g_string_append_len(out, p, fold - p);
        const gsize missing = missing_utf8(out->str, out->str + out->len);
        p = missing > 0 && ((guchar)*next & 0xC0) == 0x80 ? next : fold;
    }
    g_string_append(out, p);
    return g_utf8_validate(out->str, (gssize)out->len, NULL) ? g_string_free(g_steal_pointer(&out), FALSE)
                                                             : NULL;
}

/* The same for the charsets of two bytes a character, GB18030's four included. A second byte below 0xA1 is no
 * proof: the line must have such characters before. */
static char *mended_pairs(const char *line, const GArray *folds)
{
    GString *out = g_string_sized_new(strlen(line) + 1);
    gboolean wide = FALSE;
    guint i = 0;
    for (const char *p = line; *p;) {
        const char *next = p + 1;
        while (i < folds->len && line + g_array_index(folds, gsize, i) <= p) i++;
        const gboolean lead = (guchar)*p > 0x80 && (guchar)*p < 0xFF,
                       folded = lead && i < folds->len && line + g_array_index(folds, gsize, i) == next;
        g_string_append_c(out, *p++);
        if (folded) {
            next += strspn(next, " \t");
            if (is_trail((guchar)*next) && ((guchar)*next > 0xA0 || wide)) p = next;
        }
        if (!lead || !is_trail((guchar)*p)) continue;
        wide |= (guchar)*p > 0xA0;
        g_string_append_c(out, *p++);
    }
    return g_string_free(out, FALSE);
}

/* Takes the line. `folds`: where white space follows that stood behind a line end and before it a byte that
 * is no ASCII; NULL: nowhere. */
static char *mended(char *line, GArray *folds)
{
    if (!folds) return line;
    char *text = mended_utf8(line, folds);
    if (!text) text = mended_pairs(line, folds);
    g_array_unref(folds);
    g_free(line);
    return text;
}

static void note_fold(GArray **folds, const char *line, gsize n)
{
    if (n == 0 || (guchar)line[n - 1] < 0x80) return;
    if (!*folds) *folds = g_array_new(FALSE, FALSE, sizeof n);
    g_array_append_val(*folds, n);
}

/* The raw value on one line, byte for byte: line ends of folding vanish, the white space after them stays,
 * but where it was put into a character. */
static char *joined(const char *raw)
{
    gsize length = strnlen(raw, LIMIT_HEADER_BYTES), n = 0;
    char *line = g_malloc(length + 1);
    GArray *folds = NULL;
    for (const char *end = raw + length; raw < end;) {
        const char *newline = memchr(raw, '\n', (gsize)(end - raw));
        for (const char *stop = newline ? newline : end; raw < stop;) {
            const char *cr = memchr(raw, '\r', (gsize)(stop - raw));
            gsize plain = (gsize)((cr ? cr : stop) - raw);
            memcpy(line + n, raw, plain);
            n += plain;
            raw += plain + (cr != NULL);
        }
        raw += newline != NULL;
        if (newline) note_fold(&folds, line, n);
    }
    line[n] = '\0';
    return mended(line, folds);
}

static gboolean same_charset(const Word *a, const Word *b)
{
    if (a->charset_length == b->charset_length &&
        g_ascii_strncasecmp(a->charset, b->charset, a->charset_length) == 0)
        return TRUE;
    g_autofree char *label = g_strndup(a->charset, a->charset_length);
    g_autofree char *other = g_strndup(b->charset, b->charset_length);
    return charset_same(label, other);
}

static char *decode_once(const char *line)
{
    GString *out = g_string_new(NULL);
    g_autoptr (GArray) run = g_array_new(FALSE, FALSE, sizeof(Word));
    const char *p = line, *plain = line; /* `plain`: text not yet written */
    while (*p) {
        Word word;
        if (!word_at(p, &word)) {
            p++;
            continue;
        }
        g_array_set_size(run, 0);
        g_array_append_val(run, word);
        add_raw(out, plain, (gsize)(p - plain));
        const char *next = word.end + strspn(word.end, " \t");
        Word following;
        while (word_at(next, &following) && same_charset(&word, &following)) {
            g_array_append_val(run, following);
            next = following.end + strspn(following.end, " \t");
        }
        g_autofree char *text = run_decode(run);
        g_string_append(out, text);
        const char *end = g_array_index(run, Word, run->len - 1).end;
        p = plain = word_at(next, &following) ? next : end;
    }
    add_raw(out, plain, (gsize)(p - plain));
    return g_string_free(out, FALSE);
}

char *words_decode(const char *raw)
{
    if (!raw || !*raw) return g_strdup("");
    char *text = joined(raw);
    gboolean more = strstr(text, "=?") || strstr(text, "~{") || !g_str_is_ascii(text);
    for (guint round = 0; more && round < ROUNDS; round++) {
        char *decoded = decode_once(text);
        more = words_encoded(decoded);
        g_free(text);
        text = decoded;
    }
    one_line(text);
    return text;
}

char *words_unfold(const char *raw)
{
    if (!raw || !*raw) return g_strdup("");
    char *line = joined(raw);
    if (!g_str_is_ascii(line)) {
        char *text = charset_to_utf8(line, strlen(line), NULL, NULL);
        g_free(line);
        line = text;
    }
    one_line(line);
    return line;
}

char *words_percent(const char *text, gsize *length)
{
    GString *bytes = g_string_new(NULL);
    for (const char *p = text; *p; p++) {
        if (*p == '%' && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
            g_string_append_c(bytes, (char)(g_ascii_xdigit_value(p[1]) << 4 | g_ascii_xdigit_value(p[2])));
            p += 2;
        } else {
            g_string_append_c(bytes, *p);
        }
    }
    if (length) *length = bytes->len;
    return g_string_free(bytes, FALSE);
}
