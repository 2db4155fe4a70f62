/* bounce.c - which letter of ours came back, which address has it from whom, and is that address dead?
 *
 * A delivery report (RFC 3464) says it in fields. QQ, NetEase and Coremail also send plain letters in
 * Chinese: there the letter is known by its Message-ID if they quote it, else by an address that we wrote to
 * beside words of the campaign (the mailbox is shared: other people's bounces are none of our business).
 *
 * Dead is an address that nobody has, as the bounce says in so many words. A full mailbox, a spam filter, a
 * delay and what we do not understand are told to staff and change nothing: the next letter may arrive. Who
 * writes to us later is alive again.
 */
#include <string.h>

#include "daemon/desk/ask.h"

typedef enum Why { WHY_NOBODY, WHY_DELAYED, WHY_FULL, WHY_REFUSED } Why;

/* An enhanced status code (RFC 3463), not part of an address or of a longer number. */
#define CODE(pattern) "(?<![\\d.])" pattern "(?!\\.?\\d)"

/* What each says in lower case; the first row that occurs decides. That nobody is there must be said by the
 * code, or in words beside which nothing else is given as the reason: some list all that might be. */
static const struct {
    const char *pattern;
    Why why;
} EVIDENCE[] = {
    {"action: delayed", WHY_DELAYED},
    {CODE("5\\.1\\.(?:1|2|3|6|10)"), WHY_NOBODY},
    {"will be retried|will keep trying|继续尝试", WHY_DELAYED},
    {CODE("[45]\\.2\\.2") "|quota|mailbox (?:is )?full|已满|空间不足|容量", WHY_FULL},
    {CODE("5\\.[47]\\.\\d+"), WHY_REFUSED},
    {"blocked|blacklist|黑名单|policy|\\bspf\\b|content (?:denied|rejected)|access denied", WHY_REFUSED},
    {"dt:spm|spam|垃圾邮件|拒收|frequency|频率|timed?[ -]?out|超时", WHY_REFUSED},
    {CODE("5\\.3\\.4") "|size limit", WHY_REFUSED},
    {"status: 4\\.", WHY_REFUSED}, /* given up after days of trying: the server was away, not the person */
    {"user unknown|unknown (?:user|recipient|mailbox|address)|no such (?:user|recipient|mailbox|address)",
     WHY_NOBODY},
    {"(?:user|recipient|mailbox|address|account) (?:was |is )?not found|not exist|doesn't exist", WHY_NOBODY},
    {"no mailbox here|unroute?able address|invalid (?:recipient|mailbox)", WHY_NOBODY},
    {"不存在|无此用户|查无此", WHY_NOBODY},
};

static gboolean is_report(const FactsAttachment *part)
{
    return strcmp(part->declared_type, "message/delivery-status") == 0;
}

/* What the machine says, in lower case: the body and the report, never the letter that it quotes. */
static char *said_by(const Facts *facts)
{
    g_autoptr (GString) text = g_string_new(facts->body);
    for (guint i = 0; i < facts->attachments->len; i++) {
        const FactsAttachment *part = facts->attachments->pdata[i];
        if (is_report(part)) g_string_append_printf(text, "\n%s\n", part->text);
    }
    g_autofree char *valid = g_utf8_make_valid(text->str, (gssize)text->len);
    return g_utf8_strdown(valid, -1);
}

/* --- which letter ----------------------------------------------------------------------------- */

static const BookLetter *by_message_id(const Ask *ask, const char *text)
{
    static Pattern ours = {.text = "[0-9a-f]{40}@[0-9a-z.-]+"};
    g_autoptr (GMatchInfo) match = pattern_find(&ours, text);
    for (; match && g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *id = g_match_info_fetch(match, 0);
        const BookLetter *letter = book_letter(ask->book, id);
        if (letter) return letter;
    }
    return NULL;
}

static gboolean speaks_of_campaign(const Ask *ask, const char *text)
{
    const CampaignConfig *campaign = &ask->config->campaign;
    const char *const words[] = {campaign->title, campaign->item_word, campaign->number_prefix};
    g_autofree char *key = text_key(text);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *word = text_key(words[i]);
        if (*word && strstr(key, word)) return TRUE;
    }
    return words_in(key, ask->desk->keywords);
}

static gboolean names_address(const char *text, const char *address)
{
    g_autofree char *lower = g_utf8_strdown(address, -1);
    const char *at = *lower ? strstr(text, lower) : NULL;
    return at && (at == text || !(g_ascii_isalnum(at[-1]) || strchr("._-+", at[-1])));
}

static GPtrArray *recipients(const BookLetter *letter)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) cc = g_strsplit(letter->cc, ",", -1);
    if (*letter->to) g_ptr_array_add(list, g_utf8_strdown(letter->to, -1));
    for (guint i = 0; cc[i]; i++)
        if (*cc[i]) g_ptr_array_add(list, g_utf8_strdown(cc[i], -1));
    return list;
}

/* Any of those to an address that the text names; always the same one of several. */
static const BookLetter *by_address(const Ask *ask, const char *text)
{
    const BookLetter *found = NULL;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, ask->book->letters);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const BookLetter *letter = value;
        g_autoptr (GPtrArray) to = recipients(letter);
        for (guint i = 0; i < to->len; i++)
            if (names_address(text, to->pdata[i]) &&
                (!found || strcmp(letter->message_id, found->message_id) < 0))
                found = letter;
    }
    return found;
}

