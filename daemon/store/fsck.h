/* fsck.h - whether the store keeps its promises. Reads only: may run beside the daemon. */
#pragma once

#include <glib.h>

#include "daemon/store/store.h"

/* One breach, as one English line. */
typedef void (*StoreFsckFunc)(const char *breach, gpointer data);

typedef struct StoreFsck {
    StoreFsckFunc tell;
    /* What the Message-ID of a letter must be; caller's string. NULL = not checked (no key). */
    char *(*message_id)(const char *kind, const char *cause, const char *stage, gpointer data);
    void (*progress)(const char *what, guint done, guint total); /* may be NULL */
    gpointer data;
} StoreFsck;

/* Tells each breach; *breaches counts them. FALSE and an error only where it could not look. */
gboolean store_fsck(Store *store, const StoreFsck *fsck, guint *breaches, GError **error);
