/* Commands about the state as a whole: backup, restore, fsck.
 *
 * A backup is what tar(1) makes of the database (copied at one moment), mail/, files/, and ledger.key where
 * the key lies in the state folder: everything but the configuration. tar does the packing, so that no
 * archive library reads anything in this program. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/command.h"
#include "daemon/ledger.h"
#include "daemon/log.h"
#include "daemon/owner.h"
#include "daemon/store/backup.h"
#include "daemon/store/fsck.h"

#define KEY "ledger.key"

/* --- helpers ---------------------------------------------------------------------------------- */

/* Exit 1 of --create: something came while it read (a mail was filed beside others). What the database names
 * was there whole when it was copied, and such files never change. */
#define CAME_MEANWHILE 1

/* In tar's process, before it begins. */
static void read_from(gpointer descriptor)
{
    lseek(GPOINTER_TO_INT(descriptor), 0, SEEK_SET);
    dup2(GPOINTER_TO_INT(descriptor), STDIN_FILENO);
}

/* Less than this is none: tar has filled it up. */
#define FULL_BELOW (256 * 1024)

static gboolean is_full(const char *folder)
{
    struct statvfs disk;
    return statvfs(folder, &disk) == 0 &&
           ((guint64)disk.f_bavail * disk.f_frsize < FULL_BELOW || (disk.f_files > 0 && disk.f_favail == 0));
}

/* `from`: what tar reads where its file is "-", from its beginning; -1 = nothing. `into`: the folder that it
 * fills. */
static gboolean run_tar(const char *const *argv, int from, const char *into, int fine, GError **error)
{
    int status;
    g_autofree char *said = NULL;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                      from >= 0 ? read_from : NULL, GINT_TO_POINTER(from), NULL, &said, &status, error))
        return FALSE;
    if (WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == fine)) return TRUE;
    g_strchug(said);                  /* gzip begins with an empty line */
    said[strcspn(said, "\n")] = '\0'; /* it says it for each file again */
    if (is_full(into))
        g_set_error(error, STORE_ERROR, STORE_ERROR_FULL, "no space left in %s: free some, then try again",
                    into);
    else
        g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "tar failed: %s", *said ? said : "it was killed");
    return FALSE;
}

/* Of our own making, two levels deep. */
static void remove_tree(const char *path)
{
    g_autoptr (GDir) folder = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;
    while (folder && (name = g_dir_read_name(folder))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        remove_tree(file);
    }
    g_remove(path);
}

static gboolean sync_file(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gboolean ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    if (!ok) g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "cannot write %s to disk", path);
    return ok;
}

static gboolean has_key(const Config *config)
{
    g_autofree char *path = g_build_filename(config->store.state_dir, KEY, NULL);
    return !*config->store.key.file && g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

/* --- backup ----------------------------------------------------------------------------------- */

/* Ctrl+C ends tar, which is in our group; we stay to take away what is half done. */
static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

static void stay_for_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

static gboolean pack(const Config *config, const char *folder, const char *file, GError **error)
{
    g_autofree char *half = g_build_filename(folder, "half", NULL);
    const char *argv[] = {"tar",        "--create",    "--file",
                          half,         "--directory", folder,
                          "baosong.db", "--directory", config->store.state_dir,
                          "mail",       "files",       NULL,
                          NULL};
    if (has_key(config)) argv[G_N_ELEMENTS(argv) - 2] = KEY;
    mode_t before = umask(077); /* it holds the mails, and maybe the key */
    gboolean done = run_tar(argv, -1, folder, CAME_MEANWHILE, error) && sync_file(half, error);
    umask(before);
    g_autofree char *beside = g_path_get_dirname(file);
    if (done && !interrupted && g_rename(half, file) == 0) return sync_file(beside, error);
    if (done && !interrupted)
        g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "cannot rename %s to %s", half, file);
    g_unlink(half);
    return FALSE;
}

#define WORKING ".baosong-backup-"

/* Another user's could be changed under our hands: into links, when root saves into /tmp. */
static gboolean is_own(int folder)
{
    struct stat about;
    return fstat(folder, &about) == 0 && about.st_uid == geteuid();
}

/* What backups that were killed left beside this one: large, and nobody knows it. Whoever works holds a lock.
 */
static void remove_leftovers(const char *beside)
{
    g_autoptr (GDir) there = g_dir_open(beside, 0, NULL);
    const char *name;
    while (there && (name = g_dir_read_name(there))) {
        if (!g_str_has_prefix(name, WORKING)) continue;
        g_autofree char *folder = g_build_filename(beside, name, NULL);
        int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0 && is_own(fd) && flock(fd, LOCK_EX | LOCK_NB) == 0) remove_tree(folder);
        if (fd >= 0) close(fd);
    }
}

