/* whose.c - whose mail is it?
 *
 * The rule of the design: campaign mail has a submit-kind tag, answers a letter of ours, or carries a
 * campaign keyword in subject, file name, form or first heading. What is added here, and why:
 *
 * A tag or a keyword alone proves little when a stranger writes it. 推荐, 更新 and 宣传 stand in half of all
 * advertising, and 申报 in every tax invoice; answering such mail would tell a spammer that somebody reads
 * it. So from an address outside the roster
 *     - support (a committee's name, a campaign keyword, 活动名称 in a form) with a tag or a file: campaign;
 *     - a *placed* tag (in brackets, or the first word) of a word that only submitting uses (报送, 补充材料
 * …): campaign, as the design says; of an everyday word: campaign if a document comes with it;
 *     - anything else with a tag or keyword, or a document and a keyword in the text: 疑似报送, a row for
 *       staff and no answer;
 *     - a loose everyday word without document: correspondence.
 * and 收到 alone, to the notice that the department sent by hand, is correspondence, too.
 * From a roster address every tag counts; there no answer goes to a stranger. A tag may have run together
 * with the committee before it, if there is nothing else in that word and a file comes with it.
 *
 * Where other campaigns use the mailbox ([campaign] other_keywords), a mail with keywords of both, or with a
 * tag and neither, is for staff: two that claim it would both register and answer it.
 *
 * Campaign mail whose only date, Date, is long before the campaign is 疑似报送.
 *
 * Mass mail (List-Id, Precedence) with a tag or keyword is correspondence (newsletters), from a roster
 * address 疑似报送. Automatic mail counts only as an answer to a letter of ours.
 */
#include <string.h>

#include "daemon/desk/ask.h"

enum { OLD_SECONDS = 30 * 24 * 3600 };

typedef struct Signs {
    gboolean tag;      /* a submit-kind tag */
    gboolean placed;   /* … in brackets or first */
    gboolean everyday; /* … only of words that all sorts of mail use */
    gboolean query;    /* a placed 查询 */
    gboolean keyword;
} Signs;

/* A moved mailbox gives old mail a fresh INTERNALDATE. Where there is no Received, Date is all that is left;
 * it may be wrong (a telephone whose clock was never set), so such mail is still looked at by staff, but
 * never answered. */
gboolean whose_dated_before(const Ask *ask)
{
    if (*ask->facts->received || ask->replied) return FALSE;
    g_autoptr (GDateTime) date = g_date_time_new_from_iso8601(ask->facts->date, NULL);
    return date && g_date_time_to_unix(date) < ask->config->campaign.starts_at - OLD_SECONDS;
}

static void settle(Ask *ask, Whose whose, const char *reason)
{
    static const char *const words[] = {"correspondence", "campaign",  "suspect",
                                        "staff",          "automatic", "ours"};
    if (whose == WHOSE_CAMPAIGN && whose_dated_before(ask)) {
        whose = WHOSE_SUSPECT;
        reason = "its Date is long before the campaign, and there is no Received that says otherwise";
    }
    ask->verdict->whose = whose;
    verdict_decide(ask->verdict, "whose", words[whose], "%s", reason);
}

static gboolean has_word(const GPtrArray *words, const char *text)
{
    g_autofree char *key = text_key(text);
    return words_in(key, words);
}

static gboolean file_has_word(const GPtrArray *words, const FactsAttachment *file, const AskFile *look)
{
    if (words_in(look->name_key, words) || words_in(look->head_key, words)) return TRUE;
    for (guint i = 0; i < file->fields->len; i++) {
        const FactsField *field = file->fields->pdata[i];
        if (has_word(words, field->label) || has_word(words, field->value)) return TRUE;
    }
    return FALSE;
}

