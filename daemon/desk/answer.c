/* answer.c - the receipt: who gets one, and what it says.
 *
 * To whom: the address in From. Reply-To is followed only if it is an address of the same committee in the
 * roster: else a forged mail could turn a committee's receipt, with its quota, to a stranger, and "same
 * domain" would not help where everybody is at qq.com.
 *
 * To whom never: machines, lists, bounces, ourselves, no-reply addresses, anything with a loop header. What
 * exceeds [smtp] per_address_daily to one address is written, held, and told to staff; so is what another
 * instance had passed by before this one took over. A mere 收到，谢谢 is a row for staff and no receipt:
 * answering thanks invites thanks. A confirmation that says something (确认无误) gets one.
 *
 * An address outside the roster reads only what its own mail contained: no quota, no number or title of any
 * other item. A secrecy marking: nothing of the content is repeated.
 */
#include <jansson.h>
#include <string.h>

#include "daemon/desk/ask.h"

enum { SUBJECT_TITLE_CHARS = 30, SHOWN_FILES = 50 };

static gboolean is_machine(const char *address)
{
    static const char *const locals[] = {"mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply",
                                         "donotreply",    "daemon",     "bounce",   "bounces"};
    const char *at = strrchr(address, '@');
    if (!at || at == address) return TRUE;
    g_autofree char *local = g_strndup(address, (gsize)(at - address));
    for (gsize i = 0; i < G_N_ELEMENTS(locals); i++)
        if (g_ascii_strcasecmp(local, locals[i]) == 0) return TRUE;
    return FALSE;
}

/* What letters of an instance begin with. People's replies have 回复： or Re: before it, most of the time;
 * another instance whose headers a gateway has removed has not, and attaches nothing. */
static gboolean is_letter_subject(const char *key)
{
    return g_str_has_prefix(key, "回执:") || g_str_has_prefix(key, "提醒:");
}

static const char *recipient(const Ask *ask)
{
    for (guint i = 0; ask->sender && i < ask->facts->reply_to->len; i++) {
        const char *address = ((FactsMailbox *)ask->facts->reply_to->pdata[i])->address;
        if (roster_find_address(ask->config->roster, address) == ask->sender) return address;
    }
    return ask->facts->from->len > 0 ? ((FactsMailbox *)ask->facts->from->pdata[0])->address : "";
}

static guint sent_today(const Ask *ask, const char *address)
{
    g_autofree char *stamp = calendar_stamp(ask->config->calendar, ask->now);
    g_autofree char *key = g_strdup_printf("%s %.10s", address, stamp);
    return GPOINTER_TO_UINT(g_hash_table_lookup(ask->book->daily, key));
}

/* NULL if this mail may be answered, else why not. */
static const char *refusal(Ask *ask, Act act)
{
    if (ask->own) return "from our own mailbox";
    if (*ask->facts->loop) return "carries our loop header";
    if (ask->facts->automatic != FACTS_AUTO_NO || ask->tags->auto_reply) return "automatic or mass mail";
    if (ask->files->len == 0 && is_letter_subject(ask->subject))
        return "a receipt or reminder of some other desk";
    if (is_machine(ask->from)) return "no address that a person reads";
    return act == ACT_THANKS ? "a thank-you is not answered" : NULL;
}

/* Two machines that answer each other stop here, whatever their headers say. */
static gboolean is_capped(Ask *ask)
{
    guint most = ask->config->smtp.per_address_daily;
    if (sent_today(ask, recipient(ask)) < most) return FALSE;
    verdict_todo(ask->verdict, "no-answer", 0,
                 "当日发给 %s 的邮件已达上限%u封，本封来信的回执暂缓发送；核对无误后，请管理员执行 baosong "
                 "release，或人工联系。",
                 ask->from, most);
    return TRUE;
}

/* Who wrote weeks ago, and heard nothing, is answered when a person has seen it. */
static gboolean is_passed_by(Ask *ask)
{
    ask->verdict->passed_by = ask->mail->passed_by || settled_passed_by(ask);
    if (!ask->verdict->passed_by) return FALSE;
    verdict_todo(ask->verdict, "no-answer", 0,
                 "此前运行的另一台机器配置或名册不同，未登记本封来信；现已登记，回执暂缓发送；"
                 "核对无误后，请管理员执行 baosong release，或人工联系。");
    return TRUE;
}

