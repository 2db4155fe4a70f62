/* docx_text FILE.docx ... - what reading a .docx costs beside inflating its word/document.xml alone, in one
 * process.
 *
 * Prints: documents, microseconds of CPU a document for inflating (libdeflate, as the reader itself does it)
 * and for all that document_read() does: finding members, inflating, XML, text, tables and fields. Each file
 * in turn, both ways, over and over; the median of the rounds counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "parsers/document.h"
#include "parsers/mime.h"
#include "parsers/unpack.h"
#include "parsers/zip.h"

enum { ROUNDS = 21 };

static double cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* FALSE if there is no such member. The directory is read before the clock runs. */
static gboolean inflate(const Zip *zip)
{
    for (guint i = 0; i < zip->members->len; i++) {
        const ZipMember *member = zip->members->pdata[i];
        const char *why;
        g_autoptr (GByteArray) content = g_byte_array_new();
        if (g_strcmp0(member->name, "word/document.xml") != 0) continue;
        return zip_read(zip, member, 64 << 20, content, &why) == ZIP_WHOLE;
    }
    return FALSE;
}

static void read_text(GBytes *bytes)
{
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    g_free(attachment->name);
    attachment->name = g_strdup("a.docx");
    unpack_reset();
    document_read(attachment, bytes);
}

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return difference < 0 ? -1 : difference > 0;
}

int main(int argc, char **argv)
{
    mime_init();
    double rounds[2][ROUNDS] = {{0}};
    guint n = 0;
    for (int i = 1; i < argc; i++) {
        g_autofree char *data = NULL;
        gsize length = 0;
        if (!g_file_get_contents(argv[i], &data, &length, NULL)) return 1;
        g_autoptr (GBytes) bytes = g_bytes_new_take(g_steal_pointer(&data), length);
        g_autoptr (Zip) zip = zip_open(bytes);
        if (!zip || !inflate(zip)) continue;
        n++;
        for (guint k = 0; k < ROUNDS; k++) {
            double start = cpu_us();
            inflate(zip);
            double middle = cpu_us();
            read_text(bytes);
            rounds[0][k] += middle - start;
            rounds[1][k] += cpu_us() - middle;
        }
    }
    if (n == 0) return 1;
    for (guint i = 0; i < 2; i++) qsort(rounds[i], ROUNDS, sizeof(double), compare);
    printf("%u %.1f %.1f\n", n, rounds[0][ROUNDS / 2] / n, rounds[1][ROUNDS / 2] / n);
    return 0;
}
