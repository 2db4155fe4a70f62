#include "config/roster.h"

#include <string.h>

#include "config/address.h"
#include "config/values.h"
#include "parsers/tags.h"

typedef enum Column {
    COLUMN_CODE,
    COLUMN_NAME,
    COLUMN_KIND,
    COLUMN_ALIASES,
    COLUMN_ADDRESSES,
    COLUMN_CONTACT,
    COLUMN_TELEPHONE,
    COLUMN_SECRETARY,
    COLUMN_SECRETARY_ADDRESS,
    COLUMN_BRANCHES,
    COLUMN_OWED,
    COLUMNS
} Column;

/* What the columns are called: ours first, then what offices write. */
static const struct {
    gboolean required;
    const char *titles[7];
} columns[COLUMNS] = {
    [COLUMN_CODE] = {FALSE, {"代码", "单位代码", "编码", "单位编码"}},
    [COLUMN_NAME] = {TRUE, {"单位名称", "单位", "二级党组织", "二级党组织名称", "党组织名称", "名称"}},
    [COLUMN_KIND] = {TRUE, {"类型", "单位类型", "党组织类型", "类别"}},
    [COLUMN_ALIASES] = {FALSE, {"简称", "单位简称", "别名"}},
    [COLUMN_ADDRESSES] = {TRUE, {"邮箱", "电子邮箱", "邮箱地址", "电子邮件", "联系人邮箱", "email"}},
    [COLUMN_CONTACT] = {FALSE, {"联系人", "联系人姓名", "党务秘书", "组织员"}},
    [COLUMN_TELEPHONE] = {FALSE, {"电话", "联系电话", "联系人电话", "办公电话", "电话号码"}},
    [COLUMN_SECRETARY] = {FALSE, {"书记", "书记姓名", "党组织书记"}},
    [COLUMN_SECRETARY_ADDRESS] = {FALSE, {"书记邮箱", "书记电子邮箱"}},
    [COLUMN_BRANCHES] = {FALSE, {"党支部数", "支部数", "党支部数量", "所属党支部数"}},
    [COLUMN_OWED] = {FALSE, {"应报数", "应报", "应报项数"}},
};

enum {
    TITLE_ROWS = 10,    /* a heading and notes may stand above the row of column titles */
    NAME_CHARS = 100,   /* longest cell that goes into letters and file names */
    NUMBER_MOST = 10000 /* branches, items owed */
};

typedef struct Reader {
    const Table *table;
    GPtrArray *faults;
    guint header;        /* index of the row of column titles */
    int column[COLUMNS]; /* index of the cell, -1 = no such column */
    Roster *roster;
} Reader;

/* --- keys ------------------------------------------------------------------------------------- */

static gboolean is_bracket(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_OPEN_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION: return TRUE;
    default: return c == '<' || c == '>';
    }
}

/* Nothing but Chinese characters, as most names and fields are: their own key. */
static gboolean is_chinese(const char *name)
{
    for (; *name; name = g_utf8_next_char(name)) {
        const gunichar c = g_utf8_get_char_validated(name, -1);
        if (c < 0x4E00 || c > 0x9FA5) return FALSE;
    }
    return TRUE;
}

char *roster_key(const char *name)
{
    if (is_chinese(name)) return g_strdup(name);
    g_autofree char *normal = tags_nfkc(name);
    g_autofree char *folded = g_utf8_casefold(normal, -1);
    GString *key = g_string_new(NULL);
    for (const char *p = folded; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isspace(c) && !is_bracket(c) && g_unichar_type(c) != G_UNICODE_FORMAT &&
            !g_unichar_iscntrl(c))
            g_string_append_unichar(key, c);
    }
    return g_string_free(key, FALSE);
}

/* --- faults and cells ------------------------------------------------------------------------- */

static G_GNUC_PRINTF(4, 5) void fault(Reader *reader, guint line, Column column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *said = g_strdup_vprintf(format, arguments);
    g_autofree char *what = values_printable(said);
    va_end(arguments);
    g_ptr_array_add(reader->faults,
                    g_strdup_printf("line %u, column %s: %s", line, columns[column].titles[0], what));
}

/* A cell in NFKC (full-width digits, letters, @ and separators become ASCII), trimmed; "" where there is no
 * such column. Line breaks stay: they separate values. */
static char *cell(const Reader *reader, guint row, Column column)
{
    if (reader->column[column] < 0) return g_strdup("");
    const char *raw = table_cell(reader->table, row, (guint)reader->column[column]);
    g_autofree char *normal = g_utf8_normalize(raw, -1, G_NORMALIZE_NFKC);
    return values_trim(normal ? normal : raw);
}

