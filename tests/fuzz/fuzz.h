/* fuzz.h - what the fuzz targets share. A target is one file, fuzz_NAME.c, with LLVMFuzzerTestOneInput() in
 * it; its dictionary is NAME.dict, its saved inputs are cases/NAME/.
 *
 * Linked by clang with libFuzzer (make fuzz), by any compiler with replay.c (make check). A target aborts
 * where a promise of a header is broken, not only where memory is.
 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Starts the libraries; silences their log. Cheap after the first time. */
void fuzz_start(void);

/* A NUL-terminated copy of the input; the caller frees. */
char *fuzz_text(const uint8_t *data, size_t size);

/* A promise of a header: prints it and aborts unless it holds. */
#define FUZZ_PROMISE(holds, what)                                                                            \
    do {                                                                                                     \
        if (!(holds)) fuzz_broken(what, G_STRLOC);                                                           \
    } while (0)
G_NORETURN void fuzz_broken(const char *what, const char *where);

/* Valid UTF-8 on one line, as the decoders of headers promise. */
void fuzz_is_line(const char *line);

/* Reads a document as the worker does, with an empty budget before it; the daemon must accept what comes out.
 */
void fuzz_document(GBytes *bytes, const char *name);

/* What the worker would reply about these facts must be what the daemon accepts, and say the same again.
 * Facts that are over the caps of a whole reply may be refused: the worker sheds text then. */
void fuzz_facts(const Facts *facts);

/* A zip whose members are stored; pairs of name and content, NULL. The content is `length` bytes. */
typedef struct FuzzMember {
    const char *name;
    const void *content;
    gsize length;
} FuzzMember;
GBytes *fuzz_zip(const FuzzMember *members, gsize n);

/* Member number `i` of an input that holds several, parted by a byte 0xFF (which no XML holds). What is not
 * there is `otherwise`. */
FuzzMember fuzz_member(const char *name, const uint8_t *data, size_t size, guint i, const char *otherwise);

/* An OLE2 file of streams. An input that is one already comes back as it is, with n_streams 0. */
GBytes *fuzz_ole2(const FuzzMember *streams, gsize n);
gboolean fuzz_is_ole2(const uint8_t *data, size_t size);
