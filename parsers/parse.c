/* parse.c - baosong-parse: what is in this mail, document or subject? */
#include "parsers/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "parsers/attempts.h"
#include "parsers/batch.h"
#include "parsers/document.h"
#include "parsers/input.h"
#include "parsers/lastwords.h"
#include "parsers/limits.h"
#include "parsers/pretty.h"
#include "parsers/sandbox.h"
#include "parsers/serve.h"
#include "parsers/tags.h"
#include "parsers/watch.h"

typedef struct Options {
    char *document, *save, *subject;
    gboolean pretty, serve, version;
    PrettyStyle style; /* of --pretty on a terminal */
    char **files;
} Options;

static int complain(int status, const char *what, const char *why)
{
    fprintf(stderr, "baosong-parse: %s: %s\n", what, why);
    return status;
}

static int print(const char *text, const char *end)
{
    lastwords_forget();
    if (fputs(text, stdout) == EOF || fputs(end, stdout) == EOF || fflush(stdout) != 0)
        return complain(EX_IOERR, "standard output", strerror(errno));
    attempts_done();
    return EX_OK;
}

static int open_input(const char *path)
{
    return strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
}

/* --- --save ------------------------------------------------------------------------------------------- */

#define SAVED_BYTES 200 /* of a name; file systems take 255 */

/* Whether the character cannot be seen, or turns the reading direction: 报送<U+202E>cod.exe */
static gboolean is_unseen(gunichar c)
{
    const GUnicodeType type = g_unichar_type(c);
    return type == G_UNICODE_FORMAT || type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR ||
           type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* A name that is one file in one folder on any system, whatever the mail says. The extension survives. */
static char *safe_name(const char *name)
{
    g_autoptr (GString) safe = g_string_new(NULL);
    for (const char *p = name; *p; p = g_utf8_next_char(p)) {
        const gunichar c = g_utf8_get_char(p);
        if (!is_unseen(c)) g_string_append_unichar(safe, c < 0x80 && strchr("/\\:*?\"<>|", (int)c) ? '_' : c);
    }
    while (safe->len > 0 && strchr(" .", safe->str[safe->len - 1])) g_string_truncate(safe, safe->len - 1);
    if (safe->len == 0) return g_strdup("attachment");
    if (safe->str[0] == '.') safe->str[0] = '_';
    const char *dot = strrchr(safe->str, '.');
    g_autofree char *ending = g_strdup(dot && strlen(dot) <= 20 ? dot : "");
    if (safe->len > SAVED_BYTES) {
        const gsize room = SAVED_BYTES - strlen(ending);
        g_string_truncate(safe, (gsize)(g_utf8_find_prev_char(safe->str, safe->str + room + 1) - safe->str));
        g_string_append(safe, ending);
    }
    return g_string_free(g_steal_pointer(&safe), FALSE);
}

/* Never overwrites: the second report.docx is "2-report.docx". */
static void save(FactsAttachment *attachment, GBytes *bytes, gpointer data)
{
    const Options *options = data;
    if (attempts_is_saved()) return;
    g_autofree char *name = safe_name(facts_base_name(attachment));
    for (guint n = 1; n < 10000; n++) {
        g_autofree char *numbered = n == 1 ? g_strdup(name) : g_strdup_printf("%u-%s", n, name);
        g_autofree char *path = g_build_filename(options->save, numbered, NULL);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0 && errno == EEXIST) continue;
        gsize length = 0;
        const char *p = g_bytes_get_data(bytes, &length);
        gssize written = fd < 0 ? -1 : length ? write(fd, p, length) : 0;
        if (written != (gssize)length) complain(EX_CANTCREAT, path, strerror(errno));
        if (fd >= 0) close(fd);
        attempts_count_saved();
        return;
    }
}

/* Libraries describe broken documents to the log. What a stranger's file looks like is in the JSON; the
 * journal is not for strangers to write into. */
