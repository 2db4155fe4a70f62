/* cfb.h - the container of OLE2 files: storages with streams in them (MS-CFB).
 *
 * Reads what is there of a file that is cut off or broken. Each sector costs no more than its place in the
 * file, whatever chains and trees say: loops end, and no entry of the directory is met twice.
 */
#pragma once

#include <glib.h>

/* Entries of the directory lie at multiples of their size, in the file too: no sector is smaller. */
enum {
    CFB_ENTRY = 128 /* bytes; the name comes first, as UTF-16LE */,
    CFB_ENTRY_TYPE = 66 /* its place */,
    CFB_STORAGE = 1,
    CFB_STREAM = 2
};

typedef struct CfbNode {
    char *name;          /* UTF-8 */
    gboolean storage;    /* else a stream */
    guint32 start;       /* its first sector */
    guint64 size;        /* bytes of a stream, as the directory says */
    GPtrArray *children; /* of CfbNode*, in the order of the format */
} CfbNode;

typedef struct Cfb Cfb;

/* NULL and *why (static English) if the bytes have no directory of such a file. The caller frees. */
Cfb *cfb_open(GBytes *bytes, const char **why);
void cfb_close(Cfb *cfb);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cfb, cfb_close)

/* FALSE if the file ends within the table of its sectors: what is there of it is read. */
gboolean cfb_is_whole(const Cfb *cfb);

const CfbNode *cfb_root(const Cfb *cfb);

/* The child of that name, ASCII letters without case (MS-CFB 2.6.4); NULL if there is none. */
const CfbNode *cfb_child(const CfbNode *storage, const char *name);

/* The bytes of a stream, at most `most`; fewer if the file has no more of them. The caller unrefs. */
GBytes *cfb_read(const Cfb *cfb, const CfbNode *stream, gsize most);

/* A file of its own with what is in a storage. *room is lowered by the bytes of its streams; NULL if they are
 * more. The caller unrefs. */
GBytes *cfb_extract(const Cfb *cfb, const CfbNode *storage, gsize *room);
