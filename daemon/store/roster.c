/* roster.c - the roster and the quotas of the config, mirrored into table committee for views and foreign
 * keys. */
#include "daemon/store/private.h"

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

gboolean roster_mirror(Store *store, GError **error)
{
    Change change;
    if (!change_begin(store, &change, error)) return FALSE;
    gboolean ok = db_run(store->db, error, "UPDATE committee SET in_roster = 0", "");
    const GPtrArray *committees = store->config->roster->committees;
    for (guint i = 0; ok && i < committees->len; i++) ok = put(store, committees->pdata[i], error);
    return change_end(&change, ok, error);
}

gboolean store_need_committee(Store *store, const char *code, const char *name, GError **error)
{
    return !*code ||
           db_run(store->db, error,
                  "INSERT INTO committee (code, position, name, kind, aliases, addresses, contact,"
                  " telephone, secretary, secretary_address, branches, least, most, in_roster)"
                  " SELECT ?1, coalesce(max(position), 0) + 1, ?2, '', '', '', '', '', '', '', 0, 0, 0, 0"
                  " FROM committee WHERE NOT EXISTS (SELECT 1 FROM committee WHERE code = ?1)"
                  " HAVING NOT EXISTS (SELECT 1 FROM committee WHERE code = ?1)",
                  "tt", code, name && *name ? name : code);
}
