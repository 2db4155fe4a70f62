#include "reports/reports.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "reports/check.h"
#include "reports/files.h"
#include "reports/overview.h"
#include "reports/publish.h"
#include "reports/sheet.h"
#include "reports/views.h"

/* Part of the digest: raise it when the workbook changes its looks, so that it is written anew. */
#define LAYOUT "1"

typedef struct Summary {
    Overview *overview;
    SourceRows *rows[COLUMNS_SHEETS]; /* NULL for 总览 */
} Summary;

static void summary_free(Summary *summary)
{
    if (!summary) return;
    overview_free(summary->overview);
    for (guint s = 0; s < COLUMNS_SHEETS; s++) source_rows_free(summary->rows[s]);
    g_free(summary);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Summary, summary_free)

void reports_place_fill(ReportsPlace *place, const Config *config)
{
    const StoreConfig *store = &config->store;
    *place = (ReportsPlace){
        .database = g_build_filename(store->state_dir, "baosong.db", NULL),
        .files = g_build_filename(store->state_dir, "files", NULL),
        .tmp = g_build_filename(store->state_dir, "tmp", NULL),
        .note = g_build_filename(store->state_dir, "reports.note", NULL),
        .share = store->share_dir && *store->share_dir ? g_strdup(store->share_dir)
                                                       : g_build_filename(store->state_dir, "share", NULL),
    };
}

void reports_place_clear(ReportsPlace *place)
{
    const char *const owned[] = {place->database, place->files, place->tmp, place->note, place->share};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++) g_free((char *)owned[i]);
    *place = (ReportsPlace){0};
}

/* --- reading ---------------------------------------------------------------------------------- */

static Summary *summary_read(const Config *config, const ReportsPlace *place, Share *share, gint64 now,
                             GError **error)
{
    g_autoptr (Source) source = source_open(config, place->database, now, error);
    if (!source || !files_publish(source, share, place->files, error)) return NULL;
    g_autoptr (Summary) summary = g_new0(Summary, 1);
    summary->overview = overview_read(source, error);
    if (!summary->overview) return NULL;
    for (guint s = 0; s < COLUMNS_SHEETS; s++) {
        guint n;
        const Column *columns = columns_of_sheet(s, &n);
        const char *select = views_select(s);
        if (!select) continue;
        summary->rows[s] = source_select(source, select, columns, n, error);
        if (!summary->rows[s]) return NULL;
    }
    return g_steal_pointer(&summary);
}

static char *summary_digest(const Summary *summary, const Config *config, gint64 now)
{
    g_autoptr (GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)LAYOUT BAOSONG_VERSION, -1);
    overview_digest(summary->overview, config, now, sum);
    for (guint s = 0; s < COLUMNS_SHEETS; s++)
        if (summary->rows[s]) source_digest(summary->rows[s], sum);
    return g_strdup(g_checksum_get_string(sum));
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Fills written[] with the rows of each sheet; FALSE if a sheet was refused. */
static gboolean write_sheets(lxw_workbook *workbook, const Summary *summary, const Config *config, gint64 now,
                             guint *written)
{
    Style style;
    style_make(&style, workbook);
    written[COLUMNS_OVERVIEW] = overview_write(workbook, &style, config, summary->overview, now);
    for (guint s = 0; s < COLUMNS_SHEETS; s++)
        if (summary->rows[s]) written[s] = sheet_write(workbook, &style, config, s, summary->rows[s]);
    for (guint s = 0; s < COLUMNS_SHEETS; s++)
        if (written[s] == 0) return FALSE;
    return TRUE;
}

static void set_properties(lxw_workbook *workbook, const Config *config, gint64 now)
{
    g_autofree char *title = g_strconcat(config->campaign.title, "报送汇总", NULL);
    g_autofree char *author = g_strconcat(config->desk.university, config->desk.department, NULL);
    lxw_doc_properties properties = {
        .title = title, .author = author, .company = config->desk.university, .created = (time_t)now};
    workbook_set_properties(workbook, &properties);
}

static gboolean write_workbook(const char *path, const ReportsPlace *place, const Summary *summary,
                               const Config *config, gint64 now, guint *written, GError **error)
{
    lxw_workbook_options options = {.tmpdir = (char *)place->tmp};
    lxw_workbook *workbook = workbook_new_opt(path, &options);
    gboolean good = FALSE;
    lxw_error close_error = LXW_ERROR_MEMORY_MALLOC_FAILED;
    int why = 0;
    if (workbook) {
        set_properties(workbook, config, now);
        good = write_sheets(workbook, summary, config, now, written);
        errno = 0;
        close_error = workbook_close(workbook); /* also after a fault: it frees */
        why = errno;
    }
    if (good && !close_error) return TRUE;
    g_set_error(
        error, REPORTS_ERROR, REPORTS_ERROR_WRITE,
        "cannot write %s: %s%s%s; see that there is room there and in %s; the old workbook is unharmed", path,
        good || !workbook ? lxw_strerror(close_error) : "a sheet was refused", why ? ": " : "",
        why ? g_strerror(why) : "", place->tmp);
    return FALSE;
}

static gboolean make(const Publish *publish, const ReportsPlace *place, const Summary *summary,
                     const Config *config, gint64 now, const char *digest, GError **error)
{
    guint written[COLUMNS_SHEETS] = {0};
    g_autofree char *path = publish_begin(publish, error);
    if (!path) return FALSE;
    gboolean good = write_workbook(path, place, summary, config, now, written, error) &&
                    check_workbook(path, written, COLUMNS_SHEETS, error) &&
                    publish_finish(publish, path, digest, error);
    if (good) return TRUE;
    unlink(path);
    if (error && *error && (*error)->domain == CHECK_ERROR)
        g_prefix_error(error, "%s was not replaced (is the disk full?): ", publish->name);
    return FALSE;
}

gboolean reports_write_summary(const Config *config, const ReportsPlace *place, gint64 now, gboolean *written,
                               GError **error)
{
    if (written) *written = FALSE;
    g_autoptr (Share) share = share_open(place->share, config->store.share_group, error);
    if (!share) return FALSE;
    g_autofree char *stamp = calendar_stamp(config->calendar, now);
    g_strdelimit(stamp, ":", '.');
    const Publish publish = {share, place->note, REPORTS_SUMMARY, stamp, config->campaign.id};
    if (!publish_may_begin(&publish, error)) return FALSE;
    g_autoptr (Summary) summary = summary_read(config, place, share, now, error);
    if (!summary) return FALSE;
    g_autofree char *digest = summary_digest(summary, config, now);
    if (publish_is_current(&publish, digest)) return TRUE;
    if (!make(&publish, place, summary, config, now, digest, error)) return FALSE;
    if (written) *written = TRUE;
    return TRUE;
}