/* In subject, file name, form or first heading. */
static gboolean any_word(const Ask *ask, const GPtrArray *words)
{
    if (words->len == 0) return FALSE;
    if (words_in(ask->subject, words)) return TRUE;
    for (guint i = 0; i < ask->papers->len; i++)
        if (file_has_word(words, ask->papers->pdata[i], ask->looks->pdata[i])) return TRUE;
    return FALSE;
}

/* Whether a committee is named, or a form has 活动名称. */
static gboolean any_name(const Ask *ask)
{
    g_autoptr (GPtrArray) subject = names_in(ask, ask->facts->subject, NAMES_FUZZY, NULL);
    if (subject->len > 0) return TRUE;
    for (guint i = 0; i < ask->papers->len; i++) {
        const FactsAttachment *file = ask->papers->pdata[i];
        g_autoptr (GPtrArray) names = names_in(ask, facts_base_name(file), NAMES_FUZZY, NULL);
        if (title_form(ask, file) || names->len > 0) return TRUE;
    }
    return FALSE;
}

static const char *const WORDS_SUBMIT[] = {"报送",     "报送材料", "材料报送",
                                           "补充材料", "材料补充", "典型材料"};
static const char *const WORDS_EVERYDAY[] = {
    "申报",     "推荐",     "申报材料", "推荐材料",     "材料申报",    "材料推荐", "补充", "修订",
    "更新",     "更正",     "修订稿",   "修订版",       "撤回",        "更新版",   "方案", "活动方案",
    "典型",     "宣传",     "查询",     "典型案例",     "宣传材料",    "宣传报道", "进度", "进度查询",
    "查询进度", "撤回申请", "申请撤回", "撤回材料",     "补报",        "补报材料", "撤销", "撤销报送",
    "撤销申报", "取消报送", "取消申报", "查询报送情况", "查询报送进度"};

/* Whether the word stands in square or lenticular brackets, or first, in this subject (text_key). */
static gboolean is_placed(const char *subject, const char *word)
{
    static const char *const openings[] = {"【", "[", "〔", "〖", "("};
    static const char *const prefixes[] = {"re:", "fw:", "fwd:", "回复:", "答复:", "转发:", "回复", "转发"};
    if (!strstr(subject, word)) return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(openings); i++) {
        const char *hit = strstr(subject, openings[i]);
        for (; hit; hit = strstr(hit, openings[i])) {
            hit += strlen(openings[i]);
            if (!g_str_has_prefix(hit, word)) continue;
            if (!g_unichar_isalpha(g_utf8_get_char(hit + strlen(word)))) return TRUE;
            break;
        }
    }
    for (gboolean again = TRUE; again;) {
        again = FALSE;
        for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
            if (g_str_has_prefix(subject, prefixes[i])) {
                subject += strlen(prefixes[i]);
                again = TRUE;
            }
    }
    /* White space is gone from the key: that the word is a field of its own the tag parser has said. */
    return g_str_has_prefix(subject, word);
}

/* 管院申报材料2份, 文学院党委报送, 报送文学院党委材料: committee and kind in one word, nothing else in it,
 * and something attached. */
static gboolean says_together(const Ask *ask)
{
    static const char *const kinds[] = {"报送", "申报", "推荐", "上报"};
    for (guint i = 0; i < ask->tags->fields->len && ask->files->len > 0; i++) {
        const char *field = ask->tags->fields->pdata[i], *rest = field + names_prefix(ask, field);
        const char *key = title_key(ask, field);
        for (gsize k = 0; k < G_N_ELEMENTS(kinds) && !*key; k++) {
            if (rest != field && g_str_has_prefix(rest, kinds[k])) return TRUE;
            if (g_str_has_prefix(field, kinds[k]) && names_prefix(ask, field + strlen(kinds[k]))) return TRUE;
        }
    }
    return FALSE;
}

