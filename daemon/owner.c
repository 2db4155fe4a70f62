#include "daemon/owner.h"

#include <errno.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

gboolean owner_become(const Config *config, GError **error)
{
    struct stat owner;
    if (geteuid() != 0 || stat(config->store.state_dir, &owner) != 0 || owner.st_uid == 0) return TRUE;
    const struct group *share = *config->store.share_group ? getgrnam(config->store.share_group) : NULL;
    if (setgroups(share ? 1 : 0, share ? &share->gr_gid : NULL) == 0 && setgid(owner.st_gid) == 0 &&
        setuid(owner.st_uid) == 0)
        return TRUE;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
                "cannot become the user that owns %s; run this as that user", config->store.state_dir);
    return FALSE;
}
