/* overview.h - the sheet 总览: one A4 page of figures, two charts, and the notice's calendar. */
#pragma once

#include "config/config.h"
#include "reports/source.h"
#include "reports/style.h"

typedef struct Overview Overview;

/* Reads the figures. */
Overview *overview_read(Source *source, GError **error);
void overview_free(Overview *overview);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Overview, overview_free)

/* Everything that is shown, but for `now` itself. */
void overview_digest(const Overview *overview, const Config *config, gint64 now, GChecksum *sum);

/* Adds the worksheet; returns the number of rows that have cells, 0 if libxlsxwriter refused something. */
guint overview_write(lxw_workbook *workbook, const Style *style, const Config *config,
                     const Overview *overview, gint64 now);
