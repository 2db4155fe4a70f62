/* item.c - which item is this, and is it a new one?
 *
 * How many items a mail brings is asked in split.c; what its sender says of it, in says.c.
 *
 * It is a new version of a known item of the same committee and kind only
 *     - if it answers a letter about that item or names its number, unless its form has quite another title
 * and nothing says 修订, or its documents have and the sender says that it is another (people press Reply to
 * hand in the second activity);
 *     - if all its documents are known there, or in an item that no committee has claimed;
 *     - if the titles are equal and not generic.
 * A number is easily guessed, so it counts only where the committee agrees. From an address outside the
 * roster neither number, title nor reply is enough, unless a letter of ours about that item went to that very
 * address: else whoever guesses a number would change, and read in his receipt, what others handed in. Such
 * mail is a new item and the committee no more than probable.
 *
 * Every doubt is a new item marked possible-duplicate of the one that may be meant, which staff look at and
 * the receipt asks about: 修订/补充 that matches nothing; titles that differ by a character or contain one
 * another (not by a numeral: 读书会（一） and （二） are a series); some documents known and some not; and a
 * second generic title of one committee. The last two could as well be two activities as one sent twice:
 * taken for two in silence, a resend would hide that the committee is short.
 */
#include <string.h>

#include "daemon/desk/ask.h"

/* --- which one -------------------------------------------------------------------------------- */

typedef struct Match {
    const BookItem *item; /* NULL: a new item */
    guint duplicate_of;   /* of a new item */
    const char *reason;
} Match;

static gboolean any_numeral(const char *from, const char *end)
{
    for (; from < end; from = g_utf8_next_char(from)) {
        const gunichar c = g_utf8_get_char(from);
        if (g_unichar_isdigit(c) || g_utf8_strchr("一二三四五六七八九十甲乙丙丁上中下", -1, c)) return TRUE;
    }
    return FALSE;
}

/* 读书会二期 after 读书会. */
static gboolean is_series(const char *key, const char *before)
{
    return g_str_has_prefix(key, before) && any_numeral(key + strlen(before), key + strlen(key));
}

static gboolean is_inside(const char *p) /* a character */
{
    return ((guchar)*p & 0xC0) == 0x80;
}

static gboolean is_short(const char *from, const char *end) /* at most a character */
{
    return from == end || g_utf8_next_char(from) == end;
}

/* Equal but for one character, or one within the other: see the top of this file. Every item of the committee
 * is asked: nearly all differ from their first character to their last. */
static gboolean is_near(const char *a, const char *b)
{
    const gsize la = strlen(a), lb = strlen(b), least = MIN(la, lb);
    gsize head = 0, tail = 0;
    while (head < least && a[head] == b[head]) head++;
    while (head > 0 && (is_inside(a + head) || is_inside(b + head))) head--;
    while (tail < least - head && a[la - 1 - tail] == b[lb - 1 - tail]) tail++;
    while (tail > 0 && is_inside(a + la - tail)) tail--;
    const char *end_a = a + la - tail, *end_b = b + lb - tail;
    const gboolean slip = is_short(a + head, end_a) && is_short(b + head, end_b);
    if (!slip && !(la < lb ? strstr(b, a) : strstr(a, b))) return FALSE;
    const glong na = g_utf8_strlen(a, -1), nb = g_utf8_strlen(b, -1), fewer = MIN(na, nb);
    if (fewer < 3 || (fewer == 3 && na == nb)) return FALSE;
    if (any_numeral(a + head, end_a) || any_numeral(b + head, end_b)) return FALSE;
    /* 读书会（未盖章） begins with it; in the middle it is a word */
    if (fewer == 3) return g_utf8_strlen(a, (gssize)head) == 3;
    return (slip && fewer >= 6) || strstr(a, b) || strstr(b, a);
}

static gboolean is_candidate(const Ask *ask, const VerdictItem *item, const BookItem *old)
{
    return old->kind == item->kind && !old->withdrawn && *old->committee &&
           strcmp(old->committee, ask->verdict->committee) == 0;
}

static gboolean has_document(const BookItem *old, const FactsAttachment *file)
{
    for (guint i = 0; i < old->documents->len; i++)
        if (strcmp(file->sha256, old->documents->pdata[i]) == 0) return TRUE;
    return FALSE;
}

