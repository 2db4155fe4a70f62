#include "parsers/mime_name.h"

#include <string.h>

#include "parsers/limits.h"
#include "parsers/link_words.h"
#include "parsers/params.h"
#include "parsers/words.h"

/* A name where it does not belong, or without the semicolon before it; NULL if there is none. */
static char *name_astray(const Entity *entity)
{
    static const char *const FIELDS[] = {"Content-Disposition", "Content-Type"}, *const NAMES[] = {"filename",
                                                                                                   "name"};
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS) * G_N_ELEMENTS(NAMES); i++) {
        char *name = params_astray(entity_field(entity, FIELDS[i / 2]), NAMES[i % 2]);
        if (name && *name) return name;
        g_free(name);
    }
    return NULL;
}

/* "????.doc": a program had no letters for it. */
static gboolean is_lost(const char *name)
{
    const gsize length = strspn(name, "?"), other = strspn(name, "_");
    return (length > 0 && strchr(".?", name[length])) || (other > 0 && name[other] == '.');
}

char *mime_part_name(const Entity *entity, char *(*get)(const char *raw, const char *name))
{
    g_autofree char *name = get(entity_field(entity, "Content-Disposition"), "filename");
    if (name && *name && !is_lost(name)) return g_steal_pointer(&name);
    g_autofree char *other = get(entity_field(entity, "Content-Type"), "name");
    if (other && *other && !(name && *name && is_lost(other))) return g_steal_pointer(&other);
    return name && *name ? g_steal_pointer(&name) : name_astray(entity);
}

char *mime_described_name(const Entity *entity)
{
    g_autofree char *text = words_decode(entity_field(entity, "Content-Description"));
    const char *dot = strrchr(text, '.');
    gboolean file = dot > text && g_utf8_strlen(text, -1) <= LIMIT_NAME_CHARS && link_words_is_extension(dot);
    return file ? g_steal_pointer(&text) : NULL;
}
