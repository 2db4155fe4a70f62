/* problems.c - the one table of what can be wrong or needs a look: code, Chinese text, remedy for the sender.
 *
 * Codes of problems and of rows in 待处理 share it. Nothing here costs a committee its submission: what must
 * be mended is said, what need not be is only noted.
 */
#include <string.h>

#include "daemon/desk/ask.h"

enum {
    GROUP_NAMES = 3, /* of files within one file, that are named */
    GROUP_DEPTH = 50 /* files in each other; facts hold no more */
};

static const struct Row {
    const char *code;
    ProblemLevel level;
    gboolean look; /* a person must look: makes a row in 待处理 */
    const char *text;
    const char *remedy;
} rows[] = {
    /* problems */
    {DESK_FORGOTTEN, PROBLEM_MEND, TRUE, "未见附件",
     "如系报送材料，请直接回复本邮件，将材料作为附件发送（.docx、.doc、.wps 或 .pdf 格式）。"},
    {"unreadable", PROBLEM_MEND, TRUE, "无法读取", "请将材料另存为 .docx 或 .pdf 格式，回复本邮件重新发送。"},
    {"encrypted", PROBLEM_MEND, TRUE, "文件已加密",
     "请取消打开密码或压缩包密码（装有文档加密软件的，请先解密）后，回复本邮件重新发送。"},
    {"damaged", PROBLEM_MEND, TRUE, "文件已损坏",
     "请在本机确认文件能够正常打开（装有文档加密软件的，请先解密）后，回复本邮件重新发送。"},
    {"unsupported", PROBLEM_NOTE, FALSE, "系统暂不能自动读取该格式",
     "文件已完整收存，由工作人员打开查看，无需重新发送。"},
    {"not-document", PROBLEM_MEND, TRUE, "不是文档（快捷方式、程序或临时文件）",
     "这类文件不含材料内容，不予计入。请将文档本身（.docx、.doc、.wps 或 "
     ".pdf）作为附件，回复本邮件重新发送。"},
    {"cloud-link", PROBLEM_MEND, TRUE, "云附件链接（超大附件）",
     "云附件、网盘链接到期即失效，不能作为报送材料。请压缩图片后作为普通附件，回复本邮件发送。"},
    {"too-large", PROBLEM_MEND, TRUE, "邮件过大", /* only its header was read */
     "请压缩文中图片，或将材料分为几封邮件，回复本邮件重新发送。"},
    {"archive-bomb", PROBLEM_MEND, TRUE, "压缩包异常", "请不要压缩，直接以附件发送文档。"},
    {"split-volume", PROBLEM_MEND, TRUE, "仅为分卷压缩包的一部分",
     "请将材料压缩为一个完整的压缩包（不分卷），或直接以附件发送文档，回复本邮件重新发送。"},
    {"macro", PROBLEM_NOTE, TRUE, "文档含有宏", "建议另存为不含宏的 .docx 文件后重新发送。"},
    {"misnamed", PROBLEM_NOTE, FALSE, "文件扩展名与内容不符",
     "系统已按文件的实际内容读取，材料有效；请在今后报送时使用正确的扩展名（如 .docx、.pdf）。"},
    {"empty-document", PROBLEM_MEND, TRUE, "文件内容为空", "请检查是否选错文件，并回复本邮件重新发送。"},
    {"scanned-only", PROBLEM_NOTE, FALSE, "文件仅为扫描图片",
     "如有可编辑的电子版（.docx），请一并回复发送，便于汇总。"},
    {"unknown-committee", PROBLEM_MEND, FALSE, "未能确认报送单位",
     "请回复本邮件，在主题中写明所属二级党组织全称，并附上材料。"},
    {"sender-unverified", PROBLEM_NOTE, FALSE, "发件人身份待核实",
     "材料已收存，由工作人员核实。建议用本单位登记的邮箱直接报送；如非您本人所发，请与我部电话联系。"},
    {"possible-duplicate", PROBLEM_NOTE, TRUE, "可能与已报材料重复",
     "如系对已报材料的修订或补充，请回复本邮件说明原登记编号；如系另一项活动，无需处理。"},
    {"late", PROBLEM_NOTE, FALSE, "逾期报送", "材料已收存登记，并注明逾期。"},
    {"over-quota", PROBLEM_NOTE, TRUE, "超过报送上限", "请回复本邮件说明推荐顺序，由工作人员与您联系确认。"},
    {"classified-marking", PROBLEM_MEND, TRUE, "材料带有密级标志",
     "请勿再通过互联网邮箱发送，并立即与我部电话联系，按保密规定处理。"},
    /* rows in 待处理 only */
    {"claim", PROBLEM_STAFF, TRUE, "待认领", ""},
    {"truncated", PROBLEM_STAFF, TRUE, "内容超出自动读取范围，请打开原件核对", ""},
    {"verify", PROBLEM_STAFF, TRUE, "待核实", ""},
    {"suspect", PROBLEM_STAFF, TRUE, "疑似报送", ""},
    {"withdraw", PROBLEM_STAFF, TRUE, "申请撤回", ""},
    {"decline", PROBLEM_STAFF, TRUE, "不申报（零报告）", ""},
    {"confirm", PROBLEM_STAFF, TRUE, "回复确认", ""},
    {"question", PROBLEM_STAFF, TRUE, "来信待阅", ""},
    {"bounce", PROBLEM_STAFF, TRUE, "回执或催报被退回", ""},
    {"junk", PROBLEM_STAFF, TRUE, "曾入垃圾箱", ""},
    {"moved", PROBLEM_STAFF, TRUE, "到达时间待核", ""},
    {"staff", PROBLEM_STAFF, TRUE, "工作人员来件", ""},
    {"no-answer", PROBLEM_STAFF, TRUE, "回执暂缓", ""},
    {"letter-failed", PROBLEM_STAFF, TRUE, "邮件未能送达", ""},
    {"address-refused", PROBLEM_STAFF, TRUE, "收件地址被拒收", ""},
    {"no-address", PROBLEM_STAFF, TRUE, "名册中没有邮箱", ""},
    {"burst", PROBLEM_STAFF, TRUE, "回执过多，暂停发送", ""},
    {"approve", PROBLEM_STAFF, TRUE, "提醒待批准", ""},
    {"clock", PROBLEM_STAFF, TRUE, "本机时钟有误，催报已暂停", ""},
    {"remind-missed", PROBLEM_STAFF, TRUE, "催报日期已过，未发催报", ""},
    {"letter-unproven", PROBLEM_STAFF, TRUE, "是否送达不能确定", ""},
    {"letter-unwanted", PROBLEM_STAFF, TRUE, "邮件多次被拒收", ""},
    {"opinion", PROBLEM_STAFF, TRUE, "现行判断与登记不一致", ""},
    {"lost", PROBLEM_STAFF, TRUE, "原邮件已不存在", ""},
};