static Signs signs_of(const Ask *ask)
{
    Signs signs = {.tag = tags_has_submit_kind(ask->tags) || says_together(ask),
                   .everyday = TRUE,
                   .keyword = any_word(ask, ask->desk->keywords)};
    const char *subject = ask->subject;
    for (gsize i = 0; signs.tag && i < G_N_ELEMENTS(WORDS_SUBMIT); i++)
        if (strstr(subject, WORDS_SUBMIT[i])) {
            signs.everyday = FALSE;
            signs.placed |= is_placed(subject, WORDS_SUBMIT[i]);
        }
    for (gsize i = 0; signs.tag && i < G_N_ELEMENTS(WORDS_EVERYDAY); i++)
        signs.placed |= is_placed(subject, WORDS_EVERYDAY[i]);
    if (tags_has(ask->tags, TAG_QUERY))
        signs.query =
            is_placed(subject, "查询") || is_placed(subject, "进度") || signs.keyword || ask->number;
    return signs;
}

/* A colleague's own mailbox: 材料, and in the text 现报上基层党建创新材料. */
static gboolean text_has_keyword(const Ask *ask)
{
    g_autofree char *head = text_head(says_own(ask), 20, 1000);
    return has_word(ask->desk->keywords, head);
}

static void judge_stranger(Ask *ask, const Signs *signs)
{
    gboolean support = signs->keyword || any_name(ask);
    if ((signs->tag && support) || (signs->keyword && ask->files->len > 0) || (signs->keyword && ask->cloud))
        settle(ask, WHOSE_CAMPAIGN,
               signs->tag ? "submit-kind tag with a committee, keyword or form"
                          : "campaign keyword and a file");
    else if (signs->tag && signs->placed && (!signs->everyday || ask->documents > 0))
        settle(ask, WHOSE_CAMPAIGN, "submit-kind tag in brackets or first");
    else if (!ask->number && polite_reply(ask) != ACT_QUESTION)
        settle(ask, WHOSE_CORRESPONDENCE, "an answer that says no more than 收到, from outside the roster");
    else if (signs->keyword || (signs->tag && (signs->placed || !signs->everyday || ask->documents > 0)))
        settle(ask, WHOSE_SUSPECT, "an address outside the roster, and only a tag or a keyword to go by");
    else if (ask->number && (ask->documents > 0 || ask->tags->reply))
        settle(ask, WHOSE_SUSPECT, "an address outside the roster that names an item of ours");
    else if (ask->documents > 0 && text_has_keyword(ask))
        settle(ask, WHOSE_SUSPECT, "an address outside the roster, a document, and a keyword in the text");
    else
        settle(ask, WHOSE_CORRESPONDENCE,
               signs->tag ? "an everyday word as loose tag, from outside the roster, without document"
                          : "no tag, no keyword, no letter of ours answered, not in the roster");
}

static void judge_committee(Ask *ask, const Signs *signs)
{
    if (signs->tag)
        settle(ask, WHOSE_CAMPAIGN, "submit-kind tag from a roster address");
    else if (signs->keyword)
        settle(ask, WHOSE_CAMPAIGN, "campaign keyword from a roster address");
    else if (signs->query || ask->number)
        settle(ask, WHOSE_CAMPAIGN, "asks for status, or names an item, from a roster address");
    else if (ask->files->len == 0 && (ask->declined = act_declines(ask)))
        settle(ask, WHOSE_SUSPECT, "says that there is nothing to hand in, without tag or keyword");
    else if (ask->documents > 0 || ask->problem || ask->cloud)
        settle(ask, WHOSE_SUSPECT, "a document from a roster address, without tag or keyword");
    else
        settle(ask, WHOSE_CORRESPONDENCE, "roster address, but no tag, keyword or document");
}

/* Several campaigns in one mailbox: TRUE if the mail is another's, or nobody can say whose. A number of ours
 * says. */
