/* parse.h - the command line of baosong-parse. */
#pragma once

#include <glib.h>

/* What main() is called with; returns the exit status. */
int parse_main(int argc, char **argv);

/* Prints the facts about a document as JSON, read in the sandbox; `alone`: without the libraries that read
 * files of their own. Returns the exit status. */
int parse_document(const char *path, gboolean pretty, gboolean alone);
