/* archive.h - zip, rar, 7z, tar and gzip files: their members as children.
 */
#pragma once

#include "parsers/document.h"
#include "parsers/unpack.h"

/* Adds a child for each member that is a file, read by document_read(): name (with its folders), size and
 * SHA-256 of the unpacked bytes, offset -1; mails are read as such. One that cannot be unpacked has size 0,
 * the hash of nothing, and the problem that says why: encrypted, damaged, archive-bomb, unsupported,
 * split-volume. What operating systems and Office leave behind (names_is_furniture()) is no child.
 *
 * Problems of the archive itself: those of its list of members (encrypted, damaged, archive-bomb),
 * split-volume, archive-bomb also where a member is one or where archives are nested deeper than
 * LIMIT_ARCHIVE_DEPTH, empty-document where there is no member; and where no member could be read, all for
 * the same reason, that reason, said once here and not on each of them. */
void archive_read(FactsAttachment *attachment, GBytes *bytes);

/* The same for a gzip file, whose one child is called what its header says, or the name without .gz. */
void archive_read_gzip(FactsAttachment *attachment, GBytes *bytes);

/* For what else holds files. FALSE, and the problem archive-bomb, if there are too many archives around this
 * one; after TRUE call archive_leave(). */
gboolean archive_enter(FactsAttachment *archive);
void archive_leave(void);

/* Adds the child that a member makes, as above; its bytes go to `keep` (may be NULL, see document.h), unless
 * it is a wrapping itself. FALSE, and the problem truncated, if LIMIT_MEMBERS is reached. */
gboolean archive_add_child(FactsAttachment *archive, const UnpackMember *member, DocumentKeep keep,
                           gpointer data);

/* Whether a file of this name is one part of an archive that was split: .z01, .r00, .part2.rar, .7z.001 … */
gboolean archive_is_volume_name(const char *name);
