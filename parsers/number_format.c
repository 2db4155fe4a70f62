#include "parsers/number_format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/number_parts.h"

#define CODE_MAX        1024 /* bytes of a code that is looked at: Excel allows 255 characters */
#define SECTIONS        4
#define DENOMINATOR_MAX 9999999

/* --- numbers ---------------------------------------------------------------------------------- */

/* How the digits of a section lie: before the point, behind it, in the exponent. */
typedef struct Shape {
    int whole, fraction, exponent; /* placeholders */
    int percent, thousand;         /* how often */
    gboolean grouped;              /* 1,234 */
    gboolean point, scientific, general;
    guint slash; /* index of the part, 0 if none */
} Shape;

static const Part *part_at(const Section *section, guint i)
{
    return i < section->parts->len ? &g_array_index(section->parts, Part, i) : NULL;
}

static Shape shape_of(const Section *section)
{
    Shape shape = {0};
    int commas = 0;
    for (guint i = 0; i < section->parts->len; i++) {
        const Part *part = part_at(section, i);
        switch (part->kind) {
        case PART_DIGIT:
            if (commas > 0 && !shape.point && !shape.scientific) shape.grouped = TRUE;
            commas = 0;
            (*(shape.scientific ? &shape.exponent : shape.point ? &shape.fraction : &shape.whole))++;
            break;
        case PART_COMMA:
            if (shape.whole + shape.fraction > 0) commas++;
            break;
        case PART_POINT:
            if (!shape.point) shape.thousand += commas;
            commas = 0;
            shape.point = TRUE;
            break;
        case PART_PERCENT: shape.percent++; break;
        case PART_EXPONENT: shape.scientific = TRUE; break;
        case PART_GENERAL: shape.general = TRUE; break;
        case PART_SLASH:
            if (!shape.slash && shape.whole > 0) shape.slash = i;
            break;
        default: break;
        }
    }
    shape.thousand += commas;
    return shape;
}

static void put_digit(const Section *section, char digit, GString *out)
{
    numeral_digit(digit, section->numerals, out);
}

/* What stands for a zero that nothing asks for. */
static void put_blank(const Section *section, char placeholder, GString *out)
{
    if (placeholder == '0') put_digit(section, '0', out);
    if (placeholder == '?') g_string_append_c(out, ' ');
}

/* The digit of the whole part at `position`, and its comma. */
static void put_whole_digit(const Section *section, const Shape *shape, const Decimal *number, int position,
                            char placeholder, GString *out)
{
    gboolean blank = position >= number->point;
    if (blank)
        put_blank(section, placeholder, out);
    else
        put_digit(section, decimal_digit(number, position), out);
    if (shape->grouped && position > 0 && position % 3 == 0 && (!blank || placeholder == '0'))
        g_string_append_c(out, ',');
}

/* Digits of a section, one placeholder after the other. */
typedef struct Filling {
    const Section *section;
    const Shape *shape;
    Decimal number;
    char exponent[16];
    gboolean exponent_negative;
    int whole, fraction, exponents; /* placeholders passed */
    gboolean behind_point, behind_exponent;
    GString *out;
} Filling;

static void fill_whole(Filling *filling, char placeholder)
{
    int position = filling->shape->whole - 1 - filling->whole;
    if (filling->whole++ == 0) /* the first takes all digits that are too many */
        for (int i = filling->number.point - 1; i > position; i--)
            put_whole_digit(filling->section, filling->shape, &filling->number, i, placeholder, filling->out);
    put_whole_digit(filling->section, filling->shape, &filling->number, position, placeholder, filling->out);
}

static void fill_fraction(Filling *filling, char placeholder)
{
    const Decimal *number = &filling->number;
    int position = -1 - filling->fraction++;
    if (number->n == 0 || position < number->point - number->n)
        put_blank(filling->section, placeholder, filling->out);
    else
        put_digit(filling->section, decimal_digit(number, position), filling->out);
}

static void fill_exponent(Filling *filling, char placeholder)
{
    int length = (int)strlen(filling->exponent), places = filling->shape->exponent;
    int at = length - places + filling->exponents;
    if (filling->exponents++ == 0)
        for (int i = 0; i < at; i++) put_digit(filling->section, filling->exponent[i], filling->out);
    if (at < 0)
        put_blank(filling->section, placeholder, filling->out);
    else
        put_digit(filling->section, filling->exponent[at], filling->out);
}

