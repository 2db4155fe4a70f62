/* field_code.h - fields of word processors (code, perhaps a result), for the readers of .doc, .docx and RTF.
 *
 * Fields lie in each other. What is shown of one is its result, which the reader puts as any text; only where
 * there is none the code itself may be what a person sees: a tick in a box, a number in a ring.
 */
#pragma once

#include <glib.h>

typedef struct FieldStack {
    GArray *open;
    GString *codes; /* of those that are open, one after the other */
    guint in_code;  /* how many of them are in their code */
    guint beyond;   /* fields that are nested too deep to be kept */
} FieldStack;

void field_stack_init(FieldStack *fields);
void field_stack_clear(FieldStack *fields);

/* A field begins, with its code. */
void field_begin(FieldStack *fields);

/* Text (UTF-8) of the code of the innermost field; ignored outside of one, and beyond a few hundred bytes. */
void field_code(FieldStack *fields, const char *text, gsize length);

/* The result of the innermost field begins; `puts` is any count that grows with each character put. */
void field_result(FieldStack *fields, guint64 puts);

/* The innermost field ends. What is shown of its code, if nothing was put as its result; else NULL. Caller
 * frees. */
char *field_end(FieldStack *fields, guint64 puts);

/* What is shown of a field that has no result but is all in its code: overstrikes of EQ (rings around
 * characters, ticks in boxes, phonetic guides), symbols, click-here buttons. NULL if nothing; caller frees.
 */
char *field_code_text(const char *code);