/* A cell that holds one line of text, as typed but for line breaks (Excel's Alt+Enter), which go. */
static char *text_cell(Reader *reader, guint row, guint line, Column column)
{
    if (reader->column[column] < 0) return g_strdup("");
    g_autofree char *raw = values_trim(table_cell(reader->table, row, (guint)reader->column[column]));
    GString *text = g_string_new(NULL);
    for (const char *p = raw; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == '\n' || c == '\r' || g_unichar_type(c) == G_UNICODE_FORMAT) continue;
        if (g_unichar_iscntrl(c) && c != '\t')
            fault(reader, line, column, "holds a control character (U+%04X)", c);
        g_string_append_unichar(text, c);
    }
    if (g_utf8_strlen(text->str, -1) > NAME_CHARS)
        fault(reader, line, column, "longer than %d characters", NAME_CHARS);
    return g_string_free(text, FALSE);
}

/* -1 where the cell is empty. */
static int number_cell(Reader *reader, guint row, guint line, Column column)
{
    g_autofree char *text = cell(reader, row, column);
    guint64 number = 0;
    if (!*text) return -1;
    if (values_number(text, NUMBER_MOST, &number)) return (int)number;
    fault(reader, line, column, "“%s” is no whole number from 0 to %d", text, NUMBER_MOST);
    return -1;
}

/* --- the row of column titles ----------------------------------------------------------------- */

/* 邮箱（多个用分号隔开）, 单位名称* and 电话： are 邮箱, 单位名称 and 电话. */
static int title_column(const char *title)
{
    g_autofree char *normal = g_utf8_normalize(title, -1, G_NORMALIZE_NFKC);
    g_autofree char *bare = values_trim(normal ? normal : title);
    bare[strcspn(bare, "(:*")] = '\0';
    g_autofree char *key = roster_key(bare);
    for (guint column = 0; column < COLUMNS; column++)
        for (guint i = 0; i < G_N_ELEMENTS(columns[column].titles) && columns[column].titles[i]; i++)
            if (strcmp(key, columns[column].titles[i]) == 0) return (int)column;
    return -1;
}

/* The first row that names the committee's column and one other; the first row if none does. */
static guint find_header(const Table *table)
{
    for (guint row = 0; row < MIN(table->rows->len, TITLE_ROWS); row++) {
        const TableRow *cells = g_ptr_array_index(table->rows, row);
        guint known = 0;
        gboolean named = FALSE;
        for (guint i = 0; i < cells->cells->len; i++) {
            int column = title_column(g_ptr_array_index(cells->cells, i));
            known += column >= 0;
            named = named || column == COLUMN_NAME;
        }
        if (named && known >= 2) return row;
    }
    return 0;
}

static void read_header(Reader *reader)
{
    const TableRow *titles = g_ptr_array_index(reader->table->rows, reader->header);
    for (guint i = 0; i < COLUMNS; i++) reader->column[i] = -1;
    for (guint i = 0; i < titles->cells->len; i++) {
        const char *title = g_ptr_array_index(titles->cells, i);
        int column = title_column(title);
        if (column < 0) continue;
        if (reader->column[column] >= 0)
            fault(reader, titles->line, (Column)column, "stands twice (as “%s” and “%s”); remove one",
                  table_cell(reader->table, reader->header, (guint)reader->column[column]), title);
        else
            reader->column[column] = (int)i;
    }
    /* 单位名称，类型，邮箱 with full-width commas, or with bars, is one title that nobody knows. */
    if (titles->cells->len == 1 && reader->column[COLUMN_NAME] < 0)
        fault(reader, titles->line, COLUMN_NAME,
              "the whole line is one cell; separate the cells by commas (half-width), tabs or semicolons");
    for (guint i = 0; i < COLUMNS; i++) {
        if (!columns[i].required || reader->column[i] >= 0) continue;
        g_autofree char *others = g_strjoinv("、", (char **)columns[i].titles + 1);
        fault(reader, titles->line, (Column)i, "no such column; name one %s (or %s)", columns[i].titles[0],
              others);
    }
}

GPtrArray *roster_ignored_columns(const Table *table)
{
    GPtrArray *ignored = g_ptr_array_new_with_free_func(g_free);
    if (table->rows->len == 0) return ignored;
    const TableRow *titles = g_ptr_array_index(table->rows, find_header(table));
    for (guint i = 0; i < titles->cells->len; i++) {
        const char *title = g_ptr_array_index(titles->cells, i);
        if (*title && title_column(title) < 0) g_ptr_array_add(ignored, g_strdup(title));
    }
    return ignored;
}