const BookLetter *bounce_letter(const Ask *ask)
{
    g_autofree char *text = said_by(ask->facts);
    const BookLetter *letter = by_message_id(ask, text);
    return letter || !speaks_of_campaign(ask, text) ? letter : by_address(ask, text);
}

/* --- which address ---------------------------------------------------------------------------- */

/* The report's blocks, one per recipient, that say "failed"; NULL if there is no report. */
static char *failed_blocks(const Facts *facts)
{
    GString *failed = NULL;
    for (guint i = 0; i < facts->attachments->len; i++) {
        const FactsAttachment *part = facts->attachments->pdata[i];
        if (!is_report(part)) continue;
        g_autofree char *lower = g_utf8_strdown(part->text, -1);
        g_auto(GStrv) blocks = g_strsplit(lower, "\n\n", -1);
        if (!failed) failed = g_string_new(NULL);
        for (guint j = 0; blocks[j]; j++)
            if (strstr(blocks[j], "recipient:") && !strstr(blocks[j], "action: delivered") &&
                !strstr(blocks[j], "action: relayed"))
                g_string_append_printf(failed, "%s\n\n", blocks[j]);
    }
    return failed ? g_string_free(failed, FALSE) : NULL;
}

/* Of our letter's recipients those that the bounce names; the first if it names none. */
static GPtrArray *failed_addresses(const Ask *ask, const char *text)
{
    GPtrArray *failed = g_ptr_array_new_with_free_func(g_free);
    g_autoptr (GPtrArray) to = ask->replied ? recipients(ask->replied) : g_ptr_array_new();
    for (guint i = 0; i < to->len; i++)
        if (names_address(text, to->pdata[i])) g_ptr_array_add(failed, g_strdup(to->pdata[i]));
    if (failed->len == 0 && to->len == 1) g_ptr_array_add(failed, g_strdup(to->pdata[0]));
    return failed;
}

/* Where the words of qmail and Exim end and the letter that came back begins. */
static gsize own_words(const char *text)
{
    static const char *const copies[] = {"--- below this line is a copy", "------ this is a copy"};
    gsize length = strlen(text);
    for (gsize i = 0; i < G_N_ELEMENTS(copies); i++) {
        const char *copy = strstr(text, copies[i]);
        if (copy) length = MIN(length, (gsize)(copy - text));
    }
    return length;
}

static Why why_of(const char *text)
{
    g_autofree char *words = g_strndup(text, own_words(text));
    for (gsize i = 0; i < G_N_ELEMENTS(EVIDENCE); i++)
        if (g_regex_match_simple(EVIDENCE[i].pattern, words, 0, 0)) return EVIDENCE[i].why;
    return WHY_REFUSED; /* words that we do not know: an address that lives must not be given up */
}

/* The address that reminders go to from now on, "" if there is none. */
static const char *next_address(const Ask *ask, const Committee *committee)
{
    for (guint i = 0; committee && i < committee->addresses->len; i++) {
        const char *address = committee->addresses->pdata[i];
        if (!book_is_dead(ask->book, address) &&
            !g_ptr_array_find_with_equal_func(ask->verdict->dead, address, g_str_equal, NULL))
            return address;
    }
    return "";
}

static void tell(Ask *ask, const Committee *committee, guint number, Why why, const char *addresses)
{
    static const char *const words[] = {
        [WHY_DELAYED] = "尚未送达，对方服务器仍在重试，如急请电话通知",
        [WHY_FULL] = "被退回：对方邮箱已满，请电话通知对方清理邮箱",
        [WHY_REFUSED] = "被对方服务器拒收，请电话通知，并请对方将本邮箱加入白名单",
    };
    const char *name = committee ? committee->name : "（单位不详）";
    if (why != WHY_NOBODY) {
        verdict_todo(ask->verdict, "bounce", number, "发给%s的邮件%s。收件地址 %s。", name, words[why],
                     *addresses ? addresses : "不详");
        return;
    }
    if (!*addresses) {
        verdict_todo(ask->verdict, "bounce", number,
                     "发给%s的邮件未能送达，收件地址不详，请核对名册中的邮箱，并改用电话通知。", name);
        return;
    }
    const char *next = next_address(ask, committee);
    g_autofree char *then =
        *next ? g_strdup_printf("后续催报改发 %s", next) : g_strdup("名册中已没有可用邮箱，后续催报无法送达");
    verdict_todo(ask->verdict, "bounce", number,
                 "发给%s的邮件未能送达，收件地址 %s 已停用，%s。请核对名册中的邮箱，并改用电话通知。", name,
                 addresses, then);
}

void bounce_ask(Ask *ask, const Committee *committee, guint number)
{
    g_autofree char *report = failed_blocks(ask->facts);
    g_autofree char *text = said_by(ask->facts);
    g_autoptr (GPtrArray) failed = failed_addresses(ask, report ? report : text);
    Why why = why_of(report ? report : text);
    for (guint i = 0; i < failed->len && why == WHY_NOBODY; i++)
        g_ptr_array_add(ask->verdict->dead, g_strdup(failed->pdata[i]));
    g_ptr_array_add(failed, NULL);
    g_autofree char *joined = g_strjoinv("、", (char **)failed->pdata);
    g_ptr_array_remove_index(failed, failed->len - 1);
    tell(ask, committee, number, why, joined);
    verdict_decide(ask->verdict, "bounce", why == WHY_NOBODY ? "dead" : "told", "%s", joined);
}