static const struct Row *row_of(const char *code)
{
    static const struct Row unknown = {"unreadable", PROBLEM_NOTE, TRUE, "其他问题", ""};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (code && strcmp(rows[i].code, code) == 0) return &rows[i];
    return &unknown;
}

const char *desk_problem_text(const char *code)
{
    return row_of(code)->text;
}

const char *desk_problem_remedy(const char *code)
{
    return row_of(code)->remedy;
}

const char *const *desk_problems_mended(void)
{
    static const char *const codes[] = {"encrypted",    "damaged",    "unreadable",     "archive-bomb",
                                        "split-volume", "cloud-link", "empty-document", "too-large",
                                        "not-document", NULL};
    return codes;
}

ProblemLevel problem_level(const char *code)
{
    return row_of(code)->level;
}

/* --- asking ----------------------------------------------------------------------------------- */

/* A file is never too large: it is here. It only holds more than we read of it. */
static const char *code_of_problem(const FactsProblem *problem)
{
    const char *code = row_of(problem->code)->code;
    return strcmp(code, "too-large") == 0 ? "truncated" : code;
}

/* NULL: nothing that anybody need be told. A picture is there to be looked at; alone it is a scan. Of what is
 * no document that is all there is to say. */
static const char *code_of_file(const FactsAttachment *file, const FactsProblem *problem, gboolean alone)
{
    const char *code = code_of_problem(problem);
    if (files_is_no_document(file)) return NULL;
    if (strcmp(code, "unsupported") != 0 || !files_is_picture(file)) return code;
    if (!alone) return NULL;
    return g_ascii_strncasecmp(file->type, "image/", 6) == 0 ? "scanned-only" : code;
}

