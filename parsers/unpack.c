#include "parsers/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "parsers/charset.h"
#include "parsers/limits.h"

static guint64 spent; /* bytes unpacked since unpack_reset() */

void unpack_reset(void)
{
    spent = 0;
}

static void member_free(gpointer data)
{
    UnpackMember *member = data;
    g_free(member->name);
    g_clear_pointer(&member->content, g_bytes_unref);
    g_free(member);
}

void unpacked_free(Unpacked *unpacked)
{
    if (!unpacked) return;
    g_ptr_array_unref(unpacked->members);
    g_free(unpacked->detail);
    g_free(unpacked);
}

const UnpackMember *unpacked_find(const Unpacked *unpacked, const char *name)
{
    for (guint i = 0; i < unpacked->members->len; i++) {
        const UnpackMember *member = unpacked->members->pdata[i];
        if (g_ascii_strcasecmp(member->name, name) == 0) return member;
    }
    return NULL;
}

/* The first problem is the one that is kept. */
static void fault(Unpacked *unpacked, const char *problem, const char *detail)
{
    if (unpacked->problem) return;
    unpacked->problem = problem;
    g_free(unpacked->detail);
    unpacked->detail = g_utf8_make_valid(detail ? detail : "", -1);
}

static struct archive *open_archive(void)
{
    struct archive *archive = archive_read_new();
    archive_read_support_format_zip(archive);
    archive_read_support_format_rar(archive);
    archive_read_support_format_rar5(archive);
    archive_read_support_format_7zip(archive);
    archive_read_support_format_tar(archive);
    archive_read_support_filter_gzip(archive);
    return archive;
}

/* Reads one member into memory. NULL where nothing could be read; FALSE in *more ends the walk. */
static GBytes *read_content(Unpacked *unpacked, struct archive *archive, gsize packed, gboolean *more)
{
    g_autoptr (GByteArray) content = g_byte_array_new();
    guint8 buffer[32 << 10];
    gssize n;
    while ((n = archive_read_data(archive, buffer, sizeof buffer)) > 0) {
        spent += (guint64)n;
        const char *problem = NULL;
        if (spent > LIMIT_UNPACKED_BYTES)
            problem = "too-large";
        else if (content->len + (guint64)n > (1u << 20) &&
                 (content->len + (guint64)n) / LIMIT_UNPACK_RATIO > packed)
            problem = "archive-bomb";
        if (problem) {
            fault(unpacked, problem, "the unpacked members are larger than the limit");
            *more = FALSE;
            return NULL;
        }
        g_byte_array_append(content, buffer, (guint)n);
    }
    if (n < 0) {
        fault(unpacked, "damaged", archive_error_string(archive));
        *more = n != ARCHIVE_FATAL;
        if (content->len == 0) return NULL;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&content));
}

static char *member_name(struct archive_entry *entry)
{
    const char *utf8 = archive_entry_pathname_utf8(entry);
    const char *raw = archive_entry_pathname(entry);
    char *name = utf8 && g_utf8_validate(utf8, -1, NULL)
                     ? g_strdup(utf8)
                     : charset_to_utf8(raw ? raw : "", raw ? strlen(raw) : 0, NULL, NULL);
    return g_strdelimit(name, "\\", '/');
}

static UnpackMember *add_member(Unpacked *unpacked, struct archive_entry *entry)
{
    UnpackMember *member = g_new0(UnpackMember, 1);
    member->name = member_name(entry);
    member->folder = archive_entry_filetype(entry) == AE_IFDIR || g_str_has_suffix(member->name, "/");
    member->encrypted = archive_entry_is_encrypted(entry) != 0;
    unpacked->encrypted |= member->encrypted;
    g_ptr_array_add(unpacked->members, member);
    return member;
}

/* Whether what libarchive stumbled over is a password: a list of members that is itself encrypted. */
static gboolean is_password(struct archive *archive)
{
    const char *why = archive_error_string(archive);
    return archive_read_has_encrypted_entries(archive) == 1 || (why && strstr(why, "ncrypt"));
}

static void walk(Unpacked *unpacked, struct archive *archive, gsize packed, UnpackWant want, gpointer user)
{
    struct archive_entry *entry;
    gboolean more = TRUE;
    while (more) {
        int got = archive_read_next_header(archive, &entry);
        if (got == ARCHIVE_EOF) return;
        if (got < ARCHIVE_WARN) {
            if (is_password(archive))
                unpacked->encrypted = TRUE;
            else
                fault(unpacked, "damaged", archive_error_string(archive));
            if (got == ARCHIVE_FATAL) return;
            continue;
        }
        if (unpacked->members->len >= LIMIT_MEMBERS) {
            fault(unpacked, "too-large", "more members than the limit");
            return;
        }
        UnpackMember *member = add_member(unpacked, entry);
        if (!member->folder && !member->encrypted && want && want(member->name, user))
            member->content = read_content(unpacked, archive, packed, &more);
    }
}

Unpacked *unpack(GBytes *bytes, UnpackWant want, gpointer user)
{
    Unpacked *unpacked = g_new0(Unpacked, 1);
    unpacked->members = g_ptr_array_new_with_free_func(member_free);
    unpacked->detail = g_strdup("");
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    struct archive *archive = open_archive();
    if (archive_read_open_memory(archive, data, length) == ARCHIVE_OK)
        walk(unpacked, archive, length, want, user);
    else
        fault(unpacked, "damaged", archive_error_string(archive));
    archive_read_free(archive);
    return unpacked;
}
