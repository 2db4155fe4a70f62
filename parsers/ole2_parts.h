/* ole2_parts.h - what the files of ole2.h share; here libgsf is seen. */
#pragma once

#include <gsf/gsf-infile.h>
#include <gsf/gsf-input.h>
#include <gsf/gsf-outfile.h>

#include "parsers/ole2.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfInput, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfInfile, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfOutput, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfOutfile, g_object_unref)

#define OLE2_CHILDREN_MAX 1000 /* of a storage that are looked at */

struct Ole2 {
    GBytes *bytes;
    GsfInfile *file;
};

/* A child by name, without regard to case as the format has it (MS-CFB 2.6.4), or NULL. */
GsfInput *ole2_child(GsfInfile *file, const char *name);
