/* parse.h - the command line of baosong-parse. */
#pragma once

#include <glib.h>

/* What main() is called with; returns the exit status. */
int parse_main(int argc, char **argv);

/* Prints the facts about a document as JSON, read by this process in the sandbox, once. `bytes`: its content;
 * then no library may read files of its own. NULL: it is opened and read. Returns the exit status. */
int parse_document_once(const char *path, GBytes *bytes);