/* The files within one file that have a problem in common: a hundred photographs are one line. */
typedef struct Group {
    const char *code;
    guint n;
    GString *names; /* of the first few */
} Group;

static void group_clear(gpointer group)
{
    g_string_free(((Group *)group)->names, TRUE);
}

static void group_add(GArray *groups, const char *code, const FactsAttachment *file)
{
    guint i = 0;
    while (i < groups->len && strcmp(g_array_index(groups, Group, i).code, code) != 0) i++;
    if (i == groups->len) g_array_append_val(groups, ((Group){code, 0, g_string_new(NULL)}));
    Group *group = &g_array_index(groups, Group, i);
    g_autofree char *name = text_clip(facts_base_name(file), DESK_VALUE_CHARS);
    if (group->n++ < GROUP_NAMES) g_string_append_printf(group->names, "《%s》", name);
}

/* A chart or a table that is inserted in a document may well be without text: the document has it. */
static gboolean is_of_object(const char *code)
{
    return strcmp(code, "empty-document") == 0 || strcmp(code, "scanned-only") == 0;
}

static void group_members(GArray *groups, const FactsAttachment *file, guint depth)
{
    const gboolean document = *file->text && !files_is_archive(file);
    for (guint i = 0; i < file->children->len && depth < GROUP_DEPTH; i++) {
        const FactsAttachment *child = file->children->pdata[i];
        const char *code;
        for (guint k = 0; k < child->problems->len; k++)
            if ((code = code_of_file(child, child->problems->pdata[k], FALSE)) &&
                !(document && is_of_object(code)))
                group_add(groups, code, child);
        group_members(groups, child, depth + 1);
    }
}

/* Pictures are all that there is: the mail has no document, and what it adds to had none either. */
static gboolean is_scan(const Ask *ask)
{
    gboolean adds = FALSE;
    for (guint i = 0; i < ask->verdict->items->len; i++) {
        const VerdictItem *item = ask->verdict->items->pdata[i];
        const BookItem *old = item->is_new ? NULL : book_item(ask->book, item->number);
        adds |= old && old->counts;
    }
    return ask->documents == 0 && !adds;
}

static gboolean any_filled(const Ask *ask)
{
    for (guint i = 0; i < ask->files->len; i++)
        if (!files_is_blank(ask->files->pdata[i])) return TRUE;
    return FALSE;
}