/* --- committees ------------------------------------------------------------------------------- */

static void committee_free(gpointer data)
{
    Committee *committee = data;
    g_free(committee->code);
    g_free(committee->name);
    g_free(committee->kind);
    g_ptr_array_unref(committee->aliases);
    g_ptr_array_unref(committee->addresses);
    g_free(committee->contact);
    g_free(committee->telephone);
    g_free(committee->secretary);
    g_free(committee->secretary_address);
    g_free(committee);
}

/* What people write where there is nothing: 无, 暂无, -, /. */
static gboolean says_none(const char *text)
{
    static const char *const words[] = {"无", "暂无", "没有", "空", "-",    "--",
                                        "—",  "——",   "/",    "\\", "none", NULL};
    return g_strv_contains(words, text);
}

/* One address as people write it: 联系人甲 <a@b.example> is taken, and everything is lower case. */
static char *read_address(Reader *reader, guint line, Column column, const char *text)
{
    const char *open = strchr(text, '<'), *close = open ? strchr(open, '>') : NULL;
    g_autofree char *bare = close ? g_strndup(open + 1, (gsize)(close - open - 1)) : g_strdup(text);
    g_autofree char *address = g_ascii_strdown(bare, -1);
    const char *wrong = says_none(address)   ? "leave the cell empty where there is none"
                        : address[0] == '\'' ? "take away the ' before it" /* Excel's mark of text */
                                             : address_fault(address);
    if (!wrong) return g_steal_pointer(&address);
    fault(reader, line, column, "“%s” is no mail address: %s", text, wrong);
    return NULL;
}

static void read_addresses(Reader *reader, guint row, Committee *committee)
{
    g_autofree char *text = cell(reader, row, COLUMN_ADDRESSES);
    g_autoptr (GPtrArray) parts = values_split(text, !strchr(text, '<'));
    for (guint i = 0; i < parts->len; i++) {
        char *address = read_address(reader, committee->line, COLUMN_ADDRESSES, g_ptr_array_index(parts, i));
        if (address) g_ptr_array_add(committee->addresses, address);
    }
}

static char *read_secretary_address(Reader *reader, guint row, guint line)
{
    g_autofree char *text = cell(reader, row, COLUMN_SECRETARY_ADDRESS);
    g_autoptr (GPtrArray) parts = values_split(text, !strchr(text, '<'));
    if (parts->len == 0) return g_strdup("");
    if (parts->len > 1) fault(reader, line, COLUMN_SECRETARY_ADDRESS, "more than one address");
    char *address = read_address(reader, line, COLUMN_SECRETARY_ADDRESS, g_ptr_array_index(parts, 0));
    return address ? address : g_strdup("");
}

/* An alias is looked for in subjects, file names and texts: one that any committee could go by makes every
 * mail this one's. */
static void check_aliases(Reader *reader, const Committee *committee)
{
    static const char *const common[] = {"党委", "分党委",     "党总支",   "总支",   "党支部",
                                         "支部", "直属党支部", "直属支部", "党组织", "学院",
                                         "单位", "大学",       "委员会",   NULL};
    for (guint i = 0; i < committee->aliases->len; i++) {
        const char *alias = g_ptr_array_index(committee->aliases, i);
        g_autofree char *key = roster_key(alias);
        if (g_utf8_strlen(key, -1) < 2)
            fault(reader, committee->line, COLUMN_ALIASES,
                  "“%s” is one character: it stands in too many words", alias);
        else if (g_strv_contains(common, key))
            fault(reader, committee->line, COLUMN_ALIASES, "“%s” could be any committee", alias);
    }
}

/* A comma in a value that has no quotes moves all that follows one column on: 党支部数 into 应报数. */
static void check_width(Reader *reader, guint row, guint line)
{
    const TableRow *titles = g_ptr_array_index(reader->table->rows, reader->header);
    const TableRow *cells = g_ptr_array_index(reader->table->rows, row);
    for (guint i = titles->cells->len; i < cells->cells->len; i++) {
        const char *beyond = g_ptr_array_index(cells->cells, i);
        if (!*beyond) continue;
        g_autofree char *what = values_printable(beyond);
        g_ptr_array_add(reader->faults,
                        g_strdup_printf("line %u: “%s” stands behind the last column; a value that holds a "
                                        "comma must stand in quotes (\"a,b\"), and a column of its own "
                                        "needs a title",
                                        line, what));
        return;
    }
}

