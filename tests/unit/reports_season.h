/* reports_season.h - a made-up season for the tests of reports/: config, database, files on disk. */
#pragma once

#include <glib.h>

#include "config/config.h"
#include "reports/reports.h"

#define SEASON_COMMITTEES 31
#define SEASON_ITEMS      44

typedef struct Season {
    char *dir;
    Config *config;
    ReportsPlace place;
    gint64 now; /* 2014-05-30 09:00 +08:00 */
} Season;

/* Makes everything in a new folder below $TMPDIR. Aborts on failure. */
Season *season_new(void);
/* Leaves the folder there if `keep`. */
void season_free(Season *season, gboolean keep);

/* Runs SQL on the season's database. */
void season_sql(const Season *season, const char *sql);
char *season_share(const Season *season, const char *name); /* path in the share; caller frees */