static void drop_log(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

static void note(const char *sha256, gpointer data)
{
    attempts_note(sha256, data);
    lastwords_note(sha256);
}

/* By hand, too, nothing is read but in the sandbox. FALSE if it cannot be shut. */
static gboolean lock_in(SandboxPlan plan, const FactsRequest *request)
{
    g_autoptr (GString) lacking = g_string_new(NULL);
    if (!sandbox_enter(&plan, lacking)) return FALSE;
    if (lacking->len > 0) fprintf(stderr, "baosong-parse: warning: %s\n", lacking->str);
    watch_begin(request, note, NULL);
    return TRUE;
}

/* --- the four things to do -------------------------------------------------------------------- */

/* What is on the command line, opened. */
typedef struct Input {
    const Options *options;
    const char *path;
    int fd;
    GBytes *bytes; /* of parse_document_once() */
} Input;

static int mail_attempt(const FactsRequest *request, gpointer data)
{
    const Input *input = data;
    const Options *options = input->options;
    mime_init();
    if (!lock_in((SandboxPlan){.keep = input->fd, .save = options->save}, request)) return EX_OSERR;
    g_autoptr (Facts) facts = input_mail(input->fd, NULL, options->save ? save : NULL, (gpointer)options);
    if (!facts) return complain(EX_NOINPUT, input->path, strerror(errno));
    gboolean terminal = options->style.width > 0;
    g_autofree char *text =
        terminal ? pretty_mail(facts, &options->style) : facts_to_json(facts, options->pretty);
    return print(text, terminal ? "" : "\n");
}

static int read_plainly(const char *path, int fd)
{
    const Options options = {0};
    Input input = {.options = &options, .path = path, .fd = fd};
    return attempts_run(fd, mail_attempt, &input);
}

static int read_mail(const Options *options)
{
    Input input = {.options = options, .path = options->files[0], .fd = open_input(options->files[0])};
    if (options->save && g_mkdir_with_parents(options->save, 0700) != 0)
        return complain(EX_CANTCREAT, options->save, strerror(errno));
    if (input.fd < 0) return complain(EX_NOINPUT, input.path, strerror(errno));
    return attempts_run(input.fd, mail_attempt, &input);
}

static int document_attempt(const FactsRequest *request, gpointer data)
{
    const Input *input = data;
    const Options *options = input->options;
    if (!lock_in((SandboxPlan){.keep = input->fd, .alone = input->bytes != NULL}, request)) return EX_OSERR;
    gboolean more = FALSE;
    g_autoptr (GBytes)
        bytes = input->bytes ? g_bytes_ref(input->bytes) : input_bytes(input->fd, LIMIT_MAIL_BYTES, &more);
    if (!bytes) return complain(EX_NOINPUT, input->path, strerror(errno));
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    g_autofree char *base = g_path_get_basename(input->path);
    g_free(attachment->name);
    attachment->name = g_utf8_make_valid(base, -1);
    attachment->size = g_bytes_get_size(bytes);
    g_free(attachment->sha256);
    attachment->sha256 = facts_sha256_bytes(bytes);
    g_free(attachment->type);
    attachment->type = g_strdup("application/octet-stream"); /* until it is known */
    if (more)
        facts_add_problem(attachment->problems, "too-large", "only the first part of the file was read");
    lastwords_document(attachment);
    document_read(attachment, bytes);
    gboolean terminal = options->style.width > 0;
    g_autofree char *text = terminal ? pretty_attachment(attachment, &options->style)
                                     : facts_attachment_to_json(attachment, options->pretty);
    return print(text, terminal ? "" : "\n");
}

static int read_document(const Options *options)
{
    Input input = {.options = options, .path = options->document, .fd = open_input(options->document)};
    if (input.fd < 0) return complain(EX_NOINPUT, input.path, strerror(errno));
    mime_init();
    return attempts_run(input.fd, document_attempt, &input);
}

int parse_document_once(const char *path, GBytes *bytes)
{
    const Options options = {0};
    Input input = {.options = &options, .path = path, .fd = bytes ? -1 : open_input(path), .bytes = bytes};
    if (!g_getenv("BAOSONG_PARSE_DEBUG")) g_log_set_default_handler(drop_log, NULL);
    if (!bytes && input.fd < 0) return complain(EX_NOINPUT, path, strerror(errno));
    if (bytes) lastwords_enable();
    return document_attempt(&(FactsRequest){.kind = FACTS_WORKER_READ}, &input);
}

static int read_subject(const Options *options)
{
    g_autofree char *text = g_utf8_make_valid(options->subject, -1);
    g_autoptr (Tags) tags = tags_parse(text);
    for (guint i = 0; i < tags->kinds->len; i++)
        printf("kind: %s\n", tags_kind_name((TagKind)GPOINTER_TO_UINT(g_ptr_array_index(tags->kinds, i))));
    for (guint i = 0; i < tags->fields->len; i++)
        printf("field: %s\n", (const char *)g_ptr_array_index(tags->fields, i));
    printf("rest: %s\n", tags->rest);
    if (tags->reply) puts("reply");
    if (tags->forward) puts("forward");
    if (tags->auto_reply) puts("auto-reply");
    return EX_OK;
}

static int run(Options *options)
{
    if (options->pretty) options->style = pretty_style();
    if (options->version) return puts("baosong-parse " BAOSONG_VERSION) == EOF ? EX_IOERR : EX_OK;
    if (options->serve) return serve();
    if (options->subject) return read_subject(options);
    if (options->document) return read_document(options);
    if (!options->files || !options->files[0])
        return complain(EX_USAGE, "usage",
                        "baosong-parse FILE.eml… | --document FILE | --subject TEXT (see --help)");
    if (!options->files[1]) return read_mail(options);
    if (options->save || options->pretty)
        return complain(EX_USAGE, "usage", "--save and --pretty are for one mail at a time");
    return batch_run(options->files, read_plainly);
}

int parse_main(int argc, char **argv)
{
    Options options = {0};
    const GOptionEntry entries[] = {
        {"document", 0, 0, G_OPTION_ARG_FILENAME, &options.document, "Read a document instead of a mail",
         "FILE"},
        {"save", 0, 0, G_OPTION_ARG_FILENAME, &options.save, "Also write the mail's attachments into DIR",
         "DIR"},
        {"subject", 0, 0, G_OPTION_ARG_STRING, &options.subject, "Print what the tags in a subject say",
         "TEXT"},
        {"pretty", 0, 0, G_OPTION_ARG_NONE, &options.pretty,
         "For people: a page on a terminal, else JSON with line breaks", NULL},
        {"serve", 0, 0, G_OPTION_ARG_NONE, &options.serve,
         "Be the worker of baosongd (socket on descriptor 3)", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options.version, "Print the version", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.files, NULL, "FILE.eml…"},
        G_OPTION_ENTRY_NULL};
    setlocale(LC_ALL, "C.UTF-8");
    if (!g_getenv("BAOSONG_PARSE_DEBUG")) g_log_set_default_handler(drop_log, NULL);
    g_autoptr (GOptionContext)
        context = g_option_context_new("- print the facts in a mail as JSON ('-': standard input)");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr (GError) error = NULL;
    int status = g_option_context_parse(context, &argc, &argv, &error)
                     ? run(&options)
                     : complain(EX_USAGE, "usage", error->message);
    g_free(options.document);
    g_free(options.save);
    g_free(options.subject);
    g_strfreev(options.files);
    return status;
}
