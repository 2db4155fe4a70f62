/* owner.h - whose the state folder is: root, at the command line, must leave no file there that the service
 * cannot read. */
#pragma once

#include <glib.h>

#include "config/config.h"

/* As root: becomes the user and group that own the state folder, for good, with the other groups of that
 * user, the group of the share, and the home of that user in the environment; says so in one line. TRUE also
 * where there is nothing to do: not root, no folder yet, or a folder of root's. FALSE with an error that says
 * what to do. One thread only. */
gboolean owner_become(const Config *config, GError **error);
