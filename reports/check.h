/* check.h - whether a finished workbook is whole.
 *
 * libxlsxwriter says 0 from workbook_close() though the disk is full and the file cut short, so no workbook
 * is shown to anybody before it was read back. */
#pragma once

#include <glib.h>

#define CHECK_ERROR (g_quark_from_static_string("check"))
enum {
    CHECK_ERROR_ZIP, /* no zip file, a member cannot be unpacked or its CRC is wrong */
    CHECK_ERROR_XML, /* a member is no well-formed XML */
    CHECK_ERROR_ROWS /* a worksheet is missing or has not the rows that were written */
};

/* Unpacks every member of `file` (its CRC is compared), parses every .xml and .rels, and counts the rows of
 * xl/worksheets/sheet1.xml … against `rows` (`n` worksheets in workbook order; a row counts when at least one
 * cell was written to it). The message names the member. */
gboolean check_workbook(const char *file, const guint *rows, guint n, GError **error);
