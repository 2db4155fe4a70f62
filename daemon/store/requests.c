#include "daemon/store/requests.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/private.h"

#define REQUEST_BYTES 65536 /* of one request */
#define SUFFIX        ".json"
#define FLAGS_NEW     (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

void store_request_free(StoreRequest *request)
{
    if (!request) return;
    g_free(request->id);
    g_free(request->verb);
    g_free(request->by);
    json_decref(request->args);
    g_free(request);
}

/* --- the command's side ----------------------------------------------------------------------- */

/* Sorts by time; two commands in one microsecond differ by pid. */
static char *new_id(void)
{
    gint64 now = g_get_real_time();
    return g_strdup_printf("%012" G_GINT64_FORMAT "-%06d-%d", now / G_USEC_PER_SEC,
                           (int)(now % G_USEC_PER_SEC), (int)getpid());
}

static char *request_text(const char *verb, json_t *args)
{
    json_t *request = json_object();
    json_object_set_new(request, "verb", json_string(verb));
    json_object_set_new(request, "by", json_string(g_get_user_name()));
    json_object_set_new(request, "at", json_integer(g_get_real_time() / G_USEC_PER_SEC));
    json_object_set_new(request, "args", args ? json_incref(args) : json_object());
    char *dumped = json_dumps(request, JSON_INDENT(1) | JSON_SORT_KEYS);
    char *text = g_strconcat(dumped ? dumped : "", "\n", NULL);
    free(dumped);
    json_decref(request);
    return text;
}

/* Root's file becomes the daemon's: whoever owns the folder. */
static gboolean give_to_owner(int folder, int file)
{
    struct stat owner;
    if (geteuid() != 0) return TRUE;
    return fstat(folder, &owner) == 0 && fchown(file, owner.st_uid, owner.st_gid) == 0;
}

static gboolean write_file(int folder, const char *name, const char *text)
{
    int file = openat(folder, name, FLAGS_NEW, 0600);
    if (file < 0) return FALSE;
    gsize length = strlen(text);
    gboolean ok =
        give_to_owner(folder, file) && write(file, text, length) == (ssize_t)length && fsync(file) == 0;
    int number = errno;
    close(file);
    errno = number;
    return ok;
}

/* Makes the folder where the daemon never ran; what root makes belongs to the owner of the folder above it
 * (the package gives /var/lib/baosong to the daemon's user). No error is told: opening says it better. */
static void make_folder(const char *path)
{
    struct stat above;
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) return;
    g_autofree char *parent = g_path_get_dirname(path);
    if (strcmp(parent, path) != 0) make_folder(parent);
    if (mkdir(path, 0700) == 0 && geteuid() == 0 && stat(parent, &above) == 0 &&
        lchown(path, above.st_uid, above.st_gid) != 0)
        g_warning("cannot give %s to the owner of %s: %s", path, parent, g_strerror(errno));
}

char *store_request_write(const Config *config, const char *verb, json_t *args, GError **error)
{
    g_autofree char *path = g_build_filename(config->store.state_dir, "requests", NULL);
    make_folder(path);
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) {
        g_set_error(
            error, STORE_ERROR, STORE_ERROR_IO,
            "cannot leave a request in %s: %s; use this command as root or as the user that baosongd runs as",
            path, g_strerror(errno));
        return NULL;
    }
    g_autofree char *id = new_id();
    g_autofree char *text = request_text(verb, args);
    g_autofree char *name = g_strconcat(id, SUFFIX, NULL);
    g_autofree char *half = g_strconcat(".", id, NULL);
    gboolean ok = write_file(folder, half, text) && renameat(folder, half, folder, name) == 0;
    if (!ok) {
        files_fail("write a request into", path, error);
        unlinkat(folder, half, 0);
    }
    if (ok) fsync(folder);
    close(folder);
    return ok ? g_steal_pointer(&id) : NULL;
}

/* --- the daemon's side ------------------------------------------------------------------------ */

static char *folder_path(const Store *store)
{
    return g_build_filename(store->files->root, "requests", NULL);
}