/* How many of the documents of the mail's item are known there, and how many it has (only where any is known:
 * every item of the committee is asked). Pictures prove nothing: one logo is everywhere. Nor does the blank
 * form of the notice. */
static guint known_documents(const VerdictItem *item, const BookItem *old, guint *documents)
{
    guint known = 0;
    *documents = 0;
    for (guint i = 0; i < item->files->len; i++) known += has_document(old, item->files->pdata[i]);
    if (known == 0) return 0;
    known = 0;
    for (guint i = 0; i < item->files->len; i++) {
        const FactsAttachment *file = item->files->pdata[i];
        if (!files_is_document(file) || file->size == 0 || files_is_blank(file)) continue;
        ++*documents;
        known += has_document(old, file);
    }
    return known;
}

/* The item that the mail points at by reply or number, NULL if none; whoever writes. A reminder asks for what
 * is missing: who answers it hands in another item than the one that it lists, or says so. */
static const BookItem *pointed(const Ask *ask)
{
    const BookItem *item =
        ask->replied && !ask->replied->reminder ? book_item(ask->book, ask->replied->number) : NULL;
    if (item && (!*item->committee || strcmp(item->committee, ask->verdict->committee) == 0)) return item;
    item = ask->number && !ask->first_of_several ? book_item(ask->book, ask->number) : NULL;
    return item && *item->committee && strcmp(item->committee, ask->verdict->committee) == 0 ? item : NULL;
}

