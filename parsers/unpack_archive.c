/* unpack_archive.c - the half of unpack.h that is libarchive's. */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "parsers/limits.h"
#include "parsers/names.h"
#include "parsers/unpack_walk.h"

#define BUFFER_BYTES (64 << 10)

/* NULL where even opening fails: *why says. Free with archive_read_free(). */
static struct archive *open_archive(GBytes *bytes, WalkFormats formats, char **why)
{
    struct archive *archive = archive_read_new();
    if (formats == WALK_RAR) {
        archive_read_support_format_rar(archive);
        archive_read_support_format_rar5(archive);
    } else if (formats == WALK_ZIP) {
        archive_read_support_format_zip_seekable(archive);
    } else {
        archive_read_support_format_7zip(archive);
        archive_read_support_format_tar(archive);
    }
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    if (archive_read_open_memory(archive, data, length) == ARCHIVE_OK) return archive;
    *why = g_strdup(archive_error_string(archive));
    archive_read_free(archive);
    return NULL;
}

/* The next header, over those that are broken. NULL at the end, or where no more can be read: *fatal. */
static struct archive_entry *next_header(struct archive *archive, gboolean *fatal)
{
    struct archive_entry *entry;
    for (guint broken = 0; broken < LIMIT_MEMBERS; broken++) {
        int got = archive_read_next_header(archive, &entry);
        *fatal = got == ARCHIVE_FATAL;
        if (got == ARCHIVE_EOF || got == ARCHIVE_FATAL) return NULL;
        if (got >= ARCHIVE_WARN) return entry;
    }
    *fatal = TRUE;
    return NULL;
}

/* What libarchive has no code for is not broken. */
static const char *problem_of(const char *why)
{
    static const char *const beyond[] = {"nsupported", "not supported", "unavailable", "codec ID"};
    for (gsize i = 0; why && i < G_N_ELEMENTS(beyond); i++)
        if (strstr(why, beyond[i])) return "unsupported";
    return "damaged";
}

/* Whether what libarchive stumbled over is a password: a list of members that is itself encrypted. */
static gboolean is_password(struct archive *archive)
{
    const char *why = archive_error_string(archive);
    return archive_read_has_encrypted_entries(archive) == 1 || (why && strstr(why, "ncrypt"));
}

static void list_entry(Unpacked *unpacked, struct archive_entry *entry)
{
    const char *raw = archive_entry_pathname(entry), *utf8 = archive_entry_pathname_utf8(entry);
    gboolean folder;
    if (!raw) raw = utf8 ? utf8 : "";
    g_autofree char *name = names_path(raw, strlen(raw), names_charset(raw, strlen(raw)), &folder);
    UnpackMember *member = walk_add(unpacked, name);
    mode_t kind = archive_entry_filetype(entry);
    member->folder = folder || kind == AE_IFDIR;
    member->link = (kind != AE_IFREG && kind != AE_IFDIR && kind != 0) || archive_entry_hardlink(entry);
    member->encrypted = archive_entry_is_encrypted(entry) != 0;
    member->size = archive_entry_size_is_set(entry) ? (guint64)MAX(archive_entry_size(entry), 0) : 0;
    unpacked->encrypted |= member->encrypted;
}

void walk_list(Walk *walk, WalkFormats formats)
{
    Unpacked *unpacked = walk->unpacked;
    g_autofree char *why = NULL;
    struct archive *archive = open_archive(walk->bytes, formats, &why);
    gboolean fatal = FALSE;
    struct archive_entry *entry;
    if (!archive) walk_list_fault(unpacked, "damaged", why);
    while (archive && (entry = next_header(archive, &fatal))) {
        if (unpacked->members->len >= LIMIT_MEMBERS) {
            walk_list_fault(unpacked, "archive-bomb", WALK_TOO_MANY);
            break;
        }
        list_entry(unpacked, entry);
    }
    if (fatal && is_password(archive))
        unpacked->encrypted = TRUE;
    else if (fatal)
        walk_list_fault(unpacked, problem_of(archive_error_string(archive)), archive_error_string(archive));
    if (archive) archive_read_free(archive);
}

/* Reads one member into memory. FALSE if no more can be read of this archive. */
static gboolean read_content(Walk *walk, struct archive *archive, UnpackMember *member)
{
    g_autoptr (GByteArray) content = g_byte_array_new();
    g_autofree guint8 *buffer = g_malloc(BUFFER_BYTES);
    guint64 most = walk_allowance(walk);
    gssize n;
    do {
        gint64 began_at = g_get_monotonic_time();
        n = archive_read_data(archive, buffer, BUFFER_BYTES);
        walk_spend((guint64)MAX(n, 0), began_at);
        if (n > 0 && (content->len + (guint64)n > most || walk_is_late())) {
            unpack_member_fault(member, "archive-bomb", walk_is_late() ? WALK_TOO_LONG : WALK_TOO_MUCH);
            return !walk->solid;
        }
        if (n > 0) g_byte_array_append(content, buffer, (guint)n);
    } while (n > 0);
    const char *why = archive_error_string(archive);
    if (n < 0) unpack_member_fault(member, problem_of(why), why);
    walk_take(walk, member, g_steal_pointer(&content));
    return n != ARCHIVE_FATAL;
}

/* What was wanted and not reached. */
static void give_up(Walk *walk, gboolean bomb, const char *why)
{
    const char *problem = bomb ? "archive-bomb" : problem_of(why);
    if (bomb) why = "it is packed together with a bomb";
    g_autofree char *detail =
        g_strdup_printf("not reached: %s", why ? why : "the archive is broken before it");
    for (guint i = walk->shown; i < walk->unpacked->members->len; i++) {
        UnpackMember *member = walk->unpacked->members->pdata[i];
        if (!member->content && walk_wants(walk, member)) unpack_member_fault(member, problem, detail);
    }
}

void walk_read(Walk *walk, WalkFormats formats)
{
    const GPtrArray *members = walk->unpacked->members;
    g_autofree char *why = NULL;
    struct archive *archive = open_archive(walk->bytes, formats, &why);
    gboolean more = archive != NULL, fatal, bomb = FALSE;
    for (guint i = 0; more && i < members->len; i++) {
        UnpackMember *member = members->pdata[i];
        more = next_header(archive, &fatal) != NULL;
        if (more && walk_wants(walk, member)) more = read_content(walk, archive, member);
        bomb = g_strcmp0(member->problem, "archive-bomb") == 0;
        if (more) walk_show(walk, i + 1);
    }
    if (!more) give_up(walk, bomb, archive ? archive_error_string(archive) : why);
    if (archive) archive_read_free(archive);
}

void walk_read_alone(Walk *walk, GBytes *bytes, UnpackMember *member)
{
    g_autofree char *why = NULL;
    struct archive *archive = open_archive(bytes, WALK_ZIP, &why);
    gboolean fatal, found = archive && next_header(archive, &fatal);
    if (found) read_content(walk, archive, member);
    const char *error = archive ? archive_error_string(archive) : why;
    if (!found) unpack_member_fault(member, problem_of(error), error);
    if (archive) archive_read_free(archive);
}
