/* trust.c - the authorities of the system and of ca_file, in one file.
 *
 * libcurl takes authorities from one file and from one folder. The system's folder holds each certificate
 * three times: under its name, under its hash, and in the bundle. To read them all takes longer than the rest
 * of a connection, so the folder is left out wherever the bundle is there.
 */
#include "daemon/net/trust.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/net/net.h"

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END   "-----END CERTIFICATE-----"

struct Trust {
    int memory; /* both together; -1 = none */
    char *path; /* what libcurl reads; NULL = its default */
    gboolean folder;
};

/* It is the machine that is short of something, or its disk is ill: the configuration is right. */
static gboolean may_pass(const GError *cause)
{
    return cause->code == G_FILE_ERROR_MFILE || cause->code == G_FILE_ERROR_NFILE ||
           cause->code == G_FILE_ERROR_NOMEM || cause->code == G_FILE_ERROR_IO;
}

/* Whether there is one DER structure, whole, behind the PEM_BEGIN at *next, which moves behind it. libcurl
 * says one and the same of a file that it cannot parse and of one that it cannot open just now. */
static gboolean is_certificate(const char **next)
{
    const char *start = *next + strlen(PEM_BEGIN), *end = strstr(start, PEM_END);
    if (!end) return FALSE;
    *next = end + strlen(PEM_END);
    g_autofree char *base64 = g_strndup(start, (gsize)(end - start));
    gsize length;
    g_autofree guchar *der = g_base64_decode(base64, &length);
    if (length < 4 || der[0] != 0x30) return FALSE; /* SEQUENCE; its length in one byte more, or in two */
    return der[1] == 0x81 ? (gsize)der[2] + 3 == length
                          : der[1] == 0x82 && ((gsize)der[2] << 8 | der[3]) + 4 == length;
}

static char *read_own(const char *ca_file, GError **error)
{
    char *pem = NULL;
    g_autoptr (GError) cause = NULL;
    if (!g_file_get_contents(ca_file, &pem, NULL, &cause)) {
        g_set_error(error, NET_ERROR, may_pass(cause) ? NET_ERROR_CONNECT : NET_ERROR_URL,
                    "ca_file cannot be read: %s", cause->message);
        return NULL;
    }
    const char *next = pem, *wrong = NULL;
    guint count = 0;
    while (!wrong && (next = strstr(next, PEM_BEGIN)) != NULL) {
        count++;
        wrong = is_certificate(&next) ? NULL : "a certificate that is cut or changed";
    }
    if (count == 0) wrong = "no certificate in PEM form";
    if (!wrong) return pem;
    g_set_error(error, NET_ERROR, NET_ERROR_URL, "ca_file \"%s\" holds %s", ca_file, wrong);
    g_free(pem);
    return NULL;
}

static gboolean write_whole(int fd, const char *bytes)
{
    for (gsize left = strlen(bytes); left > 0;) {
        ssize_t written = write(fd, bytes, left);
        if (written <= 0) return FALSE;
        bytes += written;
        left -= (gsize)written;
    }
    return TRUE;
}

/* FALSE where there is no memory for a file, or no /proc to name it by. */
static gboolean put_together(Trust *trust, const char *own, const char *bundle)
{
    trust->memory = memfd_create("authorities", MFD_CLOEXEC);
    trust->path = g_strdup_printf("/proc/self/fd/%d", trust->memory);
    return trust->memory >= 0 && write_whole(trust->memory, own) && write_whole(trust->memory, "\n") &&
           write_whole(trust->memory, bundle) && access(trust->path, R_OK) == 0;
}

Trust *trust_new(const char *ca_file, GError **error)
{
    g_autofree char *own = NULL, *bundle = NULL;
    gboolean given = ca_file != NULL && *ca_file != '\0';
    if (given && (own = read_own(ca_file, error)) == NULL) return NULL;
    const char *system = curl_version_info(CURLVERSION_NOW)->cainfo;
    Trust *trust = g_new0(Trust, 1);
    trust->memory = -1;
    trust->folder = system == NULL || access(system, R_OK) != 0;
    if (!given) return trust;
    if (!trust->folder && g_file_get_contents(system, &bundle, NULL, NULL) &&
        put_together(trust, own, bundle))
        return trust;
    trust->folder = TRUE;
    g_free(trust->path);
    trust->path = g_strdup(ca_file);
    return trust;
}

void trust_use(const Trust *trust, CURL *handle)
{
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (trust->path != NULL) curl_easy_setopt(handle, CURLOPT_CAINFO, trust->path);
    if (!trust->folder) curl_easy_setopt(handle, CURLOPT_CAPATH, NULL);
}

void trust_free(Trust *trust)
{
    if (trust == NULL) return;
    if (trust->memory >= 0) close(trust->memory);
    g_free(trust->path);
    g_free(trust);
}
