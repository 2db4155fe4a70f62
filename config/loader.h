/* loader.h - what load.c and check.c share while a config is read. Inside config/. */
#pragma once

#include "config/keys.h"

enum { LOADER_KEYS = 128 }; /* room for keys_count, checked when loading starts */

typedef struct Loader {
    const char *file;
    Config *config;
    KeyContext context;
    guint lines;                /* in the file */
    guint line_of[LOADER_KEYS]; /* by index in keys[]; 0 = not in the file */
    char *dated[LOADER_KEYS];   /* values that wait for the calendar */
    GHashTable *sections;       /* heading -> its line */
    GArray *theme_lines;        /* of guint, beside config->themes */
    GArray *quota_lines;        /* of guint, beside config->quotas */
    guint theme_seen;           /* bits: which keys of the theme being read */
    GError *error;              /* the first fault */
} Loader;

/* Notes the fault unless there is one already: "FILE:LINE: [section] name: what". name NULL = the section
 * itself, section NULL = the file. Always FALSE. */
gboolean loader_fail(Loader *loader, int code, guint line, const char *section, const char *name,
                     const char *format, ...) G_GNUC_PRINTF(6, 7);

/* The line of a key, or of its section's heading, or the last of the file. */
guint loader_line(const Loader *loader, const char *section, const char *name);
