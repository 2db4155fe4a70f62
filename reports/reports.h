/* reports.h - the workbooks that staff open. The room's only door (beside columns.h). */
#pragma once

#include <glib.h>

#include "config/config.h"

#define REPORTS_SUMMARY "报送汇总.xlsx"

#define REPORTS_ERROR (g_quark_from_static_string("reports"))
enum {
    REPORTS_ERROR_WRITE, /* libxlsxwriter or the file system refused; the workbook that was there is unharmed
                          */
    REPORTS_ERROR_BUSY /* the workbook cannot be replaced now (open on a share that locks): try again later */
};

/* Where to read and write. Paths are absolute or relative to the working directory. */
typedef struct ReportsPlace {
    const char *database; /* baosong.db, of the current schema */
    const char *files;    /* decoded files, ab/<sha256> */
    const char *tmp;      /* an existing folder for half-written parts */
    const char *note;     /* a file of ours: what was written last (made if missing, may be deleted) */
    const char *share;    /* folder for staff; made (2750) if missing */
} ReportsPlace;

/* The usual place: everything in config->store.state_dir, share_dir or <state_dir>/share. Fills *place with
 * strings that the caller frees with reports_place_clear(). */
void reports_place_fill(ReportsPlace *place, const Config *config);
void reports_place_clear(ReportsPlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReportsPlace, reports_place_clear)

/* Writes 报送汇总.xlsx into the share, mode 0640, group config->store.share_group, and copies of the items'
 * files into the share's 附件/ to which it links by relative paths.
 *
 * The workbook is written beside its place, synced, read back (check.h), and renamed; on any fault the old
 * one stays. When all that it would say stands there already, it is left alone. *written (may be NULL) says
 * which. A workbook that somebody changed and saved is not lost: it is kept beside as 报送汇总（保留
 * …）.xlsx.
 *
 * `now` is the campaign's clock (Unix seconds): what is overdue, the days that are left, the time printed.
 * Errors: one line; domains reports, check, share, source. All may be tried again in the next cycle. */
gboolean reports_write_summary(const Config *config, const ReportsPlace *place, gint64 now, gboolean *written,
                               GError **error);