static char *file_path(const Store *store, const char *id)
{
    g_autofree char *name = g_strconcat(id, SUFFIX, NULL);
    return g_build_filename(store->files->root, "requests", name, NULL);
}

/* NULL = no request of ours; *transient = it may be readable later. */
static StoreRequest *read_request(const char *path, const char *id, gboolean *transient)
{
    struct stat found;
    g_autofree char *text = NULL;
    gsize length;
    *transient = FALSE;
    if (lstat(path, &found) != 0 || !S_ISREG(found.st_mode) || found.st_size > REQUEST_BYTES) return NULL;
    *transient = TRUE;
    if (!g_file_get_contents(path, &text, &length, NULL)) return NULL;
    *transient = FALSE;

    json_t *request = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    const char *verb = NULL, *by = NULL;
    json_t *args = NULL;
    json_int_t at = 0;
    StoreRequest *made = NULL;
    if (json_unpack(request, "{s:s, s:s, s:I, s:o}", "verb", &verb, "by", &by, "at", &at, "args", &args) ==
            0 &&
        json_is_object(args)) {
        made = g_new0(StoreRequest, 1);
        *made = (StoreRequest){g_strdup(id), g_strdup(verb), json_incref(args), g_strdup(by), at};
    }
    json_decref(request);
    return made;
}

static void put_aside(const char *path)
{
    g_autofree char *aside = g_strconcat(path, ".bad", NULL);
    g_warning("%s is no request that baosong has written: it is now %s and does nothing", path, aside);
    if (g_rename(path, aside) != 0) g_warning("cannot rename %s: %s", path, g_strerror(errno));
}

/* A request that was applied by a daemon that died before it could remove the file. */
gboolean store_request_known(Store *store, const char *id, gboolean *applied, GError **error)
{
    gint64 found;
    gboolean ok = db_int(store->db, &found, 0, error, "SELECT 1 FROM request WHERE id = ?", "t", id);
    *applied = ok && found;
    return ok;
}

static gboolean take(Store *store, const char *name, GPtrArray *requests, GError **error)
{
    g_autofree char *id = g_strndup(name, strlen(name) - strlen(SUFFIX));
    g_autofree char *path = file_path(store, id);
    gboolean applied, transient;
    if (!store_request_known(store, id, &applied, error)) return FALSE;
    if (applied) {
        g_unlink(path);
        return TRUE;
    }
    StoreRequest *request = read_request(path, id, &transient);
    if (request)
        g_ptr_array_add(requests, request);
    else if (transient)
        g_warning("cannot read the request %s: %s; it waits", path, g_strerror(errno));
    else
        put_aside(path);
    return TRUE;
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    return strcmp((*(StoreRequest *const *)a)->id, (*(StoreRequest *const *)b)->id);
}

GPtrArray *store_requests_list(Store *store, GError **error)
{
    g_autofree char *path = folder_path(store);
    g_autoptr (GDir) folder = g_dir_open(path, 0, NULL);
    if (!folder) {
        files_fail("read the folder", path, error);
        return NULL;
    }
    g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func((GDestroyNotify)store_request_free);
    const char *name;
    while ((name = g_dir_read_name(folder)))
        if (*name != '.' && g_str_has_suffix(name, SUFFIX) && !take(store, name, requests, error))
            return NULL;
    g_ptr_array_sort(requests, by_id);
    return g_steal_pointer(&requests);
}

gboolean store_request_done(Store *store, const StoreRequest *request, const char *result, gint64 now,
                            GError **error)
{
    Change change;
    if (!change_begin(store, &change, error)) return FALSE;
    char *args = json_dumps(request->args, JSON_COMPACT | JSON_SORT_KEYS);
    gboolean ok = db_run(store->db, error,
                         "INSERT INTO request (id, verb, args, asked_by, asked_at, applied_at, result)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?)",
                         "ttttllt", request->id, request->verb, args, request->by, request->at, now, result);
    free(args);
    if (ok) g_ptr_array_add(store->applied, file_path(store, request->id));
    return change_end(&change, ok, error);
}
