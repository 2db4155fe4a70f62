/* Tables of texts and workbooks. */
#include <string.h>

#include "parsers/opendocument_parts.h"

#define REPEATED_MAX 200 /* times that a cell or row with text is repeated */

guint odf_number(const XmlAttributes *attributes, const char *name, guint most)
{
    g_autofree char *value = xml_attribute(attributes, name);
    return value ? (guint)CLAMP(g_ascii_strtoll(value, NULL, 10), 1, most) : 1;
}

/* --- tables of texts -------------------------------------------------------------------------- */

static OdfTable *table_now(OdfReading *reading)
{
    return reading->n_tables > 0 && reading->n_tables <= ODF_TABLES_MAX
               ? &reading->tables[reading->n_tables - 1]
               : NULL;
}

static void begin_cell(OdfReading *reading, const XmlAttributes *attributes)
{
    OdfTable *table = table_now(reading);
    guint span = odf_number(attributes, "number-columns-spanned", ODF_COLUMNS_MAX),
          rows = odf_number(attributes, "number-rows-spanned", 10000);
    textout_begin(reading->out, TEXTOUT_CELL);
    textout_cell_span(reading->out, span);
    if (!table) return;
    if (table->column < ODF_COLUMNS_MAX) {
        table->down[table->column] = rows - 1;
        table->span[table->column] = span;
    }
    table->left = span - 1;
    table->column++;
}

/* Cells that are part of another: to the left, of which the level knows already, or above. Begins a level in
 * any case. */
static void begin_covered(OdfReading *reading, const XmlAttributes *attributes)
{
    OdfTable *table = table_now(reading);
    for (guint n = odf_number(attributes, "number-columns-repeated", ODF_COLUMNS_MAX); table && n > 0; n--) {
        guint column = table->column++;
        if (table->left > 0) {
            table->left--;
        } else if (column < ODF_COLUMNS_MAX && table->down[column] > 0) {
            table->down[column]--;
            table->left = table->span[column] - 1;
            textout_begin(reading->out, TEXTOUT_CELL);
            textout_cell_span(reading->out, table->span[column]);
            textout_cell_continues(reading->out, TRUE);
            textout_end(reading->out);
        }
    }
    textout_begin(reading->out, TEXTOUT_DROP);
}

void odf_begin_in_text(OdfReading *reading, int code, const XmlAttributes *attributes)
{
    OdfTable *table;
    switch (code) {
    case ODF_TABLE:
        textout_begin(reading->out, TEXTOUT_TABLE);
        reading->n_tables++;
        if ((table = table_now(reading))) memset(table, 0, sizeof *table);
        break;
    case ODF_ROW:
        textout_begin(reading->out, TEXTOUT_ROW);
        if ((table = table_now(reading))) table->column = table->left = 0;
        break;
    case ODF_CELL: begin_cell(reading, attributes); break;
    case ODF_CELL_COVERED: begin_covered(reading, attributes); break;
    case ODF_BOX: textout_begin(reading->out, TEXTOUT_BOX); break;
    case ODF_COMMENT: textout_begin(reading->out, TEXTOUT_DROP); break;
    default: break;
    }
}

void odf_end_in_text(OdfReading *reading, int code)
{
    if (code == ODF_TABLE) reading->n_tables--;
    if (code == ODF_TABLE || code == ODF_ROW || code == ODF_CELL || code == ODF_CELL_COVERED ||
        code == ODF_BOX || code == ODF_COMMENT)
        textout_end(reading->out);
}

/* --- workbooks -------------------------------------------------------------------------------- */

void odf_cell_clear(gpointer data)
{
    g_free(((OdfCell *)data)->text);
}

void odf_begin_in_sheets(OdfReading *reading, int code, const XmlAttributes *attributes)
{
    switch (code) {
    case ODF_TABLE: {
        g_autofree char *name = xml_attribute(attributes, "name"),
                        *style = xml_attribute(attributes, "style-name");
        sheets_begin(reading->sheets, name ? name : "",
                     style && g_hash_table_contains(reading->hidden, style));
        reading->row = 0;
        break;
    }
    case ODF_ROW:
        reading->rows = odf_number(attributes, "number-rows-repeated", G_MAXINT / 2);
        reading->column = 0;
        g_array_set_size(reading->line, 0);
        break;
    case ODF_CELL:
    case ODF_CELL_COVERED: {
        guint across = odf_number(attributes, "number-columns-spanned", 16384),
              down = odf_number(attributes, "number-rows-spanned", 1048576);
        reading->columns = odf_number(attributes, "number-columns-repeated", 16384);
        if (across > 1 || down > 1)
            sheets_merge(reading->sheets, reading->row, reading->column, reading->row + down - 1,
                         reading->column + across - 1);
        g_string_truncate(reading->cell, 0);
        reading->cells++;
        break;
    }
    case ODF_BOX:
    case ODF_COMMENT:
        if (reading->boxes++ == 0) g_string_truncate(reading->box, 0);
        break;
    default: break;
    }
}

static void put_row(OdfReading *reading)
{
    for (guint r = 0; r < MIN(reading->rows, REPEATED_MAX) && !reading->full; r++)
        for (guint i = 0; i < reading->line->len && !reading->full; i++) {
            const OdfCell *cell = &g_array_index(reading->line, OdfCell, i);
            reading->full = !sheets_cell(reading->sheets, reading->row + r, cell->column, cell->text);
        }
    reading->row += MIN(reading->rows, G_MAXINT / 2 - reading->row);
}

void odf_end_in_sheets(OdfReading *reading, int code)
{
    switch (code) {
    case ODF_ROW: put_row(reading); break;
    case ODF_CELL:
    case ODF_CELL_COVERED:
        if (reading->cells > 0) reading->cells--;
        for (guint i = 0; i < MIN(reading->columns, REPEATED_MAX) && reading->cell->len > 0; i++) {
            const OdfCell cell = {reading->column + i, g_strdup(reading->cell->str)};
            g_array_append_val(reading->line, cell);
        }
        g_string_truncate(reading->cell, 0);
        reading->column += reading->columns;
        break;
    case ODF_BOX:
    case ODF_COMMENT:
        if (--reading->boxes == 0) sheets_box(reading->sheets, reading->box->str);
        break;
    default: break;
    }
}
