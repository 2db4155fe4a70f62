/* front.c - baosong-parse as it is run by hand: a small program that reads most documents by itself.
 *
 * All that baosong-parse can do needs some sixty libraries, and loading them takes ten times as long as
 * reading a document. Here are the readers that need none of them, linked with nothing but what they use; a
 * document is tried in a child, in the same sandbox. Where that needs a mail, a PDF, a page of HTML, a
 * charset or an archive that only a library knows, the child ends and baosong-parse-all, which has
 * everything, does it instead; as it does everything but --document.
 */
#include <errno.h>
#include <iconv.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "parsers/html.h"
#include "parsers/mime.h"
#include "parsers/parse.h"
#include "parsers/pdf.h"
#include "parsers/serve.h"
#include "parsers/unpack_walk.h"
#include "parsers/webpage.h"

#define WHOLE  "baosong-parse-all"
#define BEYOND 100 /* exit status of a child that needs what is not in here */

/* --- what is not in here ------------------------------------------------------------------------------ */

static G_NORETURN void beyond(void)
{
    _exit(BEYOND);
}

void mime_init(void)
{
    beyond();
}

Facts *mime_read(GBytes *mail, MimeKeep keep, gpointer data)
{
    beyond();
}

Facts *mime_read_known(GBytes *mail, const char *sha256, MimeKeep keep, gpointer data)
{
    beyond();
}

void mime_read_attachment(FactsAttachment *attachment, GBytes *mail)
{
    beyond();
}

void pdf_read(FactsAttachment *attachment, GBytes *bytes)
{
    beyond();
}

void webpage_read(FactsAttachment *attachment, GBytes *bytes)
{
    beyond();
}

char *html_to_text(const char *html, GPtrArray *anchors)
{
    beyond();
}

char *html_charset(const char *data, gsize length)
{
    beyond();
}

void html_anchor_free(gpointer anchor)
{
    beyond();
}

void walk_list(Walk *walk, WalkFormats formats)
{
    beyond();
}

void walk_read(Walk *walk, WalkFormats formats)
{
    beyond();
}

void walk_read_alone(Walk *walk, GBytes *alone, UnpackMember *member)
{
    beyond();
}

int serve(void)
{
    beyond();
}

int serve_mails(void)
{
    beyond();
}

/* The linker puts it in the place of iconv_open(): its charsets are modules, which a program that is linked
 * like this one should not load. */
iconv_t __wrap_iconv_open(const char *to, const char *from);
iconv_t __wrap_iconv_open(const char *to, const char *from)
{
    beyond();
}

/* --- trying ------------------------------------------------------------------------------------------- */

/* A hint only, to save the attempt: whoever reads it goes by its content. */
static gboolean is_likely_beyond(const char *path)
{
    static const char *const suffixes[] = {".pdf", ".htm", ".html", ".mht", ".eml", ".rar", ".7z"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < G_N_ELEMENTS(suffixes); i++)
        if (strcasecmp(dot, suffixes[i]) == 0) return TRUE;
    return FALSE;
}

/* Beside this program. Returns only if it cannot be run. */
static int run_whole(char **argv)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof "/" WHOLE);
    if (length > 0) {
        path[length] = '\0';
        strcpy(strrchr(path, '/') + 1, WHOLE);
        execv(path, argv);
    }
    fprintf(stderr, "baosong-parse: cannot run " WHOLE ", which comes with it: %s\n", strerror(errno));
    return EX_OSFILE;
}

int main(int argc, char **argv)
{
    struct stat st; /* what is no file on disk can be read only once */
    if (argc != 3 || strcmp(argv[1], "--document") != 0 || stat(argv[2], &st) != 0 || !S_ISREG(st.st_mode) ||
        is_likely_beyond(argv[2]))
        return run_whole(argv);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        return parse_document(argv[2], FALSE, TRUE);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    gboolean done = child > 0 && WIFEXITED(status) && WEXITSTATUS(status) != BEYOND;
    return done ? WEXITSTATUS(status) : run_whole(argv);
}
