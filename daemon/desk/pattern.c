/* pattern.c - regular expressions that are compiled once. */
#include "daemon/desk/ask.h"

static const GRegex *made(Pattern *pattern)
{
    if (g_once_init_enter(&pattern->made)) {
        GRegex *regex = g_regex_new(pattern->text, G_REGEX_OPTIMIZE, 0, NULL);
        g_once_init_leave(&pattern->made, regex);
    }
    return pattern->made;
}

gboolean pattern_matches(Pattern *pattern, const char *text)
{
    return g_regex_match(made(pattern), text, 0, NULL);
}

GMatchInfo *pattern_find(Pattern *pattern, const char *text)
{
    GMatchInfo *match = NULL;
    if (g_regex_match(made(pattern), text, 0, &match)) return match;
    g_match_info_free(match);
    return NULL;
}

char *pattern_replace(Pattern *pattern, const char *text, const char *by)
{
    if (!pattern_matches(pattern, text)) return g_strdup(text);
    char *left = g_regex_replace_literal(made(pattern), text, -1, 0, by, 0, NULL);
    return left ? left : g_strdup(text);
}