static void of_file(Ask *ask, const FactsAttachment *file)
{
    g_autofree char *name = text_clip(facts_base_name(file), DESK_VALUE_CHARS);
    g_autoptr (GArray) groups = g_array_new(FALSE, FALSE, sizeof(Group));
    g_array_set_clear_func(groups, group_clear);
    group_members(groups, file, 0);
    if (files_is_no_document(file))
        verdict_problem(ask->verdict, "not-document", file, "《%s》", ask->classified ? "" : name);
    if (files_is_blank(file) && !any_filled(ask))
        verdict_problem(ask->verdict, "empty-document", file, "《%s》（空白表格，各栏未填）",
                        ask->classified ? "" : name);
    for (guint i = 0; i < file->problems->len; i++) {
        const char *code = code_of_file(file, file->problems->pdata[i], is_scan(ask));
        if (!code) continue;
        if (ask->classified) /* no name is repeated */
            verdict_problem(ask->verdict, code, file, "%s", "");
        else
            verdict_problem(ask->verdict, code, file, "《%s》", name);
    }
    for (guint i = 0; i < groups->len; i++) {
        const Group *group = &g_array_index(groups, Group, i);
        if (ask->classified)
            verdict_problem(ask->verdict, group->code, file, "%s", "");
        else if (group->n == 1)
            verdict_problem(ask->verdict, group->code, file, "《%s》内%s", name, group->names->str);
        else
            verdict_problem(ask->verdict, group->code, file, "《%s》内 %u 个文件（%s%s）", name, group->n,
                            group->names->str, group->n > GROUP_NAMES ? "等" : "");
    }
}

/* 《材料.zip》（52.1M，2014-06-30 14:02 到期）: as much as the mail says. The code (提取码) is not repeated.
 */
static void append_cloud_file(GString *text, const FactsLink *item)
{
    g_autofree char *name = text_clip(item->name, DESK_VALUE_CHARS);
    if (!*name) return;
    const gboolean date = g_ascii_isdigit(*item->expires) && strchr(item->expires, '-');
    const gboolean days = g_ascii_isdigit(*item->expires) && !date;
    g_autofree char *until = g_strconcat(days ? "有效期" : "", item->expires, date ? " 到期" : "", NULL);
    g_string_append_printf(text, "《%s》", name);
    if (*item->size || *until)
        g_string_append_printf(text, "（%s%s%s）", item->size, *item->size && *until ? "，" : "", until);
}

/* The meeting that a calendar sends round. */
static gboolean is_invitation(const Ask *ask)
{
    for (guint i = 0; i < ask->facts->attachments->len; i++) {
        const FactsAttachment *file = ask->facts->attachments->pdata[i];
        if (g_ascii_strcasecmp(file->type, "text/calendar") == 0 ||
            g_ascii_strcasecmp(file->declared_type, "text/calendar") == 0)
            return TRUE;
    }
    return FALSE;
}

static void of_mail(Ask *ask, Act act)
{
    Verdict *verdict = ask->verdict;
    if (ask->problem) verdict_problem(verdict, row_of(ask->problem)->code, NULL, "%s", "");
    /* A mail about the campaign that brings nothing, asks nothing and answers nothing of ours: perhaps
     * something was forgotten. */
    gboolean forgotten = act == ACT_QUESTION && ask->files->len == 0 && !ask->replied &&
                         verdict->whose == WHOSE_CAMPAIGN && !act_asks(ask) && !act_excuses(ask) &&
                         !polite_promises(ask) && !is_invitation(ask);
    if (act == ACT_EMPTY || forgotten) verdict_problem(verdict, DESK_FORGOTTEN, NULL, "%s", "");
    if (ask->cloud) {
        g_autoptr (GString) names = g_string_new(NULL);
        for (guint i = 0, shown = 0; i < ask->facts->links->len && shown < 5; i++) {
            const FactsLink *item = ask->facts->links->pdata[i];
            if (strcmp(item->kind, "link") == 0) continue;
            append_cloud_file(names, item);
            shown++;
        }
        verdict_problem(verdict, "cloud-link", NULL, "%s", ask->classified ? "" : names->str);
    }
    /* What is said of the structure when only the header was read is our own doing. */
    for (guint i = 0; i < ask->facts->problems->len && !ask->problem; i++) {
        const char *code = row_of(((FactsProblem *)ask->facts->problems->pdata[i])->code)->code;
        if (!verdict_has(verdict, code) && strcmp(code, "classified-marking") != 0)
            verdict_problem(verdict, code, NULL, "%s", "");
    }
    if (ask->classified && !verdict_has(verdict, "classified-marking"))
        verdict_problem(verdict, "classified-marking", NULL, "%s", "");
}

