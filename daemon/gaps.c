#include "daemon/gaps.h"

#include <string.h>

typedef struct Range {
    gint64 first, last;
} Range;

static GArray *parse(const char *gaps)
{
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(Range));
    g_auto(GStrv) words = g_strsplit(gaps ? gaps : "", ",", -1);
    for (guint i = 0; words[i]; i++) {
        char *end;
        Range range = {.first = g_ascii_strtoll(words[i], &end, 10)};
        range.last = *end == '-' ? g_ascii_strtoll(end + 1, NULL, 10) : range.first;
        if (range.first > 0 && range.last >= range.first) g_array_append_val(ranges, range);
    }
    return ranges;
}

static int by_first(gconstpointer a, gconstpointer b)
{
    gint64 x = ((const Range *)a)->first, y = ((const Range *)b)->first;
    return (x > y) - (x < y);
}

/* In order, and what touches joined. */
static char *text_of(GArray *ranges)
{
    GString *text = g_string_new(NULL);
    g_array_sort(ranges, by_first);
    for (guint i = 0; i < ranges->len;) {
        Range range = g_array_index(ranges, Range, i);
        for (i++; i < ranges->len && g_array_index(ranges, Range, i).first <= range.last + 1; i++)
            range.last = MAX(range.last, g_array_index(ranges, Range, i).last);
        if (text->len > 0) g_string_append(text, ", ");
        g_string_append_printf(text, "%" G_GINT64_FORMAT, range.first);
        if (range.last > range.first) g_string_append_printf(text, "-%" G_GINT64_FORMAT, range.last);
    }
    return g_string_free(text, text->len == 0);
}

char *gaps_with(const char *gaps, gint64 first, gint64 last)
{
    g_autoptr (GArray) ranges = parse(gaps);
    Range range = {first, last};
    if (last >= first) g_array_append_val(ranges, range);
    return text_of(ranges);
}

char *gaps_without(const char *gaps, gint64 number)
{
    g_autoptr (GArray) ranges = parse(gaps);
    for (guint i = ranges->len; i > 0; i--) {
        Range range = g_array_index(ranges, Range, i - 1);
        if (number < range.first || number > range.last) continue;
        Range below = {range.first, number - 1}, above = {number + 1, range.last};
        g_array_remove_index(ranges, i - 1);
        if (below.last >= below.first) g_array_append_val(ranges, below);
        if (above.last >= above.first) g_array_append_val(ranges, above);
    }
    return text_of(ranges);
}

gint64 gaps_next(const char *gaps, gint64 after)
{
    g_autoptr (GArray) ranges = parse(gaps);
    gint64 next = 0;
    for (guint i = 0; i < ranges->len; i++) {
        Range range = g_array_index(ranges, Range, i);
        gint64 least = MAX(range.first, after + 1);
        if (least <= range.last && (next == 0 || least < next)) next = least;
    }
    return next;
}
