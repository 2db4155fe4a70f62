#include "reports/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parsers/facts.h"
#include "reports/name.h"

/* UTF-16 units. With the share's own path all must keep below Windows' 260 (Excel's 218 for workbooks). */
#define FOLDER_UNITS 60
#define FILE_UNITS   80
#define TRIES        100 /* names tried for one file */

static void file_free(gpointer data)
{
    TreeFile *file = data;
    g_free(file->name);
    g_free(file->sha256);
    g_free(file->path);
    g_free(file);
}

TreeItem *tree_item_new(const char *label, const char *title)
{
    TreeItem *item = g_new0(TreeItem, 1);
    item->label = g_strdup(label);
    item->title = g_strdup(title);
    item->files = g_ptr_array_new_with_free_func(file_free);
    return item;
}

void tree_item_free(TreeItem *item)
{
    if (!item) return;
    g_free(item->label);
    g_free(item->title);
    g_free(item->folder);
    g_ptr_array_unref(item->files);
    g_free(item);
}

TreeFile *tree_item_add(TreeItem *item, const char *name, const char *sha256)
{
    TreeFile *file = g_new0(TreeFile, 1);
    file->name = g_strdup(facts_base_of(name)); /* folders of the sender are no business of the share */
    file->sha256 = g_strdup(sha256);
    g_ptr_array_add(item->files, file);
    return file;
}

/* --- folders ---------------------------------------------------------------------------------- */

/* label -> name of the folder that there is for it; of several the first by strcmp, so that it stays so. */
static GHashTable *list_folders(int root, GError **error)
{
    int copy = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    if (!dir) {
        g_set_error(error, SHARE_ERROR, SHARE_ERROR_FOLDER, "cannot list folder %s: %s", TREE_FOLDER,
                    g_strerror(errno));
        if (copy >= 0) close(copy);
        return NULL;
    }
    GHashTable *folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        struct stat what;
        if (entry->d_name[0] == '.' || fstatat(root, entry->d_name, &what, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISDIR(what.st_mode) || !g_utf8_validate(entry->d_name, -1, NULL))
            continue;
        char *label = g_strndup(entry->d_name, strcspn(entry->d_name, " "));
        const char *known = g_hash_table_lookup(folders, label);
        if (known && strcmp(known, entry->d_name) <= 0)
            g_free(label);
        else
            g_hash_table_replace(folders, label, g_strdup(entry->d_name));
    }
    closedir(dir);
    return folders;
}

static char *folder_name(const TreeItem *item, GHashTable *folders)
{
    const char *known = g_hash_table_lookup(folders, item->label);
    if (known) return g_strdup(known);
    g_autofree char *wish = g_strconcat(item->label, " ", item->title, NULL);
    return name_safe(wish, FOLDER_UNITS, item->label);
}

/* --- files ------------------------------------------------------------------------------------ */

static char *stored_at(const char *store, const char *sha256)
{
    if (strlen(sha256) != 64 || strspn(sha256, "0123456789abcdef") != 64) return NULL;
    g_autofree char *shelf = g_strndup(sha256, 2);
    return g_build_filename(store, shelf, sha256, NULL);
}

static gboolean has_content(int folder, const char *name, const char *sha256)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return FALSE;
    g_autoptr (GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 buffer[64 * 1024];
    ssize_t got;
    while ((got = read(fd, buffer, sizeof buffer)) > 0) g_checksum_update(sum, buffer, got);
    close(fd);
    return got == 0 && g_str_equal(g_checksum_get_string(sum), sha256);
}

