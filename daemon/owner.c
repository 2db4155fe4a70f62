#include "daemon/owner.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

/* The groups that a login as this user has, and the group of the share: a folder of staff may be open to any
 * of them. */
static gboolean take_groups(const struct passwd *user, gid_t group, const char *share_group)
{
    int count = 32;
    g_autofree gid_t *groups = NULL;
    do groups = g_renew(gid_t, groups, count + 1); /* one to spare */
    while (user && getgrouplist(user->pw_name, group, groups, &count) < 0);
    if (!user) count = 0;
    const struct group *share = *share_group ? getgrnam(share_group) : NULL;
    if (share) groups[count++] = share->gr_gid;
    return setgroups((gsize)count, groups) == 0;
}

/* token_command and what it runs look there for their own files, not root's. */
static void take_environment(const struct passwd *user)
{
    g_setenv("HOME", user->pw_dir, TRUE);
    g_setenv("USER", user->pw_name, TRUE);
    g_setenv("LOGNAME", user->pw_name, TRUE);
}

gboolean owner_become(const Config *config, GError **error)
{
    struct stat owner;
    const char *folder = config->store.state_dir;
    if (geteuid() != 0 || stat(folder, &owner) != 0 || owner.st_uid == 0) return TRUE;
    const struct passwd *user = getpwuid(owner.st_uid);
    if (!take_groups(user, owner.st_gid, config->store.share_group) || setgid(owner.st_gid) != 0 ||
        setuid(owner.st_uid) != 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
                    "cannot become the user that owns %s: %s; run this as that user", folder,
                    g_strerror(errno));
        return FALSE;
    }
    if (user) take_environment(user);
    g_autofree char *number = user ? NULL : g_strdup_printf("the user %u", (guint)owner.st_uid);
    g_message("goes on as %s, whom %s belongs to, and not as root", user ? user->pw_name : number, folder);
    return TRUE;
}
