/* roster.c - the roster and the quotas of the config, mirrored into table committee for views and foreign
 * keys. */
#include "daemon/store/private.h"

#include <string.h>

static char *join(const GPtrArray *strings)
{
    GString *all = g_string_new(NULL);
    for (guint i = 0; strings && i < strings->len; i++)
        g_string_append_printf(all, "%s%s", i ? "、" : "", (const char *)strings->pdata[i]);
    return g_string_free(all, FALSE);
}

static gboolean put(Store *store, const Committee *committee, GError **error)
{
    Quota quota = config_quota(store->config, committee);
    g_autofree char *aliases = join(committee->aliases);
    g_autofree char *addresses = join(committee->addresses);
    return db_run(
        store->db, error,
        "INSERT INTO committee (code, position, name, kind, aliases, addresses, contact, telephone,"
        " secretary, secretary_address, branches, least, most, in_roster)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"
        " ON CONFLICT (code) DO UPDATE SET position = excluded.position, name = excluded.name,"
        " kind = excluded.kind, aliases = excluded.aliases, addresses = excluded.addresses,"
        " contact = excluded.contact, telephone = excluded.telephone, secretary = excluded.secretary,"
        " secretary_address = excluded.secretary_address, branches = excluded.branches,"
        " least = excluded.least, most = excluded.most, in_roster = 1",
        "titttttttt"
        "iii",
        committee->code, (int)committee->position, committee->name, committee->kind, aliases, addresses,
        committee->contact, committee->telephone, committee->secretary, committee->secretary_address,
        (int)committee->branches, (int)quota.least, (int)quota.most);
}

/* --- codes ------------------------------------------------------------------------------------ */

/* 001 and 1. */
static gboolean is_same_number(const char *a, const char *b)
{
    if (strspn(a, "0123456789") != strlen(a) || strspn(b, "0123456789") != strlen(b)) return FALSE;
    return strcmp(a + strspn(a, "0"), b + strspn(b, "0")) == 0;
}

static gboolean is_same_name(const char *a, const char *b)
{
    g_autofree char *one = roster_key(a), *other = roster_key(b);
    return strcmp(one, other) == 0;
}

/* Without a column 代码 the name is the code. */
static gboolean is_coded_by_name(const Committee *committee)
{
    return strcmp(committee->code, committee->name) == 0;
}

/* What to do about it. Caller frees. */
static char *way_out(const Store *store, const char *was, const Committee *now)
{
    const Committee *holder = roster_find_code(store->config->roster, was);
    if (holder) /* numbered anew, or renamed while another takes the old name: only people know which */
        return g_strdup_printf("put “%s” back; or, if %s (line %u) is that committee under a new name, let "
                               "baosongd run once without line %u, and add that line then",
                               was, holder->name, holder->line, now->line);
    if (is_coded_by_name(now) && is_same_name(was, now->code))
        return g_strdup_printf(
            "without a code the name is the code: write it as before, or put “%s” into "
            "column 代码 (add the column if there is none; in other lines it may be empty)",
            was);
    return g_strdup_printf("put “%s” back%s", was,
                           is_same_number(was, now->code)
                               ? " (Excel drops leading zeros: make the column text before they are typed)"
                               : "");
}

static gboolean refuse(const Store *store, const char *was, const Committee *now, GError **error)
{
    g_autofree char *advice = way_out(store, was, now);
    g_set_error(error, STORE_ERROR, STORE_ERROR_SCHEMA,
                "%s: line %u, %s: %s has “%s” and had “%s” when mail of it was registered or letters "
                "went to it; with another code it would count as a new committee: %s",
                store->config->campaign.roster_file, now->line,
                is_coded_by_name(now) ? "code (代码)" : "column 代码", now->name, now->code, was, advice);
    return FALSE;
}

/* The name of a code on which anything hangs; NULL = nothing does. Caller frees. */
static gboolean used_as(Store *store, const char *code, char **name, GError **error)
{
    GError *fault = NULL;
    sqlite3_stmt *row = db_query(store->db, &fault,
                                 "SELECT name FROM committee WHERE code = ?1 AND ("
                                 " EXISTS (SELECT 1 FROM reminder WHERE committee = ?1)"
                                 " OR EXISTS (SELECT 1 FROM item WHERE committee = ?1)"
                                 " OR EXISTS (SELECT 1 FROM outbox WHERE committee = ?1)"
                                 " OR EXISTS (SELECT 1 FROM mail WHERE committee = ?1))",
                                 "t", code);
    *name = !fault && row && db_next(store->db, row, &fault) ? g_strdup(db_text(row, 0)) : NULL;
    if (*name) db_done(row);
    if (fault) g_propagate_error(error, fault);
    return !fault;
}

/* Full name (roster_key()) -> const Committee*. Aliases are no names: one may be that of a committee that was
 * merged into this one. Caller frees. */
