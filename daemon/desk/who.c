/* who.c - which committee does the mail speak for, and how sure is that?
 *
 * Strongest first. The sender's address beats everything that is merely written, but for one case: a whole
 * subject field that is another committee's name. One clerk does serve two committees, so the field is
 * believed as probable and staff verify. Another committee inside a longer title (与数学学院党委联合开展…) is
 * a partner, not the sender.
 *
 * Two committees may be one office with one mailbox: then the mail must name the one it speaks for. What it
 * names is as good as an address, since nobody else writes from there.
 *
 * Who doubts that the mail is the sender's (sender.c) is certain of no committee.
 */
#include <string.h>

#include "daemon/desk/ask.h"

static const char *const UNIT_LABELS[] = {
    "推荐单位", "申报单位", "报送单位",   "所属单位",   "所在单位",       "单位名称",
    "单位",     "党组织",   "党组织名称", "二级党组织", "所属二级党组织", "所属党组织",
    "所属学院", "学院",     "主办单位",   "申报党组织", "推荐党组织",     NULL};

/* Those of them that name who submits, not where a person works. */
static const char *const SUBMITTER_LABELS[] = {"推荐单位",   "申报单位",   "报送单位",
                                               "申报党组织", "推荐党组织", NULL};

static void settle(Ask *ask, const Committee *committee, Certainty certainty, const char *reason)
{
    static const char *const words[] = {"unknown", "probable", "certain"};
    if (ask->doubt) certainty = MIN(certainty, CERTAINTY_PROBABLE);
    g_autofree char *answer = g_strdup_printf("%s (%s)", committee ? committee->code : "", words[certainty]);
    g_free(ask->verdict->committee);
    ask->verdict->committee = g_strdup(committee ? committee->code : "");
    ask->verdict->certainty = certainty;
    verdict_decide(ask->verdict, "committee", answer, "%s", reason);
}

static const Committee *only(const GPtrArray *committees)
{
    return committees->len == 1 ? committees->pdata[0] : NULL;
}

/* The one committee that stands as a whole field in the subject; NULL if none or several. */
static const Committee *whole_field(const Ask *ask)
{
    const Committee *found = NULL;
    for (guint i = 0; i < ask->tags->fields->len; i++) {
        const Committee *c = names_whole(ask, ask->tags->fields->pdata[i]);
        if (c && found && c != found) return NULL;
        if (c) found = c;
    }
    return found;
}

static void add_all(GPtrArray *into, const GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++)
        if (!g_ptr_array_find(into, from->pdata[i], NULL)) g_ptr_array_add(into, from->pdata[i]);
}

/* The committee, another than the sender's, that a form gives as the one that submits; NULL if none does. */
static const Committee *form_of_another(const Ask *ask)
{
    for (guint i = 0; i < ask->papers->len; i++) {
        const char *value = files_value(ask->papers->pdata[i], SUBMITTER_LABELS);
        const Committee *named = value ? names_whole(ask, value) : NULL;
        if (named && named != ask->sender) return named;
    }
    return NULL;
}

/* A form may be last year's, or a neighbour's that was filled in anew: it moves nothing, staff look. */
static void compare_forms(Ask *ask)
{
    const Committee *named = form_of_another(ask);
    if (named)
        verdict_todo(ask->verdict, "verify", 0,
                     "发件地址 %s 属于%s，而材料中的表格写的是%s，已按%s登记，请核实报送单位。",
                     ask->from_shown, ask->sender->name, named->name, ask->sender->name);
}

static void settle_sender(Ask *ask)
{
    const Committee *field = whole_field(ask);
    if (!field || field == ask->sender) {
        settle(ask, ask->sender, CERTAINTY_CERTAIN, "the sender's address is in the roster");
        compare_forms(ask);
        return;
    }
    settle(ask, field, CERTAINTY_PROBABLE, "the subject names another committee than the sender's");
    verdict_todo(ask->verdict, "verify", 0, "发件地址 %s 属于%s，而邮件主题写的是%s，请核实报送单位。",
                 ask->from_shown, ask->sender->name, field->name);
}

/* Each of these looks in one place; the first that names exactly one committee is believed as probable. */

static void from_forms(const Ask *ask, GPtrArray *found)
{
    for (guint i = 0; i < ask->papers->len; i++) {
        const char *value = files_value(ask->papers->pdata[i], UNIT_LABELS);
        if (!value) continue;
        g_autoptr (GPtrArray) names = names_in(ask, value, NAMES_FUZZY, NULL);
        add_all(found, names);
    }
}

static void from_subject(const Ask *ask, GPtrArray *found)
{
    const Committee *field = whole_field(ask); /* the others are partners in a title */
    if (field) {
        g_ptr_array_add(found, (gpointer)field);
        return;
    }
    for (guint i = 0; i < ask->tags->fields->len; i++) {
        g_autoptr (GPtrArray) names = names_in(ask, ask->tags->fields->pdata[i], NAMES_FUZZY, NULL);
        add_all(found, names);
    }
}

