/* roster.h - the committees (二级党组织) of the campaign, from a table. Pure but for roster_load(). */
#pragma once

#include <glib.h>

#include "parsers/table.h"

typedef struct Committee {
    char *code;              /* 代码: stable; default: the name */
    char *name;              /* 单位名称, full */
    char *kind;              /* 类型 */
    GPtrArray *aliases;      /* 简称, of char* */
    GPtrArray *addresses;    /* 邮箱, of char*, lower case */
    char *contact;           /* 联系人 */
    char *telephone;         /* 电话 */
    char *secretary;         /* 书记 */
    char *secretary_address; /* 书记邮箱, "" if none */
    guint branches;          /* 党支部数; 0 = not given */
    int owed;                /* 应报数; -1 = by quota */
    guint position;          /* 0-based roster order */
    guint line;              /* of the CSV, for messages */
} Committee;

typedef struct Roster {
    GPtrArray *committees;  /* of Committee*, in roster order */
    GHashTable *by_code;    /* char* -> Committee* (borrowed) */
    GHashTable *by_address; /* lower-case address -> GPtrArray of Committee* (borrowed), in roster order */
    GHashTable *by_name;    /* roster_key(name or alias) -> Committee* (borrowed) */
} Roster;

/* Makes the roster. The row of column titles may stand below a heading; columns may be named as offices name
 * them (单位, 电子邮箱, 联系电话 …), stand in any order, and others are ignored. Cells of several values
 * separate them by ; ； 、 , ， or line breaks. Every fault is one line in `faults` ("line 7, column 邮箱:
 * …", of char*): missing or doubled columns, two committees of one name, alias or code, bad addresses, bad
 * numbers, empty names, totals. Two committees may share an address, and one may have none: see
 * roster_remarks(). NULL if there is any fault; else the caller owns the roster. 书记邮箱 may stand in
 * several rows. */
Roster *roster_from_table(const Table *table, GPtrArray *faults);
/* The same from a CSV file (table_read_csv); that it cannot be read, or is a workbook, is a fault too;
 * `unread` (may be NULL) then says why it could not be read (G_FILE_ERROR). The only function here that
 * touches a file. */
Roster *roster_load(const char *file, GPtrArray *faults, GError **unread);
void roster_free(Roster *roster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Roster, roster_free)

/* The titles of the columns that roster_from_table() does not know and leaves aside (序号, 备注 …), of char*,
 * so that `roster check` can say so. The caller owns the array. */
GPtrArray *roster_ignored_columns(const Table *table);

/* What is no fault, but costs something: committees that share an address (their mail must name them), such
 * without one (nobody reminds them), and telephones that lost their digits (1.38E+10); lines of char*, in
 * roster order. The caller owns the array. */
GPtrArray *roster_remarks(const Roster *roster);

/* The committees that have this address, in any case: of Committee*, borrowed; NULL if none has. */
const GPtrArray *roster_owners(const Roster *roster, const char *address);
Committee *roster_find_address(const Roster *roster, const char *address); /* the only owner, else NULL */
Committee *roster_find_name(const Roster *roster, const char *name); /* whole name or alias; NULL if none */
Committee *roster_find_code(const Roster *roster, const char *code);

/* The form in which names are compared: NFKC, case folded, white space and brackets removed. Caller frees. */
char *roster_key(const char *name);
