#include "parsers/lastwords.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char DETAIL[] = "reading it took too much time or memory, or broke the reader";
static gboolean enabled, patient; /* patient: somebody waits who can read files in each other one by one */
static int spoken;                /* exit status behind the words */
static char *words;
static gsize length;
static const char *outermost; /* SHA-256 of the document that the words are about */
static gboolean within;       /* a file in it is being read */

static void set(char *json)
{
    lastwords_forget();
    words = json;
    length = strlen(json);
}

void lastwords_forget(void)
{
    length = 0;
    g_clear_pointer(&words, g_free);
}

#ifndef BAOSONG_SANITIZE
static void say(int fd, const char *text, gsize n)
{
    while (n > 0) {
        gssize done = write(fd, text, n);
        if (done <= 0) return;
        text += done;
        n -= (gsize)done;
    }
}

/* Only what a signal handler may do. */
static void speak(int otherwise)
{
    if (patient && within) _exit(otherwise);
    static const char broke[] = "baosong-parse: the reader broke",
                      more[] = "; the JSON holds what was known before";
    say(STDERR_FILENO, broke, sizeof broke - 1);
    if (length > 0) say(STDERR_FILENO, more, sizeof more - 1);
    say(STDERR_FILENO, "\n", 1);
    say(STDOUT_FILENO, words, length);
    say(STDOUT_FILENO, "\n", length > 0);
    _exit(length > 0 ? spoken : otherwise);
}

static void on_death(int number)
{
    speak(128 + number);
}

/* Some libraries call exit() when they are at a loss. */
static void on_exit_before_time(void)
{
    if (length > 0) speak(0);
}
#endif

static void enable(const int *deadly, gsize n)
{
    enabled = TRUE;
#ifndef BAOSONG_SANITIZE
    static char stack[64 << 10]; /* the other one may have run over */
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&other, NULL);
    atexit(on_exit_before_time);
    struct sigaction action = {.sa_handler = on_death, .sa_flags = SA_ONSTACK | SA_RESETHAND};
    for (gsize i = 0; i < n; i++) sigaction(deadly[i], &action, NULL);
#endif
}

void lastwords_enable(void)
{
    static const int deadly[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGXCPU, SIGSYS};
    enable(deadly, G_N_ELEMENTS(deadly));
}

void lastwords_enable_spent(int status)
{
    static const int spent[] = {SIGXCPU, SIGABRT}; /* for want of memory, GLib and C++ abort */
    patient = TRUE;
    spoken = status;
    enable(spent, G_N_ELEMENTS(spent));
}

void lastwords_note(const char *sha256)
{
    within = sha256 && outermost && strcmp(sha256, outermost) != 0;
}

void lastwords_mail(const Facts *facts)
{
    if (!enabled) return;
    facts_add_problem(facts->problems, "unreadable", DETAIL);
    set(facts_to_json(facts, FALSE));
    g_ptr_array_set_size(facts->problems, (gint)facts->problems->len - 1);
}

void lastwords_document(const FactsAttachment *attachment)
{
    if (!enabled) return;
    outermost = attachment->sha256;
    facts_add_problem(attachment->problems, "unreadable", DETAIL);
    set(facts_attachment_to_json(attachment, FALSE));
    g_ptr_array_set_size(attachment->problems, (gint)attachment->problems->len - 1);
}
