/* tree.h - the files of the items as folders that people can walk: 附件/CX2014-001 活动名称/总结.docx.
 *
 * The files are copies: the store's own are evidence, and a link to them could be edited in place. Nothing
 * that is there is ever replaced or removed: what staff put there stays, and a file of theirs that has a name
 * of ours makes ours get a number. A folder keeps its first name, so that links in workbooks already handed
 * out still work. */
#pragma once

#include <glib.h>

#include "reports/share.h"

#define TREE_FOLDER "附件"

typedef struct TreeFile {
    char *name; /* as the mail says: anything */
    char *sha256;
    guint version; /* the caller's */
    gint64 received_at;
    gboolean lost;     /* the store never had it */
    gboolean withheld; /* must not leave the store */
    char *path;        /* result: relative to the share, with "/"; NULL = not in the tree */
} TreeFile;

typedef struct TreeItem {
    gint64 number;    /* the caller's */
    char *label;      /* CX2014-001: no white space */
    char *title;      /* anything */
    GPtrArray *files; /* of TreeFile*, oldest version first */
    char *folder;     /* result: relative to the share; NULL = none (no files) */
} TreeItem;

TreeItem *tree_item_new(const char *label, const char *title);
void tree_item_free(TreeItem *item);
TreeFile *tree_item_add(TreeItem *item, const char *name, const char *sha256);

/* Puts the files of the items (of TreeItem*) into the share and says where they are. `store` holds the
 * decoded files (ab/<sha256>). A file that the store has lost keeps path NULL; FALSE and an error for any
 * fault of the share. Files that are there already cost one stat. */
gboolean tree_export(Share *share, const char *store, GPtrArray *items, GError **error);