static void fill_digit(Filling *filling, char placeholder)
{
    if (filling->behind_exponent)
        fill_exponent(filling, placeholder);
    else if (filling->behind_point)
        fill_fraction(filling, placeholder);
    else
        fill_whole(filling, placeholder);
}

/* General inside of other text: [DBNum1]General, "约"General */
static void put_general(const Section *section, const Decimal *number, GString *out)
{
    if (section->numerals == 0 || number->point > 15 || number->point < -8) {
        Decimal positive = *number;
        positive.negative = FALSE;
        decimal_general(positive, out);
        return;
    }
    char whole[20];
    int n = 0;
    for (int i = number->point - 1; i >= 0; i--) whole[n++] = decimal_digit(number, i);
    whole[n] = '\0';
    numeral_places(n > 0 ? whole : "0", section->numerals, FALSE, out);
    if (number->n > MAX(number->point, 0)) g_string_append_c(out, '.');
    for (int i = -1; i >= number->point - number->n; i--) put_digit(section, decimal_digit(number, i), out);
}

static void fill(Filling *filling)
{
    for (guint i = 0; i < filling->section->parts->len; i++) {
        const Part *part = part_at(filling->section, i);
        switch (part->kind) {
        case PART_DIGIT: fill_digit(filling, part->letter); break;
        case PART_LITERAL: g_string_append_len(filling->out, part->text, (gssize)part->length); break;
        case PART_PERCENT: g_string_append_c(filling->out, '%'); break;
        case PART_SLASH: g_string_append_c(filling->out, '/'); break;
        case PART_GENERAL:
        case PART_TEXT: put_general(filling->section, &filling->number, filling->out); break;
        case PART_POINT:
            if (filling->shape->whole == 0 && !filling->behind_point && filling->number.point > 0)
                for (int k = filling->number.point - 1; k >= 0; k--) /* ".00" of 12.5 */
                    put_digit(filling->section, decimal_digit(&filling->number, k), filling->out);
            g_string_append_c(filling->out, '.');
            filling->behind_point = TRUE;
            break;
        case PART_EXPONENT:
            g_string_append_c(filling->out, 'E');
            if (filling->exponent_negative || part->letter == '+')
                g_string_append_c(filling->out, filling->exponent_negative ? '-' : '+');
            filling->behind_exponent = TRUE;
            break;
        default: break;
        }
    }
}

/* So that as many digits stand before the point as there are placeholders; more than one make the exponent a
 * multiple of their number. */
static void split_exponent(Filling *filling)
{
    Decimal *number = &filling->number;
    int step = MAX(filling->shape->whole, 1), exponent = 0;
    for (int pass = 0; pass < 2 && number->n > 0; pass++) { /* rounding 9.99 up may need another */
        int all = exponent + number->point - 1;
        exponent = (all >= 0 ? all / step : -((-all + step - 1) / step)) * step;
        number->point = all + 1 - exponent;
        decimal_round(number, filling->shape->fraction);
        if (number->n > 0 && number->point <= step) break;
    }
    filling->exponent_negative = exponent < 0;
    g_snprintf(filling->exponent, sizeof filling->exponent, "%d", abs(exponent));
}

/* --- fractions -------------------------------------------------------------------------------- */

/* The fraction nearest to value (from 0 to 1) by continued fractions. */
static void nearest_fraction(double value, guint64 largest, guint64 *over, guint64 *under)
{
    guint64 p0 = 0, q0 = 1, p1 = 1, q1 = 0;
    double rest = value;
    for (int i = 0; i < 40; i++) {
        if (rest > DENOMINATOR_MAX) break;
        double whole = (double)(guint64)rest;
        guint64 a = (guint64)whole, p2 = a * p1 + p0, q2 = a * q1 + q0;
        if (q2 > largest) break;
        p0 = p1, q0 = q1, p1 = p2, q1 = q2;
        if (rest - whole < 1e-9) break;
        rest = 1 / (rest - whole);
    }
    *over = p1;
    *under = MAX(q1, 1);
}