/* The committee whose affairs the recipient may read: its own; NULL for strangers. */
static const Committee *insider(const Ask *ask)
{
    return ask->sender && strcmp(ask->sender->code, ask->verdict->committee) == 0 ? ask->sender : NULL;
}

/* A stranger whose documents are known already learns nothing of what is settled about them. */
static gboolean may_see(const Ask *ask, const VerdictItem *item)
{
    return item->is_new || item_is_known(ask, item->number);
}

static const char *shown_title(const Ask *ask, const VerdictItem *item)
{
    return may_see(ask, item) ? item->title : item->said_title;
}

static gboolean must_mend(const Ask *ask)
{
    for (guint i = 0; i < ask->verdict->problems->len; i++)
        if (problem_level(((VerdictProblem *)ask->verdict->problems->pdata[i])->code) == PROBLEM_MEND)
            return TRUE;
    return FALSE;
}

static char *subject_of(const Ask *ask, Act act)
{
    static const char *const plain[] = {[ACT_SUBMIT] = "回执：来信收悉",
                                        [ACT_EMPTY] = "回执：未见附件，请补发",
                                        [ACT_WITHDRAW] = "回执：撤回申请已收悉，待人工处理",
                                        [ACT_QUERY] = "回执：本单位报送情况",
                                        [ACT_CONFIRM] = "回执：确认意见收悉",
                                        [ACT_THANKS] = "回执：来信收悉",
                                        [ACT_QUESTION] = "回执：来信收悉，待人工处理",
                                        [ACT_DECLINE] = "回执：不申报说明收悉，待人工确认"};
    const GPtrArray *items = ask->verdict->items;
    if (items->len == 0) return g_strdup(plain[act]);
    const VerdictItem *first = items->pdata[0];
    g_autofree char *number = desk_number(ask->config, first->number);
    g_autofree char *title = text_clip(shown_title(ask, first), SUBJECT_TITLE_CHARS);
    const char *state = must_mend(ask) ? "已收到，需补正" : "已登记";
    if (items->len > 1) return g_strdup_printf("回执：〔%s〕等%u项%s", number, items->len, state);
    if (ask->classified) return g_strdup_printf("回执：〔%s〕请速电话联系", number);
    if (!may_see(ask, first)) return g_strdup_printf("回执：%s《%s》", state, title);
    return g_strdup_printf("回执：〔%s〕%s《%s》", number, state, title);
}

/* --- the text --------------------------------------------------------------------------------- */

static void row_if(Letter *letter, const char *label, const char *value)
{
    if (value && *value) letter_row(letter, label, value);
}

static void write_files(const Ask *ask, Letter *letter, const VerdictItem *item)
{
    if (item->files->len == 0) return;
    letter_list_begin(letter);
    for (guint i = 0; i < item->files->len && i < SHOWN_FILES; i++) {
        const FactsAttachment *file = item->files->pdata[i];
        g_autofree char *name = text_clip(facts_base_name(file), DESK_TITLE_CHARS);
        g_autofree char *size = text_size(file->size);
        letter_list_item(letter, "%s（%s）SHA-256：%s", *name ? name : "（未命名文件）", size, file->sha256);
    }
    if (item->files->len > SHOWN_FILES)
        letter_list_item(letter, "另有 %u 个文件", item->files->len - SHOWN_FILES);
    letter_list_end(letter);
}

static void write_committee(const Ask *ask, Letter *letter)
{
    const Committee *committee = roster_find_code(ask->config->roster, ask->verdict->committee);
    if (!committee)
        letter_row(letter, "报送单位", "未能确认，请回复告知");
    else if (ask->verdict->certainty == CERTAINTY_CERTAIN && ask->sender)
        letter_row(letter, "报送单位", committee->name);
    else {
        g_autofree char *shown = g_strconcat(committee->name, "（待核实）", NULL);
        letter_row(letter, "报送单位", shown);
    }
}