/* A folder to work in, locked until *lock is closed; NULL and errno. */
static char *make_working(const char *beside, int *lock)
{
    char *folder = g_build_filename(beside, WORKING "XXXXXX", NULL);
    remove_leftovers(beside);
    if (g_mkdtemp(folder)) {
        *lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (*lock >= 0 && flock(*lock, LOCK_SH | LOCK_NB) == 0) return folder;
    }
    g_free(folder);
    return NULL;
}

int command_backup(const Config *config, int argc, char **argv)
{
    int lock = -1;
    if (!command_options(command_named("backup"), NULL, &argc, &argv, 1, 1)) return EX_USAGE;
    g_autoptr (GError) error = NULL;
    g_autofree char *file = g_canonicalize_filename(argv[1], NULL);
    g_autofree char *beside = g_path_get_dirname(file);
    if (g_file_test(file, G_FILE_TEST_IS_DIR)) {
        fprintf(stderr, "baosong: %s is a folder: name a file in it\n", file);
        return EX_CANTCREAT;
    }
    g_autoptr (Store) store = store_open_read_only(config, &error);
    if (!store) return log_failure(error);
    g_autofree char *folder = make_working(beside, &lock);
    if (!folder) {
        fprintf(stderr, "baosong: cannot write into %s: %s\n", beside, g_strerror(errno));
        return EX_CANTCREAT;
    }
    stay_for_signals();
    g_autofree char *database = g_build_filename(folder, "baosong.db", NULL);
    gboolean done =
        store_backup(store, database, command_progress, &error) && pack(config, folder, file, &error);
    remove_tree(folder);
    close(lock);
    if (!done && interrupted) {
        fprintf(stderr, "baosong: interrupted: no backup was written\n");
        return 128 + interrupted;
    }
    if (!done) return log_failure(error);
    printf("%s is written: database, mails and files as of now", file);
    printf(has_key(config) ? ", and the ledger key: keep it as safe as the key.\n"
                           : ". The ledger key is not in it: keep a copy of that too.\n");
    return EX_OK;
}

/* --- restore ---------------------------------------------------------------------------------- */

/* What people do to a backup to make it smaller. tar unpacks it, but does not guess on standard input. */
typedef struct Compressor {
    const char *magic;
    const char *program;
    const char *option; /* of tar */
} Compressor;

static const Compressor compressors[] = {
    {"\x1F\x8B", "gzip", "--gzip"},       {"BZh", "bzip2", "--bzip2"},
    {"\xFD\x37zXZ", "xz", "--xz"},        {"\x28\xB5\x2F\xFD", "zstd", "--zstd"},
    {"\x04\x22\x4D\x18", "lz4", "-Ilz4"}, {"LZIP", "lzip", "--lzip"},
};

/* The compressor of the backup; NULL = none. */
static const Compressor *find_compressor(int file)
{
    char start[8] = "";
    if (pread(file, start, sizeof start - 1, 0) < 0) return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(compressors); i++)
        if (g_str_has_prefix(start, compressors[i].magic)) return &compressors[i];
    return NULL;
}

static gboolean is_installed(const char *program)
{
    g_autofree char *path = g_find_program_in_path(program);
    return path != NULL;
}

/* Members are named: whatever else an archive holds stays in it. */
static gboolean extract(int file, const char *folder, const char *const *members, GError **error)
{
    const Compressor *compressor = find_compressor(file);
    g_autoptr (GPtrArray) argv = g_ptr_array_new();
    const char *const fixed[] = {"tar",         "--extract", "--file",          "-",
                                 "--directory", folder,      "--no-same-owner", "--no-same-permissions"};
    for (guint i = 0; i < G_N_ELEMENTS(fixed); i++) g_ptr_array_add(argv, (gpointer)fixed[i]);
    if (compressor) g_ptr_array_add(argv, (gpointer)compressor->option);
    for (; *members; members++) g_ptr_array_add(argv, (gpointer)*members);
    g_ptr_array_add(argv, NULL);
    return run_tar((const char *const *)argv->pdata, file, folder, 0, error);
}

static gboolean unpack(int file, const char *folder, GError **error)
{
    static const char *const state[] = {"baosong.db", "mail", "files", NULL};
    static const char *const key[] = {KEY, NULL};
    if (!extract(file, folder, state, error)) return FALSE;
    extract(file, folder, key, NULL);
    return TRUE;
}

/* The key of the backup, unless there is one already; a different one would sign everything anew. */
static gboolean put_key(const Config *config, const char *folder, GError **error)
{
    g_autofree char *from = g_build_filename(folder, KEY, NULL);
    g_autofree char *to = g_build_filename(config->store.state_dir, KEY, NULL);
    g_autofree char *ours = NULL, *theirs = NULL;
    if (*config->store.key.file || !g_file_get_contents(from, &theirs, NULL, NULL)) return TRUE;
    if (!g_file_get_contents(to, &ours, NULL, NULL)) {
        if (g_chmod(from, 0600) == 0 && g_rename(from, to) == 0) return TRUE;
        g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "cannot put the key of the backup to %s", to);
        return FALSE;
    }
    if (strcmp(g_strchomp(ours), g_strchomp(theirs)) == 0) return TRUE;
    g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
                "%s is another key than that of the backup: move it away first if the backup is right", to);
    return FALSE;
}