static void of_doubt(Ask *ask)
{
    verdict_problem(ask->verdict, "sender-unverified", NULL, "%s（%s）", ask->from_shown, ask->doubt);
    verdict_todo(ask->verdict, "verify", 0,
                 "邮件自称由 %s 发出，收信服务器未能证实（%s），可能系他人冒用，请向该单位核实。",
                 ask->from_shown, ask->doubt);
}

static void of_sender(Ask *ask)
{
    Verdict *verdict = ask->verdict;
    if (ask->sender || ask->own) return;
    if (!*verdict->committee) {
        verdict_problem(verdict, "unknown-committee", NULL, "%s", "");
        verdict_todo(verdict, "claim", 0, "发件地址 %s %s，邮件中也没有可以确认的单位名称，请认领。",
                     ask->from_shown, ask->shared ? "为多个单位共用" : "不在名册内");
    } else {
        verdict_problem(verdict, "sender-unverified", NULL, "%s%s", ask->from,
                        *ask->from ? "（不在单位名册内）" : "未注明发件地址");
        if (verdict->certainty != CERTAINTY_CERTAIN) return; /* who.c has told staff */
        verdict_todo(verdict, "verify", 0, "发件地址 %s 不在名册内，请核实确为该单位报送。", ask->from_shown);
    }
}

static void of_items(Ask *ask)
{
    Verdict *verdict = ask->verdict;
    for (guint i = 0; i < verdict->items->len; i++) {
        const VerdictItem *item = verdict->items->pdata[i];
        if (!item->duplicate_of) continue;
        g_autofree char *mine = desk_number(ask->config, item->number);
        g_autofree char *other = desk_number(ask->config, item->duplicate_of);
        gboolean theirs = ask->sender && strcmp(ask->sender->code, verdict->committee) == 0;
        verdict_problem(verdict, "possible-duplicate", NULL, "%s", theirs ? other : "");
        verdict_todo(verdict, "possible-duplicate", item->number, "%s 可能与 %s 是同一项活动，请核实。", mine,
                     other);
    }
    const Committee *committee = roster_find_code(ask->config->roster, verdict->committee);
    guint most = committee ? config_quota(ask->config, committee).most : 0, have = counts_after(ask);
    if (most > 0 && have > most && have > book_counting(ask->book, verdict->committee))
        verdict_problem(verdict, "over-quota", NULL, "已报 %u 项，上限 %u 项", have, most);
}

/* The rows that problems make in 待处理, where their own words have not made one already. */
static void look(Ask *ask, Act act)
{
    Verdict *verdict = ask->verdict;
    guint number = verdict->items->len == 1 ? ((VerdictItem *)verdict->items->pdata[0])->number : 0;
    for (guint i = 0; i < verdict->problems->len; i++) {
        const VerdictProblem *problem = verdict->problems->pdata[i];
        const struct Row *row = row_of(problem->code);
        if (!row->look || strcmp(row->code, "possible-duplicate") == 0) continue;
        if (act == ACT_QUESTION && strcmp(row->code, DESK_FORGOTTEN) == 0) continue; /* they read it anyway */
        verdict_todo(verdict, row->code, number, "%s%s%s。", row->text, *problem->detail ? "：" : "",
                     problem->detail);
    }
    if (ask->mail->folder == DESK_JUNK)
        verdict_todo(verdict, "junk", number, "邮件曾被归入垃圾箱，请将发件地址 %s 加入白名单。",
                     ask->from_shown);
}

void problems_ask(Ask *ask, Act act)
{
    for (guint i = 0; i < ask->files->len; i++) of_file(ask, ask->files->pdata[i]);
    of_mail(ask, act);
    if (ask->doubt) of_doubt(ask);
    if (act == ACT_SUBMIT || act == ACT_EMPTY || act == ACT_WITHDRAW) of_sender(ask);
    of_items(ask);
    look(ask, act);
}
