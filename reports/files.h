/* files.h - the files of the items: into the share's folders (tree.h), and into the TEMP tables that the
 * sheets join to link to them. */
#pragma once

#include "reports/share.h"
#include "reports/source.h"

/* `store` is the folder of decoded files (ab/<sha256>). Mails with a marking of secrecy stay in the store:
 * their files are shown as withheld, without name. FALSE on a fault of database or share. */
gboolean files_publish(Source *source, Share *share, const char *store, GError **error);