static void write_item(const Ask *ask, Letter *letter, const VerdictItem *item)
{
    g_autofree char *number = desk_number(ask->config, item->number);
    const BookItem *old = item->is_new ? NULL : book_item(ask->book, item->number);
    letter_rows_begin(letter);
    if (may_see(ask, item)) letter_row(letter, "登记编号", number);
    write_committee(ask, letter);
    if (!ask->classified) {
        gboolean suggested = strcmp(item->theme_source, "系统建议") == 0;
        const char *said = may_see(ask, item) ? item->theme : item->said_theme;
        g_autofree char *theme = g_strconcat(said, suggested ? "（系统建议，如有不符请回复更正）" : "", NULL);
        g_autofree char *version = old ? g_strdup_printf("第 %u 次提交", old->versions + 1) : NULL;
        letter_row(letter, "材料类别", letter_kind_word(item->kind));
        const char *word = letter_item(ask->config);
        g_autofree char *label = g_strconcat(word, "名称", *item->title_key ? "" : "（请回复补充）", NULL);
        g_autofree char *theme_label = g_strconcat(word, "主题", NULL);
        letter_row(letter, label, shown_title(ask, item));
        letter_row(letter, theme_label, *said ? theme : "未注明（不影响报送）");
        row_if(letter, "创新类型", item->innovation);
        row_if(letter, "党支部", item->branch);
        row_if(letter, "负责人", item->leader);
        row_if(letter, "联系电话", item->telephone);
        if (ask->sender) row_if(letter, "版本", version);
    }
    letter_row(letter, "是否按时", item->on_time ? "按时" : "逾期");
    if (ask->sender)
        letter_row(letter, "是否计入",
                   item->kind != ITEM_SUMMARY ? "不计入（应报的是总结材料）" /* else: why still 已报 0 项? */
                   : item->counts ? "计入"
                                  : "暂不计入");
    letter_rows_end(letter);
    if (!ask->classified) write_files(ask, letter, item);
}

static void write_items(const Ask *ask, Letter *letter)
{
    for (guint i = 0; i < ask->verdict->items->len; i++) {
        const VerdictItem *item = ask->verdict->items->pdata[i];
        if (ask->verdict->items->len > 1) {
            g_autofree char *heading = g_strdup_printf("第 %u 项", i + 1);
            letter_heading(letter, heading);
        }
        write_item(ask, letter, item);
        g_array_append_val(letter->numbers, item->number);
    }
}

/* A new version that came late of items that were in time costs them nothing. */
static const char *remedy_of(const Ask *ask, const char *code)
{
    gboolean in_time = ask->verdict->items->len > 0 && strcmp(code, "late") == 0;
    for (guint i = 0; i < ask->verdict->items->len; i++)
        in_time &= ((const VerdictItem *)ask->verdict->items->pdata[i])->on_time;
    return in_time ? "本次修改或补充收到时已过报送时间，材料已收存；首次报送按时，登记不变。"
                   : desk_problem_remedy(code);
}

/* Problems of one code share a line; a remedy is said once. */
static void write_problems(const Ask *ask, Letter *letter, ProblemLevel level, const char *heading)
{
    const GPtrArray *problems = ask->verdict->problems;
    gboolean any = FALSE;
    for (guint i = 0; i < problems->len; i++) {
        const VerdictProblem *problem = problems->pdata[i];
        gboolean said = FALSE;
        for (guint j = 0; j < i; j++)
            said |= strcmp(((VerdictProblem *)problems->pdata[j])->code, problem->code) == 0;
        if (said || problem_level(problem->code) != level) continue;
        g_autoptr (GString) details = g_string_new(NULL);
        for (guint j = i; j < problems->len; j++) {
            const VerdictProblem *same = problems->pdata[j];
            if (strcmp(same->code, problem->code) != 0 || !*same->detail ||
                strstr(details->str, same->detail))
                continue;
            g_string_append_printf(details, "%s%s", details->len ? "、" : "", same->detail);
            if (details->len > 600) break;
        }
        if (!any) {
            letter_heading(letter, heading);
            letter_list_begin(letter);
        }
        any = TRUE;
        letter_list_item(letter, "%s%s%s。%s", desk_problem_text(problem->code), details->len ? "：" : "",
                         details->str, remedy_of(ask, problem->code));
    }
    if (any) letter_list_end(letter);
}