static void from_file_names(const Ask *ask, GPtrArray *found)
{
    for (guint i = 0; i < ask->papers->len; i++) {
        const FactsAttachment *file = ask->papers->pdata[i];
        g_autoptr (GPtrArray) names = names_in(ask, facts_base_name(file), NAMES_FUZZY, NULL);
        add_all(found, names);
    }
}

static void from_sender_name(const Ask *ask, GPtrArray *found)
{
    if (ask->facts->from->len == 0) return;
    const FactsMailbox *from = ask->facts->from->pdata[0];
    g_autoptr (GPtrArray) names = names_in(ask, from->name, NAMES_FUZZY, NULL);
    add_all(found, names);
}

static void from_body(const Ask *ask, GPtrArray *found)
{
    g_autofree char *own = text_signed_words(ask->facts->new_text);
    g_auto(GStrv) lines = g_strsplit(own, "\n", 400);
    for (char **line = lines; *line; line++) {
        g_autoptr (GPtrArray) names = names_in(ask, *line, NAMES_FUZZY, NULL);
        add_all(found, names);
    }
}

static void from_headings(const Ask *ask, GPtrArray *found)
{
    for (guint i = 0; i < ask->papers->len; i++) {
        const AskFile *look = ask->looks->pdata[i];
        g_auto(GStrv) lines = g_strsplit(look->head, "\n", DESK_HEAD_LINES);
        for (char **line = lines; *line; line++) {
            g_autoptr (GPtrArray) names = names_in(ask, *line, NAMES_FUZZY, NULL);
            add_all(found, names);
        }
    }
}

static const struct {
    void (*look)(const Ask *ask, GPtrArray *found);
    const char *reason;
    const char *where; /* for staff */
} places[] = {
    {from_subject, "a committee may be meant in the subject", "邮件主题"},
    {from_forms, "named in a form of the document", "材料中的表格"},
    {from_file_names, "named in a file name", "文件名"},
    {from_sender_name, "named in the sender's display name", "发件人名称"},
    {from_body, "named in the text of the mail", "邮件正文"},
    {from_headings, "named in the first lines of a document", "材料开头"},
};

static const Committee *only_owner(const GPtrArray *owners, const GPtrArray *named)
{
    const Committee *found = NULL;
    for (guint i = 0; i < named->len; i++) {
        if (!g_ptr_array_find((GPtrArray *)owners, named->pdata[i], NULL)) continue;
        if (found) return NULL;
        found = named->pdata[i];
    }
    return found;
}

void who_share(Ask *ask)
{
    const GPtrArray *owners = roster_owners(ask->config->roster, ask->from);
    ask->shared = owners && owners->len > 1;
    if (!ask->shared) return;
    for (gsize i = 0; i < G_N_ELEMENTS(places) && !ask->sender; i++) {
        g_autoptr (GPtrArray) named = g_ptr_array_new();
        places[i].look(ask, named);
        ask->sender = only_owner(owners, named);
    }
    if (ask->sender || !ask->replied) return;
    const Committee *asked = roster_find_code(ask->config->roster, ask->replied->committee);
    if (asked && g_ptr_array_find((GPtrArray *)owners, asked, NULL)) ask->sender = asked;
}

static gboolean settle_probable(Ask *ask)
{
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autoptr (GPtrArray) found = g_ptr_array_new();
        places[i].look(ask, found);
        const Committee *committee = only(found);
        if (!committee) continue;
        settle(ask, committee, CERTAINTY_PROBABLE, places[i].reason);
        verdict_todo(ask->verdict, "verify", 0, "根据%s推定报送单位为%s（发件地址 %s %s），请核实。",
                     places[i].where, committee->name, ask->from_shown,
                     ask->shared ? "为其他单位共用" : "不在名册内");
        return TRUE;
    }
    return FALSE;
}

/* A stranger's subject: certain by the design, but the sender stays unverified (problems.c). */
static gboolean settle_subject(Ask *ask)
{
    const Committee *field = whole_field(ask);
    g_autoptr (GPtrArray) named = g_ptr_array_new();
    gboolean clean = TRUE;
    for (guint i = 0; i < ask->tags->fields->len; i++) {
        gboolean sure;
        g_autoptr (GPtrArray) names = names_in(ask, ask->tags->fields->pdata[i], NAMES_EXACT, &sure);
        clean &= sure;
        add_all(named, names);
    }
    if (!only(named) || (!field && !clean)) return FALSE;
    settle(ask, named->pdata[0], CERTAINTY_CERTAIN, "exactly one roster name in the subject");
    return TRUE;
}

void who_ask(Ask *ask)
{
    const Committee *letter =
        ask->replied ? roster_find_code(ask->config->roster, ask->replied->committee) : NULL;
    if (ask->sender) {
        settle_sender(ask);
    } else if (letter) {
        settle(ask, letter, CERTAINTY_PROBABLE, "answers a letter to that committee, from another address");
        verdict_todo(ask->verdict, "verify", 0,
                     "地址 %s 不在名册内，但回复的是发给%s的邮件，请核实报送单位。", ask->from_shown,
                     letter->name);
    } else if (!settle_subject(ask) && !settle_probable(ask)) {
        settle(ask, NULL, CERTAINTY_NONE, "no roster address, and no name or several names");
    }
}