static void put_padded(guint64 number, gsize width, gboolean left, GString *out)
{
    char text[24];
    g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, number);
    gsize length = strlen(text), blank = width > length ? width - length : 0;
    for (gsize i = 0; i < blank && !left; i++) g_string_append_c(out, ' ');
    g_string_append(out, text);
    for (gsize i = 0; i < blank && left; i++) g_string_append_c(out, ' ');
}

/* The denominator that a code asks for: "16" in "# ?/16" (0 if it is to be found), and how many digits. */
static guint64 asked_denominator(const Section *section, guint slash, int *digits, guint *end)
{
    guint64 fixed = 0;
    guint i = slash + 1;
    for (*digits = 0; part_at(section, i) && *digits < 7; i++) {
        const Part *part = part_at(section, i);
        gboolean figure = part->kind == PART_LITERAL && part->length == 1 && g_ascii_isdigit(*part->text);
        if (part->kind != PART_DIGIT && !figure) break;
        if (figure || fixed > 0) fixed = fixed * 10 + (guint64)(figure ? *part->text - '0' : 0);
        (*digits)++;
    }
    *end = i;
    return fixed;
}

/* "# ?/?", "?/?": whole number, numerator, denominator. Literals before and behind are kept. */
static gboolean render_fraction(const Section *section, const Shape *shape, double value, GString *out)
{
    int digits, numerators = 0;
    guint end, begin = shape->slash;
    guint64 fixed = asked_denominator(section, shape->slash, &digits, &end), over, under, largest = 9;
    while (begin > 0 && part_at(section, begin - 1)->kind == PART_DIGIT) begin--, numerators++;
    gboolean mixed = shape->whole > numerators + (fixed ? 0 : digits);
    if (digits == 0 || numerators == 0 || value > 1e15) return FALSE;
    for (int i = 1; i < digits; i++) largest = largest * 10 + 9;
    double whole = (double)(guint64)value, rest = mixed ? value - whole : value;
    if (fixed)
        over = (guint64)(rest * (double)fixed + 0.5), under = fixed;
    else
        nearest_fraction(rest, largest, &over, &under);
    if (mixed && over >= under) whole += 1, over -= under;
    gboolean put_whole = FALSE;
    for (guint i = 0; i < section->parts->len; i++) {
        const Part *part = part_at(section, i);
        if (i == begin) {
            if (mixed && over == 0 && whole > 0) return TRUE;
            put_padded(over, (gsize)numerators, FALSE, out);
            g_string_append_c(out, '/');
            put_padded(under, (gsize)digits, TRUE, out);
            i = end - 1;
        } else if (part->kind == PART_LITERAL) {
            g_string_append_len(out, part->text, (gssize)part->length);
        } else if (part->kind == PART_DIGIT && i < begin && !put_whole) {
            put_whole = TRUE;
            if (whole > 0 || part->letter == '0' || over == 0) g_string_append_printf(out, "%.0f", whole);
        }
    }
    return TRUE;
}

/* --- sections --------------------------------------------------------------------------------- */

typedef struct Code {
    Section sections[SECTIONS];
    guint n;
} Code;

/* Splits at ";" outside of quotes, escapes and brackets. */
static void code_init(Code *code, const char *text)
{
    const char *begin = text;
    code->n = 0;
    for (const char *p = text;; p++) {
        if (*p == '"' || *p == '[') {
            const char *close = strchr(p + 1, *p == '"' ? '"' : ']');
            if (close) p = close;
        } else if ((*p == '\\' || *p == '_' || *p == '*') && p[1]) {
            p++;
        } else if (*p == ';' || *p == '\0') {
            section_init(&code->sections[code->n++], begin, (gsize)(p - begin));
            begin = p + 1;
            if (*p == '\0' || code->n == SECTIONS) return;
        }
    }
}

static void code_clear(Code *code)
{
    for (guint i = 0; i < code->n; i++) section_clear(&code->sections[i]);
}

static gboolean fits(const Section *section, double value)
{
    switch (section->compare) {
    case '<': return value < section->limit;
    case 'l': return value <= section->limit;
    case '>': return value > section->limit;
    case 'g': return value >= section->limit;
    case '=': return !(value < section->limit || value > section->limit);
    case '!': return value < section->limit || value > section->limit;
    default: return TRUE;
    }
}