/* What people write below a list. */
static gboolean is_total(const char *name)
{
    static const char *const words[] = {"合计", "总计", "小计", "共计", "总数", "总和", "汇总", NULL};
    g_autofree char *key = roster_key(name);
    return g_strv_contains(words, key);
}

static Committee *read_committee(Reader *reader, guint row)
{
    guint line = ((const TableRow *)g_ptr_array_index(reader->table->rows, row))->line;
    Committee *committee = g_new0(Committee, 1);
    g_autofree char *aliases = cell(reader, row, COLUMN_ALIASES);
    g_autofree char *telephone = cell(reader, row, COLUMN_TELEPHONE);
    committee->line = line;
    committee->position = reader->roster->committees->len;
    committee->name = text_cell(reader, row, line, COLUMN_NAME);
    committee->code = text_cell(reader, row, line, COLUMN_CODE);
    committee->kind = text_cell(reader, row, line, COLUMN_KIND);
    committee->aliases = values_split(aliases, FALSE);
    committee->addresses = g_ptr_array_new_with_free_func(g_free);
    committee->contact = text_cell(reader, row, line, COLUMN_CONTACT);
    committee->telephone = g_strdelimit(g_steal_pointer(&telephone), "\r\n", ' ');
    committee->secretary = text_cell(reader, row, line, COLUMN_SECRETARY);
    committee->secretary_address = read_secretary_address(reader, row, line);
    int branches = number_cell(reader, row, line, COLUMN_BRANCHES);
    committee->branches = branches < 0 ? 0 : (guint)branches;
    committee->owed = number_cell(reader, row, line, COLUMN_OWED);
    read_addresses(reader, row, committee);
    check_aliases(reader, committee);
    check_width(reader, row, line);
    if (!*committee->code) {
        g_free(committee->code);
        committee->code = g_strdup(committee->name);
    }
    if (!*committee->name && reader->column[COLUMN_NAME] >= 0) fault(reader, line, COLUMN_NAME, "empty");
    if (is_total(committee->name))
        fault(reader, line, COLUMN_NAME, "“%s” is a row of totals and no committee; leave it out",
              committee->name);
    /* A kind left out would quietly make the quota that of every other kind. */
    if (!*committee->kind && committee->owed < 0 && reader->column[COLUMN_KIND] >= 0)
        fault(reader, line, COLUMN_KIND, "empty; the quota depends on it (or give 应报数)");
    return committee;
}

/* --- one name, one committee ------------------------------------------------------------------ */

static void claim(Reader *reader, GHashTable *owners, const char *key, Committee *committee, Column column,
                  const char *shown)
{
    if (!*key) return;
    const Committee *owner = g_hash_table_lookup(owners, key);
    if (!owner)
        g_hash_table_insert(owners, g_strdup(key), committee);
    else if (owner != committee)
        fault(reader, committee->line, column, "“%s” belongs to %s already (line %u); it can be only one's",
              shown, owner->name, owner->line);
}

static void claim_name(Reader *reader, Committee *committee, Column column, const char *name)
{
    g_autofree char *key = roster_key(name);
    claim(reader, reader->roster->by_name, key, committee, column, name);
}

/* One office with one mailbox may be two committees. */
static void own_address(Roster *roster, const char *address, Committee *committee)
{
    GPtrArray *owners = g_hash_table_lookup(roster->by_address, address);
    if (!owners) {
        owners = g_ptr_array_new();
        g_hash_table_insert(roster->by_address, g_strdup(address), owners);
    }
    if (!g_ptr_array_find(owners, committee, NULL)) g_ptr_array_add(owners, committee);
}

/* Full names first, so that it is the alias that is at fault where both meet. */
static void index_committees(Reader *reader)
{
    Roster *roster = reader->roster;
    for (guint i = 0; i < roster->committees->len; i++) {
        Committee *committee = g_ptr_array_index(roster->committees, i);
        claim_name(reader, committee, COLUMN_NAME, committee->name);
        /* without codes of their own, doubled names are told once */
        if (strcmp(committee->code, committee->name) != 0 ||
            !g_hash_table_contains(roster->by_code, committee->code))
            claim(reader, roster->by_code, committee->code, committee, COLUMN_CODE, committee->code);
    }
    for (guint i = 0; i < roster->committees->len; i++) {
        Committee *committee = g_ptr_array_index(roster->committees, i);
        for (guint j = 0; j < committee->aliases->len; j++)
            claim_name(reader, committee, COLUMN_ALIASES, g_ptr_array_index(committee->aliases, j));
        for (guint j = 0; j < committee->addresses->len; j++) {
            own_address(roster, g_ptr_array_index(committee->addresses, j), committee);
        }
    }
}