/* Whether the file there is the copy that we made: size and date say so, else its content. */
static gboolean is_ours(const Share *share, int folder, const char *name, const TreeFile *file, off_t size,
                        GError **error)
{
    struct stat there;
    if (fstatat(folder, name, &there, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(there.st_mode) ||
        there.st_size != size || share_is_half(&there))
        return FALSE;
    if (there.st_mtim.tv_sec != file->received_at && !has_content(folder, name, file->sha256)) return FALSE;
    return share_regroup(share, folder, name, &there, error);
}

static gboolean exists(int folder, const char *name)
{
    struct stat there;
    return fstatat(folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 && !share_is_half(&there);
}

/* Puts the file under the first name that is free or has it already. FALSE = a fault of the share; *name
 * stays NULL when the store has lost the file. */
static gboolean place(Share *share, const char *store, int folder, const TreeFile *file, GHashTable *used,
                      char **name, GError **error)
{
    g_autofree char *source = stored_at(store, file->sha256);
    g_autofree char *wish = name_safe_file(file->name, FILE_UNITS, "附件");
    struct stat stored;
    errno = EINVAL; /* no hash */
    if (!source || stat(source, &stored) < 0) {
        g_warning("%s is not in the store: %s", file->sha256, g_strerror(errno));
        return TRUE;
    }

    for (guint n = 1; n <= TRIES; n++) {
        g_autofree char *candidate = n == 1 ? g_strdup(wish) : name_numbered(wish, n);
        g_autofree char *key = name_key(candidate);
        g_autoptr (GError) why = NULL;
        gboolean taken = TRUE;
        if (g_hash_table_contains(used, key)) continue;
        if (is_ours(share, folder, candidate, file, stored.st_size, &why) ||
            (!why && !exists(folder, candidate) &&
             share_copy(share, source, folder, candidate, file->received_at, &taken, &why))) {
            g_hash_table_add(used, g_steal_pointer(&key));
            *name = g_steal_pointer(&candidate);
            return TRUE;
        }
        if (why) {
            g_propagate_error(error, g_steal_pointer(&why));
            return FALSE;
        }
    }
    g_set_error(error, SHARE_ERROR, SHARE_ERROR_FILE, "no free name for %s after %d tries", wish, TRIES);
    return FALSE;
}

static gboolean is_wanted(const TreeFile *file)
{
    return !file->withheld && !file->lost;
}

static gboolean place_all(Share *share, const char *store, int folder, TreeItem *item, GError **error)
{
    g_autoptr (GHashTable) used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal); /* sha256 -> TreeFile* */
    for (guint i = 0; i < item->files->len; i++) {
        TreeFile *file = g_ptr_array_index(item->files, i);
        if (!is_wanted(file)) continue;
        const TreeFile *same = g_hash_table_lookup(done, file->sha256);
        g_autofree char *name = NULL;
        if (same) { /* sent again with a later version */
            file->path = g_strdup(same->path);
            continue;
        }
        if (!place(share, store, folder, file, used, &name, error)) return FALSE;
        if (!name) continue;
        file->path = g_strconcat(item->folder, "/", name, NULL);
        g_hash_table_insert(done, file->sha256, file);
    }
    return TRUE;
}

static gboolean has_any(const TreeItem *item)
{
    for (guint i = 0; i < item->files->len; i++) {
        const TreeFile *file = g_ptr_array_index(item->files, i);
        if (is_wanted(file)) return TRUE;
    }
    return FALSE;
}

static gboolean export_item(Share *share, const char *store, int root, GHashTable *folders, TreeItem *item,
                            GError **error)
{
    if (!has_any(item)) return TRUE;
    g_autofree char *name = folder_name(item, folders);
    int folder = share_folder(share, root, name, error);
    if (folder < 0) return FALSE;
    item->folder = g_strconcat(TREE_FOLDER "/", name, NULL);
    gboolean good = place_all(share, store, folder, item, error);
    close(folder);
    return good;
}

gboolean tree_export(Share *share, const char *store, GPtrArray *items, GError **error)
{
    int root = share_folder(share, share->fd, TREE_FOLDER, error);
    if (root < 0) return FALSE;
    g_autoptr (GHashTable) folders = list_folders(root, error);
    gboolean good = folders != NULL;
    for (guint i = 0; good && i < items->len; i++)
        good = export_item(share, store, root, folders, g_ptr_array_index(items, i), error);
    close(root);
    return good && share_sync(share, error);
}
