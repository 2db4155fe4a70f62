/* front.c - baosong-parse as it is run by hand: a small program that reads most documents by itself.
 *
 * All that baosong-parse can do needs some fifty libraries, and loading them takes ten times as long as
 * reading a document. Here are the readers that need none of them, linked with nothing but what they use.
 * What else there is to do is handed to another program beside this one: a PDF to baosong-parse-pdf, which
 * has poppler; everything but a document to baosong-parse-all, which has everything. In which of them a
 * document belongs may only show while it is read: then it is tried in a child, which ends where it goes no
 * further.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "beyond.h"
#include "parsers/input.h"
#include "parsers/limits.h"
#include "parsers/ole2_objects.h"
#include "parsers/parse.h"
#include "parsers/pdf.h"

#define WHOLE    "baosong-parse-all"
#define WITH_PDF "baosong-parse-pdf"

static gboolean unheard; /* no child, and past the point where another program can be run */

void beyond(int who)
{
    if (unheard) fputs("baosong-parse: only " WHOLE " can read this document\n", stderr);
    _exit(unheard ? EX_SOFTWARE : who);
}

void pdf_read(FactsAttachment *attachment, GBytes *bytes)
{
    beyond(BEYOND_PDF);
}

/* --- the other programs ----------------------------------------------------------------------- */

/* Beside this program. */
static gboolean path_of(const char *program, char path[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - sizeof "/" WHOLE);
    if (length <= 0) return FALSE;
    path[length] = '\0';
    strcpy(strrchr(path, '/') + 1, program);
    return TRUE;
}

/* Returns only if it cannot be run. */
static int run_whole(char **argv)
{
    char path[PATH_MAX];
    if (path_of(WHOLE, path)) execv(path, argv);
    fprintf(stderr, "baosong-parse: cannot run " WHOLE ", which comes with it: %s\n", strerror(errno));
    return EX_OSFILE;
}

/* What a child says; BEYOND_ALL if it did not come to its end. */
static int status_of(pid_t child)
{
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : BEYOND_ALL;
}

static int run_pdf(char **argv)
{
    char path[PATH_MAX];
    pid_t child = -1;
    if (!path_of(WITH_PDF, path) || posix_spawn(&child, path, NULL, NULL, argv, environ) != 0) child = -1;
    int status = status_of(child);
    if (status == BEYOND_DONE) return EX_OK;
    return status >= EX__BASE && status <= EX__MAX ? status : run_whole(argv);
}

/* --- where to read it ------------------------------------------------------------------------- */

typedef enum Place {
    HERE,         /* it cannot need anything else */
    HERE_PERHAPS, /* tried in a child */
    PDF,
    ALL
} Place;

/* By its name, before it is opened; a hint only: whoever reads it goes by its content. */
static gboolean is_likely_beyond(const char *path)
{
    static const char *const suffixes[] = {".htm", ".html", ".mht", ".mhtml", ".eml", ".rar", ".7z"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < G_N_ELEMENTS(suffixes); i++)
        if (strcasecmp(dot, suffixes[i]) == 0) return TRUE;
    return FALSE;
}

static gboolean is_pdf(const char *data, gsize length)
{
    return length >= 5 && memcmp(data, "%PDF-", 5) == 0;
}

/* By its first bytes, and where its formats let us know before it is read whether it holds other files.
 * Nothing but this is done with a stranger's bytes outside of the sandbox. */
static Place place_of(GBytes *bytes)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    if (length < 512 || memcmp(data, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) != 0) return HERE_PERHAPS;
    if (!ole2_may_hold_objects(data, length)) return HERE;
    return memmem(data, length, "%PDF-", 5) ? PDF : HERE_PERHAPS;
}

/* *bytes: its content, if it may be read here. What is no file on disk can be read only once. */
static Place look(const char *path, GBytes **bytes)
{
    struct stat st;
    char first[8];
    gboolean more = FALSE;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    Place place = fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ? ALL : HERE;
    if (place == HERE && is_pdf(first, (gsize)MAX(pread(fd, first, sizeof first, 0), 0))) place = PDF;
    if (place == HERE) *bytes = input_bytes(fd, LIMIT_MAIL_BYTES, &more);
    if (place == HERE) place = *bytes && !more ? place_of(*bytes) : ALL;
    if (fd >= 0) close(fd);
    return place;
}

static int read_here(const char *path, GBytes *bytes)
{
    unheard = TRUE;
    return parse_document_once(path, bytes);
}

static int try(const char *path, GBytes *bytes)
{
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(parse_document_once(path, bytes));
    }
    return status_of(child);
}

int main(int argc, char **argv)
{
    gboolean document = argc == 3 && strcmp(argv[1], "--document") == 0 && !is_likely_beyond(argv[2]);
    g_autoptr (GBytes) bytes = NULL;
    Place place = document ? look(argv[2], &bytes) : ALL;
    int status = place == HERE           ? read_here(argv[2], bytes)
                 : place == HERE_PERHAPS ? try(argv[2], bytes)
                 : place == PDF          ? BEYOND_PDF
                                         : BEYOND_ALL;
    if (status == BEYOND_PDF) return run_pdf(argv);
    return status == BEYOND_ALL ? run_whole(argv) : status;
}
