/* mime_name.h - what a part's file is called. Private to mime.c and mht.c. */
#pragma once

#include "parsers/entity.h"

/* The disposition's filename, else the type's name, else one of them where it does not belong; the type's
 * also where the disposition's has only question marks or underscores before the dot. NULL if there is none.
 * `get`: params_get or params_path. The caller frees. */
char *mime_part_name(const Entity *entity, char *(*get)(const char *raw, const char *name));

/* Content-Description, if that is the name of a file: for files that nothing else names. NULL if not. The
 * caller frees. */
char *mime_described_name(const Entity *entity);
