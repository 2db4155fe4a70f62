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

struct Trust {
    int memory; /* both together; -1 = none */
    char *path; /* what libcurl reads; NULL = its default */
    gboolean folder;
};

static char *read_own(const char *ca_file, GError **error)
{
    char *pem = NULL;
    g_autoptr (GError) cause = NULL;
    if (!g_file_get_contents(ca_file, &pem, NULL, &cause)) {
        g_set_error(error, NET_ERROR, NET_ERROR_URL, "ca_file cannot be read: %s", cause->message);
        return NULL;
    }
    if (strstr(pem, "-----BEGIN CERTIFICATE-----") != NULL) return pem;
    g_set_error(error, NET_ERROR, NET_ERROR_URL, "ca_file \"%s\" holds no certificate in PEM form", ca_file);
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
