/* input.c - reading files. */
#include "parsers/input.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parsers/limits.h"

static gssize read_some(int fd, void *buffer, gsize length)
{
    gssize got = 0;
    do {
        got = read(fd, buffer, length);
    } while (got < 0 && errno == EINTR);
    return got;
}

GBytes *input_bytes(int fd, gsize max, gboolean *more)
{
    struct stat st;
    /* a byte more than there should be: the end shows without asking for more room */
    const gboolean regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    gsize room = regular ? (gsize)st.st_size + 1 : 65536;
    GByteArray *array = g_byte_array_sized_new((guint)MIN(room, max + 1));
    gboolean over = FALSE;
    while (!over) {
        guint have = array->len;
        gsize want = MIN(have < room ? room - have : 65536, max + 1 - have);
        g_byte_array_set_size(array, have + (guint)want);
        gssize got = read_some(fd, array->data + have, want);
        g_byte_array_set_size(array, have + (guint)MAX(got, 0));
        if (got < 0) {
            g_byte_array_unref(array);
            return NULL;
        }
        if (got == 0 || (regular && (gsize)got < want)) break;
        over = array->len > max;
    }
    if (more) *more = over;
    return g_byte_array_free_to_bytes(array);
}

/* Where the header fields end, or 0 if they do not. */
static gsize headers_length(const char *data, gsize length)
{
    const char *lf = memmem(data, length, "\n\n", 2), *crlf = memmem(data, length, "\n\r\n", 3);
    const char *end = lf && (!crlf || lf < crlf) ? lf : crlf;
    return end ? (gsize)(end - data) + 1 : 0;
}

static GBytes *head_of(GBytes *bytes)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    gsize most = MIN(length, LIMIT_HEADERS_BYTES);
    gsize headers = data ? headers_length(data, most) : 0;
    return g_bytes_new_from_bytes(bytes, 0, headers ? headers : most);
}

/* `first`: what was read already; the rest of `fd` is hashed and forgotten. */
static Facts *headers_only(int fd, GBytes *first)
{
    g_autoptr (GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree guchar *buffer = g_malloc(65536);
    gsize length = 0;
    const guchar *data = g_bytes_get_data(first, &length);
    g_checksum_update(sum, data, (gssize)length);
    gssize got = 0;
    while ((got = read_some(fd, buffer, 65536)) > 0) g_checksum_update(sum, buffer, got);
    if (got < 0) return NULL;

    g_autoptr (GBytes) head = head_of(first);
    Facts *facts = mime_read(head, NULL, NULL);
    g_free(facts->sha256);
    facts->sha256 = g_strdup(g_checksum_get_string(sum));
    g_ptr_array_set_size(facts->problems, 0); /* of a body that was not looked at */
    facts_add_problem(facts->problems, "too-large", "the mail is over the limit; only the headers were read");
    return facts;
}

Facts *input_mail(int fd, const char *sha256, MimeKeep keep, gpointer data)
{
    gboolean more = FALSE;
    g_autoptr (GBytes) mail = input_bytes(fd, LIMIT_MAIL_BYTES, &more);
    if (!mail) return NULL;
    return more ? headers_only(fd, mail) : mime_read_known(mail, sha256, keep, data);
}