static gboolean judge_others(Ask *ask, const Signs *signs)
{
    if (ask->desk->others->len == 0 || ask->number) return FALSE;
    gboolean theirs = any_word(ask, ask->desk->others);
    if (theirs && !signs->keyword)
        settle(ask, WHOSE_CORRESPONDENCE, "a keyword of another campaign in this mailbox, and none of ours");
    else if (theirs && (ask->sender || ask->shared || ask->documents > 0))
        settle(ask, WHOSE_SUSPECT, "keywords of this and of another campaign in this mailbox");
    else if (!theirs && !signs->keyword && signs->tag)
        settle(ask, WHOSE_SUSPECT, "a tag alone, which several campaigns in this mailbox could mean");
    else
        return FALSE;
    return TRUE;
}

/* Answers of machines: TRUE if this was one. A vacation reply of QQ Mail names our subject and no Message-ID.
 */
static gboolean judge_automatic(Ask *ask)
{
    FactsAuto automatic = ask->facts->automatic;
    if (automatic == FACTS_AUTO_NO && ask->tags->auto_reply && ask->files->len == 0)
        automatic = FACTS_AUTO_REPLY;
    if (automatic != FACTS_AUTO_REPLY && automatic != FACTS_AUTO_BOUNCE) return FALSE;
    if (ask->replied || ask->number)
        settle(ask, WHOSE_AUTOMATIC,
               automatic == FACTS_AUTO_BOUNCE ? "bounce of a letter of ours"
                                              : "automatic reply to a letter of ours");
    else
        settle(ask, WHOSE_CORRESPONDENCE, "automatic mail about nothing of ours");
    return TRUE;
}

/* Mail from the department's own mailbox: our letters come back (bcc copies, loops), or a clerk at work. She
 * may hand in what reached her elsewhere: that is registered, and nobody is answered. */
static gboolean judge_own(Ask *ask)
{
    gboolean loop = *ask->facts->loop || *ask->facts->record;
    if (!ask->own) return FALSE;
    gboolean staff = FALSE;
    for (guint kind = TAG_REVIEW; kind < TAG_KINDS; kind++) staff |= tags_has(ask->tags, (TagKind)kind);
    if (loop)
        settle(ask, WHOSE_OURS, "our loop header and our own address");
    else if (staff)
        settle(ask, WHOSE_STAFF, "a staff kind from the department's own mailbox");
    else if (tags_has_submit_kind(ask->tags) && ask->files->len > 0)
        settle(ask, WHOSE_CAMPAIGN, "handed in by the department itself");
    else
        settle(ask, WHOSE_OURS, "from our own mailbox");
    return TRUE;
}

void whose_ask(Ask *ask)
{
    if (ask->mail->received_at < ask->config->campaign.starts_at) {
        settle(ask, WHOSE_CORRESPONDENCE, "older than the campaign");
        return;
    }
    if (ontime_old(ask)) {
        settle(ask, WHOSE_CORRESPONDENCE, "its topmost Received is older than the campaign: a moved mailbox");
        return;
    }
    if (judge_own(ask) || judge_automatic(ask)) return;
    if (ask->replied) {
        settle(ask, WHOSE_CAMPAIGN, "answers a letter of ours");
        return;
    }
    gboolean in_roster = ask->sender || ask->shared;
    if (ask->mail->folder == DESK_JUNK && !in_roster) {
        settle(ask, WHOSE_CORRESPONDENCE, "in the junk folder, and the sender is not in the roster");
        return;
    }
    Signs signs = signs_of(ask);
    if (ask->facts->automatic == FACTS_AUTO_BULK) {
        gboolean ours = in_roster && (signs.tag || signs.keyword);
        settle(ask, ours ? WHOSE_SUSPECT : WHOSE_CORRESPONDENCE,
               ours ? "mass mail of a roster address, with a tag or keyword" : "mass mail");
        return;
    }
    if (judge_others(ask, &signs)) return;
    if (in_roster)
        judge_committee(ask, &signs);
    else
        judge_stranger(ask, &signs);
}
