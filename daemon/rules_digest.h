/* rules_digest.h - by which rules a machine tells whose a mail is, in a word that two can compare. */
#pragma once

#include "config/config.h"

/* Of all in configuration and roster that decides whose a mail is, and nothing else: a new telephone costs no
 * reading. The order of the roster does not count. Hexadecimal; caller frees. */
char *rules_digest(const Config *config);
