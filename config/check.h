/* check.h - what is checked when the lines of a config are read. Inside config/. */
#pragma once

#include "config/loader.h"

/* What no single value can be wrong about: order of dates, names that meet, a rehearsal that could reach
 * people, types without quota. FALSE with the fault noted. */
gboolean check_config(Loader *loader);

/* One [quota] line; [theme NAME] heading. FALSE with the fault noted. */
gboolean check_new_quota(Loader *loader, guint line, const char *kind, const char *value);
gboolean check_new_theme(Loader *loader, guint line, const char *heading, const char *short_name);