static void write_quota(const Ask *ask, Letter *letter)
{
    const Committee *committee = insider(ask);
    if (!committee) return;
    const Quota bounds = config_quota(ask->config, committee);
    guint have = counts_after(ask), least = bounds.least;
    gboolean done = have > 0 && (bounds.most == 0 || have <= bounds.most);
    g_autofree char *quota = letter_quota(ask->config, committee, have);
    g_autofree char *deadline = letter_deadline(ask->config);
    if (have >= least)
        letter_paragraph(letter, "%s%s。", quota, done && least > 0 ? "，已报齐" : "");
    else if (ask->now < ask->config->campaign.deadline_at)
        letter_emphasis(letter, "%s，还缺 %u 项，请于%s报送。", quota, least - have, deadline);
    else
        letter_emphasis(letter, "%s，还缺 %u 项，报送时间已过，请尽快报送。", quota, least - have);
}

/* What the committee has handed in so far: the answer to 查询. */
static void write_status(const Ask *ask, Letter *letter)
{
    const Committee *committee = insider(ask);
    if (!committee) {
        letter_paragraph(letter, "您的发件地址不在单位名册内，不能通过邮件查询报送情况，请与我部电话联系。");
        return;
    }
    gboolean any = FALSE;
    letter_paragraph(letter, "截至目前，%s报送情况如下。", committee->name);
    letter_list_begin(letter);
    const GPtrArray *theirs = book_items_of(ask->book, committee->code);
    for (guint i = 0; i < theirs->len; i++) {
        const BookItem *item = theirs->pdata[i];
        g_autofree char *number = desk_number(ask->config, item->number);
        g_autofree char *received = calendar_time_chinese(ask->config->calendar, item->received_at);
        letter_list_item(letter, "%s %s《%s》%s 收到，%s，%s", number, letter_kind_word(item->kind),
                         item->title, received, ontime_of(ask->config, item) ? "按时" : "逾期",
                         item->withdrawn ? "已撤回"
                         : item->counts  ? "计入"
                                         : "不计入");
        any = TRUE;
    }
    if (!any) letter_list_item(letter, "尚未收到报送材料");
    letter_list_end(letter);
}

static void write_opening(const Ask *ask, Letter *letter, Act act)
{
    static const char *const said[] = {
        [ACT_SUBMIT] = "现登记如下。",
        [ACT_EMPTY] = "但未见附件，尚未登记。",
        [ACT_WITHDRAW] = "撤回申请已转工作人员处理。在工作人员答复前，原登记内容不变。",
        [ACT_QUERY] = "",
        [ACT_CONFIRM] = "您的确认意见已转工作人员。",
        [ACT_THANKS] = "",
        [ACT_QUESTION] = "来信已转工作人员阅处，将由工作人员与您联系。",
        [ACT_DECLINE] = "贵单位不申报（零报告）的说明已转工作人员确认，如有疑问将与您联系。"};
    const Committee *committee = insider(ask);
    g_autofree char *received = calendar_time_chinese(ask->config->calendar, ask->mail->received_at);
    g_autofree char *subject = text_clip(ask->facts->subject, DESK_VALUE_CHARS);
    letter_paragraph(letter, "%s：", committee ? committee->name : "您好");
    const gboolean asks = act == ACT_SUBMIT && !ask->classified && says_question_beside(ask);
    const char *now = asks ? "来信中的询问已转工作人员答复；材料登记如下。" : said[act];
    if (ask->classified || !*subject)
        letter_paragraph(letter, "您于%s发来的邮件收悉。%s", received, now);
    else
        letter_paragraph(letter, "您于%s发来的邮件《%s》收悉。%s", received, subject, now);
}

static void write_closing(const Ask *ask, Letter *letter, Act act)
{
    if (ask->classified) {
        letter_emphasis(letter, "请立即与我部电话联系：%s %s。", ask->config->desk.name,
                        ask->config->desk.telephone);
    } else if (ask->verdict->items->len > 0) {
        letter_paragraph(
            letter,
            "以上如有不符，或需要修改、补充材料，请直接回复本邮件并附上完整的新版本；报送另一项%s，"
            "请另发新邮件。",
            ask->config->campaign.item_word);
    } else if (act == ACT_QUESTION && ask->verdict->whose == WHOSE_SUSPECT) {
        letter_paragraph(
            letter,
            "系统未能确认该邮件是否为“%s”报送材料。如是，请回复本邮件，并在主题中注明【报送】、单位名称和"
            "%s名称。",
            ask->config->campaign.title, letter_item(ask->config));
    }
}

