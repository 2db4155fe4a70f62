/* ole2_parts.h - what the files of ole2.h share. */
#pragma once

#include "parsers/cfb.h"
#include "parsers/ole2.h"

struct Ole2 {
    GBytes *bytes;
    Cfb *file;
};
