/* requests.h - how the administrator's command asks the daemon: a file in <state_dir>/requests/.
 *
 * The command never writes the database. It drops a request, whole or not at all; the daemon lists them in
 * the order of their making, records and applies each, and says it is done. A request is applied once, also
 * when the daemon is killed between the two.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "config/config.h"
#include "daemon/store/store.h"

typedef struct StoreRequest {
    char *id;     /* file name without .json: sorts by time of making */
    char *verb;   /* go-live, hold, release, report … */
    json_t *args; /* an object, maybe empty */
    char *by;     /* login name of who asked */
    gint64 at;    /* Unix seconds, real time */
} StoreRequest;

void store_request_free(StoreRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreRequest, store_request_free)

/* Used by the command: writes the request so that the owner of the state folder can read it, also when called
 * by root. `args` may be NULL; it is not taken over. Returns the id (caller frees), or NULL. */
char *store_request_write(const Config *config, const char *verb, json_t *args, GError **error);

/* Requests not applied yet, oldest first; array of StoreRequest*, caller frees; NULL on error. A file that
 * cannot be read as a request is renamed to *.bad and named in a warning. */
GPtrArray *store_requests_list(Store *store, GError **error);

gboolean store_request_known(Store *store, const char *id, gboolean *known, GError **error);

/* Records the request as applied (`result`: one English line) and removes its file. Within a batch the file
 * goes after the commit. */
gboolean store_request_done(Store *store, const StoreRequest *request, const char *result, gint64 now,
                            GError **error);
