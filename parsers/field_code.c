/* Fields of word processors: which are open, and what their codes show. */
#include "parsers/field_code.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/symbols.h"

#define CODE_BYTES_MAX 400   /* of a field's code that are kept */
#define CODES_MAX      65536 /* of all that are open */
#define DEPTH_MAX      1000  /* fields in fields */

typedef struct Field {
    gboolean code; /* its code is being read, not its result */
    gsize begin;   /* of its code in FieldStack.codes */
    guint64 puts;  /* at the beginning of its result */
} Field;

void field_stack_init(FieldStack *fields)
{
    *fields = (FieldStack){.open = g_array_new(FALSE, FALSE, sizeof(Field)), .codes = g_string_new(NULL)};
}

void field_stack_clear(FieldStack *fields)
{
    g_array_free(fields->open, TRUE);
    g_string_free(fields->codes, TRUE);
}

static Field *innermost(const FieldStack *fields)
{
    guint n = fields->open->len;
    return n > 0 && fields->beyond == 0 ? &g_array_index(fields->open, Field, n - 1) : NULL;
}

void field_begin(FieldStack *fields)
{
    const Field field = {.code = TRUE, .begin = fields->codes->len};
    if (fields->open->len >= DEPTH_MAX) {
        fields->beyond++;
        return;
    }
    g_array_append_val(fields->open, field);
    fields->in_code++;
}

void field_code(FieldStack *fields, const char *text, gsize length)
{
    const Field *field = innermost(fields);
    if (!field || !field->code) return;
    if (fields->codes->len - field->begin + length <= CODE_BYTES_MAX &&
        fields->codes->len + length <= CODES_MAX)
        g_string_append_len(fields->codes, text, (gssize)length);
}

void field_result(FieldStack *fields, guint64 puts)
{
    Field *field = innermost(fields);
    if (!field || !field->code) return;
    field->code = FALSE;
    field->puts = puts;
    fields->in_code--;
}

char *field_end(FieldStack *fields, guint64 puts)
{
    Field *field = innermost(fields);
    if (fields->beyond > 0) fields->beyond--;
    if (!field) return NULL;
    gboolean nothing = field->code || field->puts == puts;
    fields->in_code -= field->code;
    gsize begin = field->begin;
    g_array_set_size(fields->open, fields->open->len - 1);
    char *text = nothing && fields->in_code == 0 ? field_code_text(fields->codes->str + begin) : NULL;
    g_string_truncate(fields->codes, begin);
    return text;
}

/* --- what codes show -------------------------------------------------------------------------- */

/* The last argument of the first list in parentheses: EQ \o(○,1), EQ \o\ad(\s\up 9(pin),拼). What stands
 * before it lies over it. */
static char *overstrike(const char *code)
{
    const char *open = strstr(code, "\\o");
    open = open ? strchr(open, '(') : NULL;
    if (!open) return NULL;
    const char *begin = open + 1, *p = begin;
    for (int depth = 1; *p; p++) {
        if (*p == '\\' && p[1]) {
            p++;
        } else if (*p == '(') {
            depth++;
        } else if (*p == ')' && --depth == 0) {
            break;
        } else if ((*p == ',' || *p == ';') && depth == 1) {
            begin = p + 1;
        }
    }
    return g_strndup(begin, (gsize)(p - begin));
}

/* SYMBOL 82 \f "Wingdings 2" \s 12 */
static char *symbol(const char *code)
{
    guint number = (guint)strtoul(code, NULL, 0);
    const char *option = strstr(code, "\\f");
    g_autofree char *font = g_strdup(option ? option + 2 : "");
    g_strchug(g_strdelimit(font, "\"", ' '));
    const char *text = symbol_text(font, number);
    if (text) return g_strdup(text);
    char plain[8] = "";
    if (!*font && number >= ' ' && number < 0x7F) plain[0] = (char)number;
    return *plain ? g_strdup(plain) : NULL;
}

/* MACROBUTTON Name text to click on */
static char *button(const char *code)
{
    const char *text = code + strcspn(code, " ");
    return g_strstrip(g_strdup(text));
}

char *field_code_text(const char *code)
{
    static const struct {
        const char *name;
        char *(*text)(const char *code);
    } kinds[] = {{"EQ ", overstrike}, {"SYMBOL ", symbol}, {"MACROBUTTON ", button}};
    code += strspn(code, " ");
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        gsize length = strlen(kinds[i].name);
        if (g_ascii_strncasecmp(code, kinds[i].name, length) != 0) continue;
        code += length;
        return kinds[i].text(code + strspn(code, " "));
    }
    return NULL;
}
