#include "reports/files.h"

#include "reports/tree.h"

/* Oldest version first: what was there first has the plain name. A hash that is withheld in one mail is
 * withheld in all. */
static const char FILES[] =
    "SELECT i.number, k.prefix || printf('%03d', i.number), CASE WHEN i.number IN (SELECT item FROM "
    "marked_item)"
    " THEN coalesce(c.name, '') ELSE coalesce(nullif(i.title, ''), c.name, '') END, a.id, "
    "a.name,"
    " a.sha256, v.version, v.received_at, a.held, a.mail IN (SELECT mail FROM marked)"
    " OR a.sha256 IN (SELECT sha256 FROM marked_bytes)"
    " FROM main.item i JOIN temp.campaign k JOIN main.version v ON v.item = i.number"
    " JOIN main.version_file f ON f.item = v.item AND f.version = v.version"
    " JOIN main.attachment a ON a.id = f.attachment LEFT JOIN main.committee c ON c.code = i.committee"
    " ORDER BY i.number, v.version, a.id";

enum { NUMBER, LABEL, TITLE, ID, NAME, SHA256, VERSION, RECEIVED, HELD, WITHHELD, FILE_COLUMNS };

static const Column COLUMNS[FILE_COLUMNS] = {
    [NUMBER] = {"", 0, COLUMN_COUNT, 0},  [ID] = {"", 0, COLUMN_COUNT, 0},
    [VERSION] = {"", 0, COLUMN_COUNT, 0}, [RECEIVED] = {"", 0, COLUMN_COUNT, 0},
    [HELD] = {"", 0, COLUMN_COUNT, 0},    [WITHHELD] = {"", 0, COLUMN_COUNT, 0},
};

static const char *text(const SourceRows *rows, guint row, guint column)
{
    const char *value = source_cell(rows, row, column)->text;
    return value ? value : "";
}

static gint64 number(const SourceRows *rows, guint row, guint column)
{
    return source_cell(rows, row, column)->number;
}

static GPtrArray *make_items(const SourceRows *rows)
{
    GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)tree_item_free);
    TreeItem *item = NULL;
    for (guint r = 0; r < rows->rows->len; r++) {
        if (r == 0 || number(rows, r, NUMBER) != number(rows, r - 1, NUMBER)) {
            item = tree_item_new(text(rows, r, LABEL), text(rows, r, TITLE));
            item->number = number(rows, r, NUMBER);
            g_ptr_array_add(items, item);
        }
        TreeFile *file = tree_item_add(item, text(rows, r, NAME), text(rows, r, SHA256));
        file->version = (guint)number(rows, r, VERSION);
        file->received_at = number(rows, r, RECEIVED);
        file->lost = !number(rows, r, HELD);
        file->withheld = number(rows, r, WITHHELD) != 0;
    }
    return items;
}

static char *label(const TreeFile *file)
{
    if (file->withheld) return g_strdup("（疑似涉密，未导出）");
    const char *name = *file->name ? file->name : "（无文件名）";
    return file->path ? g_strdup(name) : g_strconcat(name, "（原件缺失）", NULL);
}

/* Whether the same file came again with a later version: it is shown once, there. */
static gboolean is_superseded(const TreeItem *item, guint i)
{
    const TreeFile *file = g_ptr_array_index(item->files, i);
    for (guint j = 0; j < item->files->len; j++) {
        const TreeFile *other = g_ptr_array_index(item->files, j);
        if (j != i && g_str_equal(other->sha256, file->sha256) &&
            (other->version > file->version || (other->version == file->version && j < i)))
            return TRUE;
    }
    return FALSE;
}

/* By name: what the type says is known to the store, but people go by the name. */
static gboolean is_paper(const TreeFile *file)
{
    static const char *const PAPERS[] = {".docx", ".doc", ".docm", ".wps", ".wpt", ".pdf", ".rtf",
                                         ".odt",  ".ofd", ".zip",  ".rar", ".7z",  NULL};
    g_autofree char *lower = g_utf8_strdown(file->name, -1);
    for (guint i = 0; PAPERS[i]; i++)
        if (g_str_has_suffix(lower, PAPERS[i])) return TRUE;
    return FALSE;
}

static gboolean record_file(Source *source, gint64 item, const TreeFile *file, gint64 rank, GError **error)
{
    g_autofree char *shown = label(file);
    return source_run(source, error, "INSERT INTO temp.file VALUES (?, ?, ?, ?)", "iiss", item, rank, shown,
                      file->path);
}

/* The files of one version that are papers, or those that are not, in the order of its mail. */
static gboolean record_version(Source *source, const TreeItem *item, guint version, gboolean papers,
                               gint64 *rank, GError **error)
{
    for (guint i = 0; i < item->files->len; i++) {
        const TreeFile *file = g_ptr_array_index(item->files, i);
        if (file->version != version || is_paper(file) != papers || is_superseded(item, i)) continue;
        if (!record_file(source, item->number, file, ++*rank, error)) return FALSE;
    }
    return TRUE;
}

/* Papers before pictures and lists, the latest version before older ones. */
static gboolean record_item(Source *source, const TreeItem *item, GError **error)
{
    const TreeFile *last = g_ptr_array_index(item->files, item->files->len - 1);
    gint64 rank = 0;
    for (guint version = last->version; version > 0; version--)
        if (!record_version(source, item, version, TRUE, &rank, error)) return FALSE;
    for (guint version = last->version; version > 0; version--)
        if (!record_version(source, item, version, FALSE, &rank, error)) return FALSE;
    g_autofree char *folder = item->folder ? g_strconcat(item->folder, "/", NULL) : NULL;
    return source_run(source, error, "INSERT INTO temp.folder_of VALUES (?, ?, ?)", "iis", item->number, rank,
                      folder);
}

gboolean files_publish(Source *source, Share *share, const char *store, GError **error)
{
    g_autoptr (SourceRows) rows = source_select(source, FILES, COLUMNS, FILE_COLUMNS, error);
    if (!rows) return FALSE;
    g_autoptr (GPtrArray) items = make_items(rows);
    if (!tree_export(share, store, items, error)) return FALSE;
    for (guint i = 0; i < items->len; i++)
        if (!record_item(source, g_ptr_array_index(items, i), error)) return FALSE;
    return TRUE;
}
