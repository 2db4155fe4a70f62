/* tags.h - the fields of a subject line, as people type them.
 *
 * 【报送】文学院党委-创新学习型党组织建设-读书会 and Re: 报送／文学院／… give the same fields in the order
 * typed. Nothing here knows a campaign: which field names a committee or a theme is for the desk to say.
 */
#pragma once

#include <glib.h>

typedef enum TagKind {
    TAG_NONE,
    /* from committees */
    TAG_SUBMIT,     /* 报送 申报 推荐 */
    TAG_SUPPLEMENT, /* 补充 */
    TAG_REVISE,     /* 修订 更新 更正 */
    TAG_WITHDRAW,   /* 撤回 */
    TAG_PLAN,       /* 方案 */
    TAG_CASE,       /* 典型 宣传 */
    TAG_QUERY,      /* 查询 进度 */
    /* from staff */
    TAG_REVIEW,        /* 初审 */
    TAG_REVIEW_RESULT, /* 初审结果 */
    TAG_SCORE,         /* 评分 */
    TAG_ROSTER,        /* 名册 */
    TAG_SUMMARY,       /* 汇总 */
    TAG_ASSIGN,        /* 指派 */
    TAG_URGE,          /* 催报 */
    TAG_NOTICE,        /* 通知 */
    TAG_KINDS
} TagKind;

typedef struct Tags {
    GPtrArray *kinds;    /* of GUINT_TO_POINTER(TagKind), in the order typed, each once */
    GPtrArray *fields;   /* of char*: the fields that are no kind and no prefix, in order, trimmed, NFKC */
    char *rest;          /* the fields joined by one space: the title candidate, "" if none */
    gboolean reply;      /* a 回复/答复/Re/AW prefix was stripped */
    gboolean forward;    /* a 转发/Fw/Fwd prefix was stripped */
    gboolean auto_reply; /* a 自动回复/Auto prefix was stripped */
} Tags;

/* Parses a decoded subject (UTF-8; NULL is as ""). Any of 【】[]［］〔〕〖〗()（）《》「」 or + - _ — | / ：
 * : and white space (full or half width) separates fields; a field is a kind only when it equals one of the
 * kind's words. Caller owns the result. Never fails. */
Tags *tags_parse(const char *subject);
void tags_free(Tags *tags);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tags, tags_free)

gboolean tags_has(const Tags *tags, TagKind kind);
/* Whether any of the submit kinds (submit, supplement, revise, withdraw, plan, case) is there: such a mail is
 * campaign mail by its subject alone. */
gboolean tags_has_submit_kind(const Tags *tags);

/* The text as valid UTF-8 in NFKC: half width of full width. Caller frees. */
char *tags_nfkc(const char *text);

/* English name for JSON and logs ("submit"), static. */
const char *tags_kind_name(TagKind kind);
