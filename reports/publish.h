/* publish.h - one workbook's way into the share: whole, once, and never over somebody's work. */
#pragma once

#include "reports/share.h"

/* What the note says of the last two workbooks that we put there: a person's change shows as another size or
 * date. Two, because a kill may come between noting the new one and renaming it. */
typedef struct Publish {
    const Share *share;
    const char *note;     /* path of the note */
    const char *name;     /* of the workbook */
    const char *stamp;    /* local date and time, fit for a file name */
    const char *campaign; /* its id */
} Publish;

/* FALSE and an error if the workbook there is another campaign's, which wrote it lately: the two would take
 * turns, each keeping the other's for somebody's work. Known where files have extended attributes. */
gboolean publish_may_begin(const Publish *publish, GError **error);

/* Whether the workbook there is ours, untouched, and says what `digest` stands for; it gets the share's
 * group. */
gboolean publish_is_current(const Publish *publish, const char *digest);

/* Path to write the new workbook to: an empty file beside its place (what a killed run left is removed). NULL
 * and an error if none can be made there. Caller frees. */
char *publish_begin(const Publish *publish, GError **error);
/* Dresses, syncs and renames it. A changed workbook that is there is kept under another name first. */
gboolean publish_finish(const Publish *publish, const char *path, const char *digest, GError **error);