/* --- the record ------------------------------------------------------------------------------- */

static json_t *record_item(const Ask *ask, const VerdictItem *item)
{
    const BookItem *old = item->is_new ? NULL : book_item(ask->book, item->number);
    static const char *const kinds[] = {"summary", "plan", "case"};
    return json_pack("{s:i s:s s:s s:s s:s s:i s:b s:b s:I}", "n", (int)item->number, "committee",
                     ask->verdict->committee, "theme", item->theme, "title", item->title, "kind",
                     kinds[item->kind], "version", (int)(old ? old->versions + 1 : 1), "counts", item->counts,
                     "on_time", item->on_time, "at", (json_int_t)ask->mail->received_at);
}

static json_t *record_of(const Ask *ask)
{
    json_t *items = json_array();
    for (guint i = 0; i < ask->verdict->items->len; i++)
        json_array_append_new(items, record_item(ask, ask->verdict->items->pdata[i]));
    return json_pack("{s:i s:s s:s s:s s:o}", "v", 1, "kind", "receipt", "cause", ask->mail->identity,
                     "committee", ask->verdict->committee, "items", items);
}

static void replace(char **slot, char *value)
{
    g_free(*slot);
    *slot = value;
}

static void address(const Ask *ask, Letter *letter, Act act)
{
    const Committee *committee = insider(ask);
    const FactsMailbox *from = ask->facts->from->len ? ask->facts->from->pdata[0] : NULL;
    letter->urgent = TRUE;
    replace(&letter->to, g_strdup(recipient(ask)));
    replace(&letter->to_name,
            committee ? g_strdup(committee->name) : text_clip(from ? from->name : "", DESK_VALUE_CHARS));
    replace(&letter->subject, subject_of(ask, act));
    replace(&letter->in_reply_to, g_strdup(ask->facts->message_id));
    replace(&letter->cause, g_strdup(ask->mail->identity));
    replace(&letter->committee, g_strdup(ask->verdict->committee));
    /* RFC 5322 3.6.4; what we answer itself is in_reply_to, and put behind these when composed */
    for (guint i = 0; i < ask->facts->references->len; i++) {
        const char *id = ask->facts->references->pdata[i];
        if (strcmp(id, ask->facts->message_id) != 0) g_ptr_array_add(letter->references, g_strdup(id));
    }
    if (ask->facts->references->len == 0 && *ask->facts->in_reply_to &&
        strcmp(ask->facts->in_reply_to, ask->facts->message_id) != 0)
        g_ptr_array_add(letter->references, g_strdup(ask->facts->in_reply_to));
}

void answer_ask(Ask *ask, Act act)
{
    const char *why_not = refusal(ask, act);
    gboolean passed_by = !why_not && is_passed_by(ask);
    ask->verdict->hold = passed_by || (!why_not && is_capped(ask));
    verdict_decide(ask->verdict, "answer",
                   why_not              ? "no"
                   : ask->verdict->hold ? "held"
                                        : "receipt",
                   "%s",
                   why_not              ? why_not
                   : passed_by          ? "campaign mail, but another instance had passed it by"
                   : ask->verdict->hold ? "campaign mail, but the daily cap of this address is reached"
                                        : "campaign mail");
    if (why_not) return;
    Letter *letter = letter_new(LETTER_RECEIPT);
    address(ask, letter, act);
    write_opening(ask, letter, act);
    if (act == ACT_QUERY) write_status(ask, letter);
    write_items(ask, letter);
    write_problems(ask, letter, PROBLEM_MEND, "需要您处理");
    write_problems(ask, letter, PROBLEM_NOTE, "请您知悉");
    if (act != ACT_CONFIRM && act != ACT_QUESTION && act != ACT_DECLINE) write_quota(ask, letter);
    write_closing(ask, letter, act);
    letter_sign(letter, ask->config, ask->now);
    letter->record = record_of(ask);
    ask->verdict->receipt = letter;
}
