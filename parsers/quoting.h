/* quoting.h - lines that mail programs write around a quoted mail. Private to history.c.
 *
 * A line is given trimmed, without the ">" of a quotation. Chinese, English and a few other programs.
 */
#pragma once

#include <glib.h>

/* "-----原始邮件-----", "---------- Forwarded message ---------", "Begin forwarded message:". */
typedef enum QuotingRule { QUOTING_NO_RULE, QUOTING_RULE, QUOTING_RULE_FORWARD } QuotingRule;
QuotingRule quoting_rule(const char *line);

/* Lines that Outlook and QQ put above the fields: of nothing but a few dashes or underscores, as people type
 * them, too; of as many as programs draw; 原始邮件 alone. */
typedef enum QuotingRuler { QUOTING_NO_RULER, QUOTING_TYPED, QUOTING_DRAWN, QUOTING_TITLE } QuotingRuler;
QuotingRuler quoting_ruler(const char *line);

/* "发件人: x", "*From:* x", "| 主题 | x |". *value points into the line, behind the label. */
typedef enum QuotingLabel {
    QUOTING_NO_LABEL,
    QUOTING_FROM,
    QUOTING_DATE,
    QUOTING_TO, /* and Cc */
    QUOTING_SUBJECT
} QuotingLabel;
QuotingLabel quoting_label(const char *line, const char **value);

/* "在 2014年5月30日，张三 <a@x.example> 写道：", "On Fri, May 30, 2014, A <a@x.example> wrote:". */
typedef struct QuotingWho {
    char *name, *address, *date; /* "" where it does not say; owned */
} QuotingWho;
gboolean quoting_attribution(const char *line, QuotingWho *who);
/* Whether the line can begin, or end, one that is folded over several lines. Cheap. */
gboolean quoting_may_begin(const char *line);
gboolean quoting_may_end(const char *line);
void quoting_who_clear(QuotingWho *who);

/* "发自我的iPhone", "Sent from my iPad", "获取 Outlook for iOS". */
gboolean quoting_is_tagline(const char *line);
