/* secret.h - what config_load() says about secret files, and what files that cannot be read mean. Inside
 * config/; reading is config_secret(). */
#pragma once

#include "config/config.h"

/* A g_warning that names the chmod to run, if others than owner and group may read the file. A file that is
 * not there (yet) or may not be looked at is for config_secret() to tell of. */
void secret_warn_if_open(const Secret *secret);

/* CONFIG_ERROR_PASSING or CONFIG_ERROR_FILE, by why a file could not be read. */
int secret_file_code(GFileError why);
