/* packed.h - telling rar, 7z, tar and plain zip archives that need a password, or are broken, from those that
 * are whole, without unpacking them.
 */
#pragma once

#include "parsers/recognise.h"

/* `found` has its type; these set `zip` to the list of members and report the problems encrypted and damaged.
 * What libarchive cannot walk but is not broken by its own outer structure is left without a problem. */
void packed_recognise_zip(Recognised *found, GBytes *bytes);
void packed_recognise_rar(Recognised *found, GBytes *bytes);
void packed_recognise_7z(Recognised *found, GBytes *bytes);
void packed_recognise_tar(Recognised *found, GBytes *bytes);

/* Whether the bytes end as a zip does, whatever they begin with: parts of split archives, programs that
 * unpack themselves. */
gboolean packed_ends_as_zip(GBytes *bytes);