/* Whether the condition alone says that a number is negative: the section then shows it in its own way. */
static gboolean only_negative(const Section *section)
{
    return (section->compare == '<' || section->compare == 'l') &&
           !(section->limit < 0 || section->limit > 0);
}

/* With conditions: the first section that fits; one without, if it is the last, is for all others. */
static const Section *choose_by_condition(const Section *all, guint n, double value, gboolean *unsigned_)
{
    for (guint i = 0; i < n; i++) {
        const Section *section = &all[i];
        gboolean rest = i == n - 1 && !section->compare;
        if (!rest && !(section->compare ? fits(section, value) : i == 0 ? value > 0 : value < 0)) continue;
        *unsigned_ = only_negative(section);
        return section;
    }
    return NULL;
}

/* The section for a number; NULL if its conditions leave it out. *unsigned_ says that the section itself
 * shows that the number is negative. */
static const Section *choose(const Code *code, double value, gboolean *unsigned_)
{
    const Section *all = code->sections;
    guint n =
        MIN(code->n, SECTIONS - 1); /* the fourth is for text, and so is the last one if it has an "@" */
    *unsigned_ = FALSE;
    if (n > 1 && all[n - 1].text) n--;
    if (n == 1 || all[0].compare || all[1].compare) return choose_by_condition(all, n, value, unsigned_);
    *unsigned_ = value < 0;
    return &all[value < 0 ? 1 : n > 2 && !(value > 0) ? 2 : 0];
}

static gboolean render(const Section *section, double value, gboolean unsigned_, gboolean date1904,
                       GString *out)
{
    if (section->date) return number_date(value, section, date1904, out);
    const Shape shape = shape_of(section);
    Filling filling = {.section = section, .shape = &shape, .number = decimal_from(value), .out = out};
    gboolean negative = filling.number.negative && !unsigned_;
    filling.number.negative = FALSE;
    if (negative) g_string_append_c(out, '-');
    if (shape.slash && render_fraction(section, &shape, fabs(value), out)) return TRUE;
    if (filling.number.n > 0) filling.number.point += 2 * shape.percent - 3 * shape.thousand;
    if (shape.scientific)
        split_exponent(&filling);
    else if (shape.whole + shape.fraction > 0)
        decimal_round(&filling.number, shape.fraction);
    fill(&filling);
    return TRUE;
}

/* --- asking ----------------------------------------------------------------------------------- */

static gboolean is_general(const char *code)
{
    return !code || !*code || g_ascii_strcasecmp(code, "General") == 0 || strcmp(code, "G/通用格式") == 0 ||
           strcmp(code, "@") == 0 || strlen(code) > CODE_MAX;
}

static char *general(double value)
{
    GString *out = g_string_new(NULL);
    decimal_general(decimal_from(value), out);
    return g_string_free(out, FALSE);
}

char *number_format(double value, const char *format_code, gboolean date1904)
{
    if (!isfinite(value)) return g_strdup("#NUM!");
    if (is_general(format_code)) return general(value);
    g_autofree char *valid = g_utf8_make_valid(format_code, -1);
    Code code;
    code_init(&code, valid);
    gboolean unsigned_;
    const Section *section = choose(&code, value, &unsigned_);
    GString *out = g_string_new(NULL);
    gboolean good = section && render(section, value, unsigned_, date1904, out);
    code_clear(&code);
    if (good) return g_strstrip(g_string_free(out, FALSE));
    g_string_free(out, TRUE);
    return general(value);
}

char *number_format_text(const char *text, const char *format_code)
{
    if (is_general(format_code) || !strchr(format_code, '@')) return g_strdup(text);
    g_autofree char *valid = g_utf8_make_valid(format_code, -1);
    Code code;
    code_init(&code, valid);
    const Section *section = &code.sections[code.n - 1];
    GString *out = g_string_new(section->text ? NULL : text);
    for (guint i = 0; section->text && i < section->parts->len; i++) {
        const Part *part = part_at(section, i);
        if (part->kind == PART_TEXT)
            g_string_append(out, text);
        else if (part->kind == PART_LITERAL)
            g_string_append_len(out, part->text, (gssize)part->length);
    }
    code_clear(&code);
    return g_string_free(out, FALSE);
}
