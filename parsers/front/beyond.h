/* beyond.h - what a small program does when it meets what only a larger one can read. */
#pragma once

#include <glib.h>

/* Exit statuses by which a program says so to the one that started it. */
enum {
    BEYOND_ALL = 100, /* baosong-parse-all is needed */
    BEYOND_PDF = 101, /* baosong-parse-pdf is enough, as far as is known */
    BEYOND_DONE = 102 /* it is not; the answer was printed (libraries that are at a loss call exit(0), too) */
};

/* Ends this process; each program has its own. */
G_NORETURN void beyond(int who);