static gboolean put_back(const Config *config, StoreFolderLock *lock, int file, GError **error)
{
    g_autofree char *folder = g_build_filename(config->store.state_dir, "tmp", "restore", NULL);
    remove_tree(folder);
    if (g_mkdir(folder, 0700) != 0) {
        g_set_error(error, STORE_ERROR, errno == ENOSPC ? STORE_ERROR_FULL : STORE_ERROR_IO,
                    "cannot make %s: %s", folder, g_strerror(errno));
        return FALSE;
    }
    gboolean done = unpack(file, folder, error) && store_check_copy(config, folder, error) &&
                    put_key(config, folder, error) && store_put_back(lock, folder, error);
    remove_tree(folder);
    return done;
}

int command_restore(const Config *config, int argc, char **argv)
{
    gboolean force = FALSE, used;
    const GOptionEntry entries[] = {{"force", 0, 0, G_OPTION_ARG_NONE, &force,
                                     "Also where there is a database (it is kept as baosong.old.db)", NULL},
                                    G_OPTION_ENTRY_NULL};
    if (!command_options(command_named("restore"), entries, &argc, &argv, 1, 1)) return EX_USAGE;
    g_autofree char *file = g_canonicalize_filename(argv[1], NULL);
    if (!g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
        gboolean other = g_file_test(file, G_FILE_TEST_EXISTS);
        fprintf(stderr,
                other ? "baosong: %s is a folder or a device, not a backup\n"
                      : "baosong: there is no file %s\n",
                file);
        return EX_NOINPUT;
    }
    int backup = open(file, O_RDONLY | O_CLOEXEC); /* now: a backup of root's is for root alone */
    if (backup < 0) {
        fprintf(stderr, "baosong: cannot read %s: %s\n", file, g_strerror(errno));
        return EX_NOINPUT;
    }
    const Compressor *compressor = find_compressor(backup);
    if (compressor && !is_installed(compressor->program)) {
        fprintf(stderr,
                "baosong: %s is compressed with %s, which is not installed: install it, or unpack the file "
                "elsewhere\n",
                file, compressor->program);
        close(backup);
        return EX_UNAVAILABLE;
    }
    g_autoptr (GError) error = NULL;
    if (!owner_become(config, &error)) return log_failure(error);
    umask(077);
    StoreFolderLock *lock = store_lock_folder(config, &used, &error);
    if (!lock) return log_failure(error);
    gboolean done = FALSE;
    if (used && !force)
        fprintf(stderr,
                "baosong: %s has a database already: look at it first, then say --force (it is kept as "
                "baosong.old.db)\n",
                config->store.state_dir);
    else if (!(done = put_back(config, lock, backup, &error)))
        g_prefix_error(&error, "%s: nothing was put back: ", file);
    store_free_folder(lock);
    close(backup);
    if (error) {
        int status = log_failure(error);
        gboolean may_pass = g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL);
        return status == EX_CONFIG || may_pass ? status : EX_DATAERR;
    }
    if (!done) return EX_CANTCREAT;
    printf("%s is put back. The daemon reads what came since from the mailbox; letters of unknown fate are "
           "looked for in "
           "Sent before they go again.\n",
           file);
    return EX_OK;
}

/* --- fsck ------------------------------------------------------------------------------------- */

static void print_breach(const char *breach, gpointer data)
{
    (void)data;
    printf("%s\n", breach);
}

static char *right_message_id(const char *kind, const char *cause, const char *stage, gpointer data)
{
    return ledger_message_id(data, kind, cause, stage);
}

int command_fsck(const Config *config, int argc, char **argv)
{
    if (!command_options(command_named("fsck"), NULL, &argc, &argv, 0, 0)) return EX_USAGE;
    g_autoptr (GError) error = NULL;
    guint breaches;
    g_autoptr (Store) store = store_open_read_only(config, &error);
    /* Opening the ledger would make a key where none is. */
    g_autoptr (Ledger)
        ledger = store && (*config->store.key.file || has_key(config)) ? ledger_open(config, &error) : NULL;
    StoreFsck fsck = {.tell = print_breach,
                      .message_id = ledger ? right_message_id : NULL,
                      .progress = command_progress,
                      .data = ledger};
    if (error || !store_fsck(store, &fsck, &breaches, &error)) return log_failure(error);
    if (breaches == 0) {
        printf("%s is as it must be%s.\n", config->store.state_dir,
               ledger ? "" : " (Message-IDs were not checked: no key here)");
        return EX_OK;
    }
    printf("%u breaches. What the mailbox still tells is mended by 'baosong -c %s rebuild'.\n", breaches,
           config->file);
    return EX_DATAERR;
}
