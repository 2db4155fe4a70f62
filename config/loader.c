#include "config/loader.h"

#include "config/values.h"

gboolean loader_fail(Loader *loader, int code, guint line, const char *section, const char *name,
                     const char *format, ...)
{
    if (loader->error) return FALSE;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *at = line ? g_strdup_printf(":%u", line) : g_strdup("");
    g_autofree char *where = !section ? g_strdup("")
                             : name   ? g_strdup_printf("[%s] %s: ", section, name)
                                      : g_strdup_printf("[%s]: ", section);
    g_autofree char *message = g_strconcat(where, what, NULL);
    g_autofree char *line_of_it = values_printable(message);
    g_set_error(&loader->error, CONFIG_ERROR, code, "%s%s: %s", loader->file, at, line_of_it);
    return FALSE;
}

guint loader_line(const Loader *loader, const char *section, const char *name)
{
    const Key *key = keys_find(section, name);
    guint line = key ? loader->line_of[key - keys] : 0;
    if (!line) line = GPOINTER_TO_UINT(g_hash_table_lookup(loader->sections, section));
    return line ? line : loader->lines;
}
