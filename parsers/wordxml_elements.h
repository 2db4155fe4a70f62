/* wordxml_elements.h - what the elements of WordprocessingML mean to wordxml.c. */
#pragma once

typedef enum Action {
    NOTHING,
    PARAGRAPH,
    RUN,
    TEXT,
    TAB,
    BREAK,
    HYPHEN,
    SYMBOL,
    FIELD_PART, /* w:fldChar */
    FIELD_CODE,
    FIELD_WHOLE, /* w:fldSimple: the code is an attribute */
    FONTS,
    RUN_STYLE,
    PARAGRAPH_STYLE,
    TABLE,
    ROW,
    CELL,
    BOX,
    DROP,
    DELETED, /* w:del: a run, a paragraph mark or a row, by where it stands */
    MARK_PROPERTIES,
    PROPERTIES,
    ROW_PROPERTIES,
    GRID_SPAN,
    GRID_BEFORE,
    MERGED,
    MERGED_DOWN,
    NOTE,
    PICTURE,
    ACTIVEX, /* w:control */
    CHUNK,
    WORD_ART,
    CONTROL, /* w:sdt */
    CONTROL_CONTENT,
    PLACEHOLDER,
    CHECKBOX,
    CHECKED_STATE, /* of a control or a form field, and the default of the latter */
    FORM_LIST,
    LIST_RESULT,
    LIST_ENTRY,
    ALTERNATIVES,
    CHOICE,
    FALLBACK
} Action;

/* For XmlEvents.code: the Action of an element, NOTHING for those that mean none. */
int wordxml_action(const char *uri, const char *name);