static GHashTable *names_of(const Roster *roster)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < roster->committees->len; i++) {
        const Committee *committee = roster->committees->pdata[i];
        g_hash_table_insert(names, roster_key(committee->name), (gpointer)committee);
    }
    return names;
}

/* Who has this name, and another code; NULL = nobody. */
static const Committee *recoded(GHashTable *names, const char *code, const char *name)
{
    g_autofree char *key = roster_key(name);
    const Committee *now = g_hash_table_lookup(names, key);
    return now && strcmp(now->code, code) != 0 ? now : NULL;
}

/* Whether it is a mistake that the committee does not have the code any more under which something of it is
 * known. Versions that let codes change have left committees with something under each code: then the roster
 * may have either. */
static gboolean check_code(Store *store, const char *was, const Committee *now, GError **error)
{
    g_autofree char *before = NULL, *there = NULL;
    if (!used_as(store, was, &before, error) || !used_as(store, now->code, &there, error)) return FALSE;
    return !before || (there && is_same_name(there, now->name)) || refuse(store, was, now, error);
}

gboolean store_check_codes(Store *store, GError **error)
{
    GError *fault = NULL;
    g_autoptr (GHashTable) names = names_of(store->config->roster);
    sqlite3_stmt *row = db_query(store->db, &fault, "SELECT code, name FROM committee ORDER BY position", "");
    while (!fault && row && db_next(store->db, row, &fault)) {
        const Committee *now = recoded(names, db_text(row, 0), db_text(row, 1));
        if (now) check_code(store, db_text(row, 0), now, &fault);
    }
    if (fault && row) db_done(row);
    if (fault) g_propagate_error(error, fault);
    return !fault;
}

/* --- mirror ----------------------------------------------------------------------------------- */

/* Somebody may have lost a line of the roster. */
static gboolean tell_who_left(Store *store, GError **error)
{
    GError *fault = NULL;
    sqlite3_stmt *row = db_query(store->db, &fault,
                                 "SELECT c.name, c.code, count(*) FROM item i JOIN committee c ON c.code ="
                                 " i.committee WHERE NOT c.in_roster GROUP BY c.code ORDER BY c.position",
                                 "");
    while (!fault && row && db_next(store->db, row, &fault))
        g_message("%s (%s) is not in the roster any more: its %d items stay and count towards no quota",
                  db_text(row, 0), db_text(row, 1), sqlite3_column_int(row, 2));
    if (fault) g_propagate_error(error, fault);
    return !fault;
}

gboolean roster_mirror(Store *store, GError **error)
{
    Change change;
    if (!store_check_codes(store, error) || !change_begin(store, &change, error)) return FALSE;
    gboolean ok = db_run(store->db, error, "UPDATE committee SET in_roster = 0", "");
    const GPtrArray *committees = store->config->roster->committees;
    for (guint i = 0; ok && i < committees->len; i++) ok = put(store, committees->pdata[i], error);
    ok = ok && tell_who_left(store, error);
    return change_end(&change, ok, error);
}

/* The committee that a record means by a code which it does not have in the roster; NULL = none, or it has. A
 * record that tells no name: the number that Excel made of the code will do. */
static const Committee *meant(const Roster *roster, const char *code, const char *name)
{
    const Committee *found = NULL;
    for (guint i = 0; i < roster->committees->len; i++) {
        const Committee *now = roster->committees->pdata[i];
        if (strcmp(now->code, code) == 0) return NULL;
        if (is_same_number(now->code, code)) found = now;
    }
    if (!name || !*name) return found;
    g_autoptr (GHashTable) names = names_of(roster);
    return recoded(names, code, name);
}

/* As check_code(), for a record. A committee whose number changed may have been numbered anew with all
 * others, and what was recorded under its number now be another's: only 001 and 1, or a code that is the
 * name, are surely one committee. */
static gboolean check_record(Store *store, const char *was, const Committee *now, GError **error)
{
    g_autofree char *used = NULL;
    if (!used_as(store, now->code, &used, error)) return FALSE;
    gboolean one = is_same_number(was, now->code) || is_same_name(was, now->name) || is_coded_by_name(now);
    return (used && one) || refuse(store, was, now, error);
}

gboolean store_need_committee(Store *store, const char *code, const char *name, GError **error)
{
    const Committee *now = *code ? meant(store->config->roster, code, name) : NULL;
    if (now && !check_record(store, code, now, error)) return FALSE;
    return !*code ||
           db_run(store->db, error,
                  "INSERT INTO committee (code, position, name, kind, aliases, addresses, contact,"
                  " telephone, secretary, secretary_address, branches, least, most, in_roster)"
                  " SELECT ?1, coalesce(max(position), 0) + 1, ?2, '', '', '', '', '', '', '', 0, 0, 0, 0"
                  " FROM committee WHERE NOT EXISTS (SELECT 1 FROM committee WHERE code = ?1)"
                  " HAVING NOT EXISTS (SELECT 1 FROM committee WHERE code = ?1)",
                  "tt", code, name && *name ? name : code);
}
