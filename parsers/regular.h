/* regular.h - the parts of multiparts that are as they should be. Private to entity.c.
 *
 * Nearly all mails are: each boundary is announced once, stands on lines of its own, opens parts with a
 * header and is closed, or the mail ends. Their parts are found by a look at the lines that begin with two
 * dashes. What is odd in any way is GMime's, which has seen it all.
 */
#pragma once

#include "parsers/entity.h"

/* Adds the parts of the multipart `top` (whose fields were read), slices of `body`, and *parts how many
 * entities there are. FALSE, and nothing done, if anything about it is irregular, or meets a cap. `depth`:
 * how deep in another mail this one is. */
gboolean regular_read(Entity *top, GBytes *body, guint depth, guint *parts);