/* --- the roster ------------------------------------------------------------------------------- */

static Roster *roster_new(void)
{
    Roster *roster = g_new0(Roster, 1);
    roster->committees = g_ptr_array_new_with_free_func(committee_free);
    roster->by_code = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    roster->by_address =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    roster->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return roster;
}

void roster_free(Roster *roster)
{
    if (!roster) return;
    g_hash_table_unref(roster->by_code);
    g_hash_table_unref(roster->by_address);
    g_hash_table_unref(roster->by_name);
    g_ptr_array_unref(roster->committees);
    g_free(roster);
}

Roster *roster_from_table(const Table *table, GPtrArray *faults)
{
    guint before = faults->len;
    g_autoptr (Roster) roster = roster_new();
    Reader reader = {.table = table, .faults = faults, .header = find_header(table), .roster = roster};
    if (table->rows->len == 0) {
        g_ptr_array_add(
            faults, g_strdup("line 1: the roster is empty; its first row names the columns: 代码, "
                             "单位名称, 类型, 简称, 邮箱, 联系人, 电话, 书记, 书记邮箱, 党支部数, 应报数"));
        return NULL;
    }
    read_header(&reader);
    /* Without its name column every row would be one more fault that says the same. */
    if (reader.column[COLUMN_NAME] < 0) return NULL;
    for (guint row = reader.header + 1; row < table->rows->len; row++)
        g_ptr_array_add(roster->committees, read_committee(&reader, row));
    if (roster->committees->len == 0) {
        const TableRow *titles = g_ptr_array_index(table->rows, reader.header);
        fault(&reader, titles->line + 1, COLUMN_NAME, "there is no committee below the column titles");
    }
    index_committees(&reader);
    return faults->len > before ? NULL : g_steal_pointer(&roster);
}

/* 1.38E+10: the last digits of a number are gone. */
static void add_shortened(GPtrArray *remarks, const Committee *committee, const char *what,
                          const char *number)
{
    if (g_regex_match_simple("^[0-9](\\.[0-9]+)?E\\+[0-9]+$", number, G_REGEX_CASELESS, 0))
        g_ptr_array_add(remarks, g_strdup_printf("line %u: the %s %s of %s was shortened by Excel: make the "
                                                 "column text and type it again",
                                                 committee->line, what, number, committee->name));
}

GPtrArray *roster_remarks(const Roster *roster)
{
    GPtrArray *remarks = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < roster->committees->len; i++) {
        const Committee *committee = g_ptr_array_index(roster->committees, i);
        if (committee->addresses->len == 0)
            g_ptr_array_add(remarks, g_strdup_printf("line %u: %s has no address: its mail must name it, and "
                                                     "nobody reminds it",
                                                     committee->line, committee->name));
        add_shortened(remarks, committee, "code", committee->code);
        add_shortened(remarks, committee, "telephone", committee->telephone);
        for (guint j = 0; j < committee->addresses->len; j++) {
            const char *address = g_ptr_array_index(committee->addresses, j);
            const GPtrArray *owners = roster_owners(roster, address);
            const Committee *first = g_ptr_array_index(owners, 0);
            if (first != committee)
                g_ptr_array_add(
                    remarks,
                    g_strdup_printf("line %u: %s has the address %s of %s (line %u), too: mail from "
                                    "there must name one of them",
                                    committee->line, committee->name, address, first->name, first->line));
        }
    }
    return remarks;
}

const GPtrArray *roster_owners(const Roster *roster, const char *address)
{
    g_autofree char *key = g_ascii_strdown(address, -1);
    return g_hash_table_lookup(roster->by_address, key);
}

Committee *roster_find_address(const Roster *roster, const char *address)
{
    const GPtrArray *owners = roster_owners(roster, address);
    return owners && owners->len == 1 ? g_ptr_array_index(owners, 0) : NULL;
}

Committee *roster_find_name(const Roster *roster, const char *name)
{
    g_autofree char *key = roster_key(name);
    return g_hash_table_lookup(roster->by_name, key);
}

Committee *roster_find_code(const Roster *roster, const char *code)
{
    return g_hash_table_lookup(roster->by_code, code);
}