gboolean item_is_known(const Ask *ask, guint number)
{
    if (ask->sender || ask->own) return TRUE;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, ask->book->letters);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const BookLetter *letter = value;
        if (letter->number == number && *ask->from && g_ascii_strcasecmp(letter->to, ask->from) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The second item has a form that may be mended, too: only another title makes it another. */
static gboolean other_title(const VerdictItem *item, const BookItem *old)
{
    const char *key = item->title_key, *before = old->title_key;
    if (!*key || is_near(key, before)) return FALSE;
    return !*before || is_series(key, before) || !(strstr(key, before) || strstr(before, key));
}

/* Reply to an old letter, and 【报送】 with a title of its own typed over its subject. */
static gboolean writes_anew(const Ask *ask)
{
    g_autofree char *title = tags_has(ask->tags, TAG_SUBMIT) && !ask->tags->reply && !ask->tags->forward
                                 ? title_of_subject(ask)
                                 : NULL;
    static const char *const more[] = {"补充", "说明", "修改", "更正", "完善", NULL};
    return title && !ask->number && !text_any(title, more) && !beside_companion(title) && !says_revised(ask);
}

static gboolean other_form(const Ask *ask, const VerdictItem *item, const BookItem *old)
{
    for (guint i = 0; i < item->papers->len; i++) {
        if (!title_form(ask, item->papers->pdata[i])) continue;
        return *item->title_key && *old->title_key && strcmp(item->title_key, old->title_key) != 0 &&
               !is_near(item->title_key, old->title_key);
    }
    return FALSE;
}

/* But 校报新闻稿 is of the item that is answered. */
static gboolean answers_with_another(const Ask *ask, const VerdictItem *item, const BookItem *old)
{
    return ask->replied && other_title(item, old) && !beside_companion(item->title) &&
           (says_another(ask) || writes_anew(ask));
}

static Match match_pointed(const Ask *ask, const VerdictItem *item, const BookItem *old)
{
    if (old->kind != item->kind) return (Match){.reason = "names an item of another kind"};
    if (answers_with_another(ask, item, old))
        return (Match){.reason = "answers for an item, and says that this is another"};
    if (other_form(ask, item, old) && !says_revised(ask))
        return (Match){.duplicate_of = old->number,
                       .reason = "answers for an item, but its form has another title"};
    return (Match){.item = old, .reason = "answers a letter about it, or names its number"};
}

/* Whether an item of this mail, before that one (NULL: any), has the number. */
static gboolean is_taken(const Ask *ask, guint number, const VerdictItem *before)
{
    const GPtrArray *items = ask->verdict->items;
    for (guint i = 0; i < items->len && items->pdata[i] != before; i++)
        if (((const VerdictItem *)items->pdata[i])->number == number) return TRUE;
    return FALSE;
}

/* What a stranger sent, and nobody claimed, comes again from the committee, or with its name: the one of that
 * title, else the last. Two items of one mail claim two. */
static const BookItem *match_unclaimed(const Ask *ask, const VerdictItem *item)
{
    const GPtrArray *nobodys = book_items_of(ask->book, "");
    const BookItem *found = NULL;
    for (guint i = nobodys->len; i > 0; i--) {
        const BookItem *old = nobodys->pdata[i - 1];
        guint documents, known = known_documents(item, old, &documents);
        if (old->kind != item->kind || old->withdrawn || known == 0 || known < documents ||
            is_taken(ask, old->number, item))
            continue;
        if (*item->title_key && strcmp(item->title_key, old->title_key) == 0) return old;
        if (!found) found = old;
    }
    return found;
}

/* The last one of the committee that is called so. */
static const BookItem *of_title(const Ask *ask, const VerdictItem *item)
{
    const GPtrArray *theirs = book_items_of(ask->book, ask->verdict->committee);
    for (guint i = theirs->len; i > 0 && *item->title_key; i--) {
        const BookItem *old = theirs->pdata[i - 1];
        if (is_candidate(ask, item, old) && strcmp(item->title_key, old->title_key) == 0) return old;
    }
    return NULL;
}

static Match match_known(const Ask *ask, const VerdictItem *item)
{
    guint documents;
    const BookItem *known_there = NULL, *partly = NULL;
    const GPtrArray *theirs = book_items_of(ask->book, ask->verdict->committee);
    for (guint i = theirs->len; i > 0; i--) {
        const BookItem *old = theirs->pdata[i - 1];
        gboolean unclaimed = !*old->committee && !*ask->verdict->committee && old->kind == item->kind;
        if (!is_candidate(ask, item, old) && !unclaimed) continue;
        guint known = known_documents(item, old, &documents);
        if (known > 0 && !partly) partly = old;
        if (known == 0 || known < documents) continue;
        /* an archive may have brought several: the one of that title, else the last */
        gboolean same = *item->title_key && strcmp(item->title_key, old->title_key) == 0;
        if (!known_there || same) known_there = old;
    }
    if (known_there) return (Match){.item = known_there, .reason = "identical documents"};
    const BookItem *same_title = of_title(ask, item);
    if (same_title) return (Match){.item = same_title, .reason = "equal title of the same committee"};
    const BookItem *nobodys = *ask->verdict->committee ? match_unclaimed(ask, item) : NULL;
    if (nobodys) return (Match){.item = nobodys, .reason = "identical documents, which nobody had claimed"};
    if (partly) return (Match){.duplicate_of = partly->number, .reason = "some of its documents are known"};
    return (Match){.reason = "nothing like it is known"};
}

/* 科普讲堂, 科普讲座: one character of four. Too little to go by, unless the sender says that it is instead.
 */
static gboolean is_slip(const char *a, const char *b)
{
    guint chars = 0, others = 0;
    for (; *a && *b && others < 2; a = g_utf8_next_char(a), b = g_utf8_next_char(b), chars++)
        others += g_utf8_get_char(a) != g_utf8_get_char(b);
    return others == 1 && !*a && !*b && chars >= 3;
}

/* The last resort: what a new item may be a duplicate of. */
static Match match_doubtful(const Ask *ask, const VerdictItem *item)
{
    const BookItem *last = NULL, *near = NULL, *generic = NULL;
    const GPtrArray *theirs = book_items_of(ask->book, ask->verdict->committee);
    gboolean revised = says_revised(ask);
    for (guint i = 0; i < theirs->len; i++) {
        const BookItem *old = theirs->pdata[i];
        if (!is_candidate(ask, item, old)) continue;
        last = old;
        if (*item->title_key && is_near(item->title_key, old->title_key)) near = old;
        if (!near && revised && is_slip(item->title_key, old->title_key)) near = old;
        if (!*item->title_key && !*old->title_key) generic = old;
    }
    if (near) return (Match){.duplicate_of = near->number, .reason = "nearly the title of a known item"};
    if (revised && last)
        return (Match){.duplicate_of = last->number, .reason = "says revised; no item matches"};
    if (ask->number && last && !book_item(ask->book, ask->number))
        return (Match){.duplicate_of = last->number, .reason = "names a number that nobody has"};
    if (last && beside_companion(item->title))
        return (Match){.duplicate_of = last->number,
                       .reason = "what comes with an activity, in a mail of its own"};
    if (generic) return (Match){.duplicate_of = generic->number, .reason = "a second generic title"};
    return (Match){.reason = "nothing like it is known"};
}

static Match match_as_written(const Ask *ask, const VerdictItem *item, gboolean alone)
{
    const BookItem *old = alone ? pointed(ask) : NULL, *other_one = old ? of_title(ask, item) : NULL;
    if (other_one && other_one != old && strcmp(item->title_key, old->title_key) != 0)
        return (Match){.item = other_one, .reason = "answers for one item, with the title of another"};
    if (old) {
        Match by_pointer = match_pointed(ask, item, old);
        if (by_pointer.item || by_pointer.duplicate_of) return by_pointer;
    }
    Match known = match_known(ask, item);
    if (known.item || known.duplicate_of || !*ask->verdict->committee) return known;
    Match other = match_doubtful(ask, item);
    const BookItem *one = ask->first_of_several ? book_item(ask->book, ask->number) : NULL;
    if (one && !other.duplicate_of && !says_another(ask) &&
        strcmp(one->committee, ask->verdict->committee) == 0)
        return (Match){.duplicate_of = one->number, .reason = "answers for several, and says not for which"};
    if (old && !other.duplicate_of && answers_with_another(ask, item, old) && says_more(ask))
        return (Match){.duplicate_of = old->number, .reason = "says another, and speaks of what has come"};
    return other;
}

/* A stranger may bring a new version of what he handed in himself, or the very documents that are there. */
static Match match(Ask *ask, const VerdictItem *item, gboolean alone)
{
    Match found = match_as_written(ask, item, alone);
    guint documents;
    if (!found.item || item_is_known(ask, found.item->number)) return found;
    guint known = known_documents(item, found.item, &documents);
    if (known > 0 && known == documents) return found;
    if (ask->surely) { /* under a record, too: the row must come back with it */
        ask->surely = FALSE;
        ask->verdict->certainty = MIN(ask->verdict->certainty, CERTAINTY_PROBABLE);
        verdict_decide(ask->verdict, "committee", "probable",
                       "a stranger names an item that others handed in");
        g_autofree char *number = desk_number(ask->config, found.item->number);
        verdict_todo(ask->verdict, "verify", item->number,
                     "发件地址 %s 不在名册内，其来信似指 %s，已另行登记，请核实报送单位。", ask->from,
                     number);
    }
    return (Match){.duplicate_of = found.item->number,
                   .reason = "seems to be an item that this stranger was never written to about"};
}

/* The same document under another committee's name: staff should know, nobody else. */
static void note_elsewhere(Ask *ask, const VerdictItem *item)
{
    for (guint i = 0; i < item->files->len; i++) {
        const FactsAttachment *file = item->files->pdata[i];
        const BookItem *other = g_hash_table_lookup(ask->book->by_document, file->sha256);
        if (!other || !files_is_document(file) || files_is_blank(file) ||
            strcmp(other->committee, ask->verdict->committee) == 0 ||
            is_taken(ask, other->number, NULL)) /* claimed by this very mail */
            continue;
        g_autofree char *number = desk_number(ask->config, other->number);
        g_autofree char *name = text_clip(facts_base_name(file), DESK_VALUE_CHARS);
        verdict_todo(ask->verdict, "possible-duplicate", item->number,
                     "文件《%s》与%s %s 中的文件完全相同，请核实。", name,
                     *other->committee ? "其他单位报送的" : "待认领的", number);
    }
}

/* --- what the form says ----------------------------------------------------------------------- */

static void take(const Ask *ask, char **slot, const VerdictItem *item,
                 char *(*of)(const Ask *ask, const FactsAttachment *file))
{
    for (guint i = 0; i < item->papers->len; i++) {
        g_autofree char *value = of(ask, item->papers->pdata[i]);
        if (!value) continue;
        g_free(*slot);
        *slot = text_clip(value, DESK_VALUE_CHARS);
        return;
    }
}

/* 【典型案例】 is what a campaign asks for that collects 典型案例. */
static ItemKind kind_of(const Ask *ask)
{
    static const char *const plans[] = {"方案", NULL}, *const cases[] = {"典型", "案例", "宣传", NULL};
    const char *asked = ask->config->campaign.item_word;
    if (tags_has(ask->tags, TAG_PLAN) && !text_any(asked, plans)) return ITEM_PLAN;
    if (tags_has(ask->tags, TAG_CASE) && !text_any(asked, cases)) return ITEM_CASE;
    const BookItem *old = pointed(ask); /* an answer about a plan brings the plan again */
    return old && !tags_has(ask->tags, TAG_SUBMIT) ? old->kind : ITEM_SUMMARY;
}

/* 田间党课.docx in reply to the receipt of 读书会, without a word: it may be the second activity. */
static void note_other(Ask *ask, const VerdictItem *item, const BookItem *old)
{
    if (!old || !ask->replied || pointed(ask) != old || !*old->title_key || !other_title(item, old) ||
        ask->documents == 0 || beside_companion(item->title) || says_more(ask))
        return;
    g_autofree char *number = desk_number(ask->config, old->number);
    verdict_todo(ask->verdict, "verify", old->number,
                 "来信回复的是 %s《%s》，附件题为《%s》，现按其新版本登记，请核实是否另一项活动。", number,
                 old->title, item->title);
}

static void hide(VerdictItem *item)
{
    g_free(item->title);
    g_free(item->title_key);
    item->title = g_strdup("（疑似涉密，未登记内容）");
    item->title_key = g_strdup("");
}

static void replace(char **slot, const char *value)
{
    g_free(*slot);
    *slot = g_strdup(value);
}

/* What is settled stays unless the new version states otherwise: a title in its form, a theme in form or tag.
 * A stranger's title settles nothing for the committee that hands the same in itself. */
static void keep_settled(const Ask *ask, VerdictItem *item, const BookItem *old, gboolean by_form)
{
    gboolean claimed = ask->sender && !ask->replied && !*old->committee;
    if (*old->title_key && !((by_form || claimed) && *item->title_key)) {
        replace(&item->title, old->title);
        replace(&item->title_key, old->title_key);
    }
    gboolean stated = *item->theme && strcmp(item->theme_source, "系统建议") != 0;
    if (*old->theme && !stated) {
        replace(&item->theme, old->theme);
        replace(&item->theme_source, "");
    }
}

static void settle(Ask *ask, guint index, VerdictItem *item, guint *next)
{
    gboolean by_form = title_ask(ask, item);
    item->number = *next;
    Match found = match(ask, item, ask->verdict->items->len == 1);
    item->is_new = found.item == NULL;
    item->number = found.item ? found.item->number : (*next)++;
    item->duplicate_of = found.duplicate_of;
    found.item = settled_number(ask, index, item, found.item);
    g_autofree char *number = desk_number(ask->config, item->number);
    g_autofree char *answer = g_strconcat(number, item->is_new ? " new" : " version", NULL);
    verdict_decide(ask->verdict, "item", answer, "%s", found.reason);
    if (found.item && found.item->withdrawn)
        verdict_todo(ask->verdict, "withdraw", item->number, "%s 已撤回，现又收到其新材料，请确认是否恢复。",
                     number);
    if (!ask->classified) note_other(ask, item, found.item);
    take(ask, &item->leader, item, labels_leader);
    take(ask, &item->telephone, item, labels_telephone);
    take(ask, &item->branch, item, labels_branch);
    if (ask->classified)
        hide(item);
    else
        theme_ask(ask, item);
    replace(&item->said_title, item->title);
    replace(&item->said_theme, item->theme);
    if (found.item && !ask->classified) keep_settled(ask, item, found.item, by_form);
    ontime_ask(ask, item, found.item);
    counts_ask(ask, item, found.item);
    settled_item(ask, index, item);
    remark_ask(ask, item);
}

void item_ask(Ask *ask)
{
    guint next = ask->book->next_number;
    ItemKind kind = kind_of(ask);
    verdict_decide(ask->verdict, "kind", letter_kind_word(kind), "by tag, else by the item answered");
    split_ask(ask);
    settled_split(ask);
    for (guint i = 0; i < ask->verdict->items->len; i++) {
        VerdictItem *item = ask->verdict->items->pdata[i];
        item->kind = kind;
        settle(ask, i, item, &next);
    }
    for (guint i = 0; i < ask->verdict->items->len; i++) note_elsewhere(ask, ask->verdict->items->pdata[i]);
}
