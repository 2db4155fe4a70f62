/* ask.h - private to daemon/desk: what every question may look at, and how the questions are asked.
 *
 * Each question fills its part of ask->verdict and leaves a decision with its reason; later questions may
 * lean on earlier answers, never the other way round. judge.c has the order.
 */
#pragma once

#include "daemon/desk/desk.h"
#include "parsers/tags.h"

enum {
    DESK_TITLE_CHARS = 100, /* longest title that is kept */
    DESK_VALUE_CHARS = 60,  /* longest name, telephone, branch */
    DESK_HEAD_LINES = 8,    /* "first lines" of a document … */
    DESK_HEAD_CHARS = 400   /* … and never more than this */
};

typedef struct Name Name;

typedef struct ThemeWords {
    const Theme *theme;
    char *title, *core, *name; /* text_bare */
    GPtrArray *keywords;       /* of char*, text_key */
} ThemeWords;

/* words.c: what mails are compared with. None of the words is empty, but a theme's may be. */
struct Desk {
    const Config *config;
    GPtrArray *names; /* of Name*: every name a committee may go by, longest first (names.c) */
    GHashTable
        *by_first; /* the same by their first character: GPtrArray of Name* (borrowed), longest first */
    GPtrArray *bracketed;    /* names_bracketed() */
    GPtrArray *keywords;     /* campaign.keywords: text_key */
    GPtrArray *others;       /* campaign.others: text_key */
    GPtrArray *before_names; /* … and the university: names_key */
    GArray *empty_words;     /* of Word: what names nothing in a title */
    GArray *version_words;   /* of Word: what one version of a title has and the next has not */
    GArray *bare_keywords;   /* of Word: campaign.keywords, text_bare */
    char *campaign;          /* campaign.title: text_bare */
    char *prefix;            /* of item numbers: text_key without marks at its end */
    GPtrArray *themes;       /* of ThemeWords*, as in the config */
};

gboolean words_in(const char *key, const GPtrArray *words); /* whether any is part of the key */
guint words_count(const char *key, const GPtrArray *words); /* how many are */

/* A word that is looked for in many texts. */
typedef struct Word {
    char *text;
    guint64 bytes; /* of words.c: a text without these does not hold it */
} Word;

void words_remove(GString *text, const GArray *words); /* each in turn, wherever it stands */

/* The titles of a file, by where they stand. */
typedef enum FileTitle { TITLE_FORM, TITLE_HEADING, TITLE_NAME, TITLE_PLACES } FileTitle;

/* A file as the questions look at it. */
typedef struct AskFile {
    const FactsAttachment *file;
    char *head;     /* the first lines, DESK_HEAD_LINES and DESK_HEAD_CHARS */
    char *head_key; /* text_key */
    char *name_key;
    char *titles[TITLE_PLACES];   /* of title.c; NULL = none */
    gboolean asked[TITLE_PLACES]; /* whether that is known */
} AskFile;

/* The first lines of what the sender wrote himself, as far as different questions read. */
typedef enum SaysHead { SAYS_BRIEF, SAYS_OPENING, SAYS_HEAD, SAYS_HEADS } SaysHead;

typedef struct AskSaid {
    char *own, *heads[SAYS_HEADS], *question;
    gboolean asked; /* whether `question` is known */
} AskSaid;

typedef struct Ask {
    const Desk *desk;
    const Config *config; /* the desk's */
    const Book *book;
    const DeskMail *mail;
    const Facts *facts;
    gint64 now;
    Verdict *verdict;

    Tags *tags;
    const char *problem;     /* why only the header was read: mail->problem, or as the facts say; else NULL */
    gint64 arrival;          /* ontime_arrival() */
    char *from;              /* address of the first From, lower case, "" if none */
    const char *from_shown;  /* the same for staff to read: never "" */
    const Committee *sender; /* whose address that is, NULL = outside the roster */
    gboolean shared; /* … several committees have that address; `sender` is the one that the mail names */
    gboolean own;    /* it is the department's own mailbox */
    char *doubt;     /* why it may not be that address that wrote, for staff; NULL = no doubt */
    const BookLetter *replied; /* the letter of ours that this answers, NULL if none */
    guint number;              /* the one known item number that the subject names, else 0 */
    gboolean first_of_several; /* … of a receipt for several: 〔CX2014-014〕等3项 */
    GPtrArray *files;          /* of const FactsAttachment*: what a person attached on purpose (files.c) */
    GPtrArray
        *papers;   /* of const FactsAttachment*: the files, each with the members of an archive behind it */
    GArray *homes; /* of guint: for each paper, the index of its file */
    GPtrArray *looks;    /* of AskFile*: one for each paper; behind them, those of other files (files_look) */
    guint documents;     /* how many of them are no pictures, sounds or films */
    guint filled;        /* … and no blank forms */
    gboolean cloud;      /* the mail points at a file in some cloud */
    gboolean withdraws;  /* asks to take something back, in its subject or in reply to us (act.c) */
    gboolean declined;   /* suspected for saying 零报告 alone (whose.c) */
    gboolean surely;     /* the committee is certain by today's rules, whatever a record says */
    gboolean classified; /* carries a secrecy marking (files.c) */
    char *subject;       /* text_key of the subject */
    char *plain_subject; /* the subject in NFKC without the number, for titles */
    GHashTable *titles;  /* of title_key.c: what is known of each */
    AskSaid *said;       /* of says.c: made when it is first asked for */
} Ask;

/* What a campaign mail wants from us. */
typedef enum Act {
    ACT_SUBMIT,   /* brings material */
    ACT_EMPTY,    /* says that it brings material, and brings none */
    ACT_WITHDRAW, /* asks that something be taken back */
    ACT_QUERY,    /* asks for its own status */
    ACT_CONFIRM,  /* answers a letter of ours with 确认, 无误 */
    ACT_THANKS,   /* answers a letter with 收到, 谢谢 */
    ACT_QUESTION, /* says something that a person must read */
    ACT_DECLINE   /* says that the committee hands in nothing: 零报告 */
} Act;

/* text.c: comparing and showing what strangers wrote. All results are owned by the caller; NULL reads as "".
 */
char *text_key(const char *text);  /* NFKC, case folded, no white space, no invisible characters */
char *text_bare(const char *text); /* text_key without punctuation and symbols */
char *text_clip(const char *text, guint chars);              /* one line, at most so long, … if cut */
char *text_head(const char *text, guint lines, guint chars); /* first lines that are not empty */
/* Without the quoted history below, and what stands below -- or a line of dashes and asks nothing. */
char *text_own_words(const char *body);
char *text_signed_words(const char *body);             /* the same with that: a signature, most of the time */
gboolean text_remove(GString *text, const char *word); /* every occurrence; whether there was one */
gboolean text_any(const char *key, const char *const *words); /* NULL-terminated */
char *text_size(guint64 bytes);                               /* "36 KB" */

/* pattern.c: a regular expression, compiled at its first use and kept. For static variables. */
typedef struct Pattern {
    const char *text;
    GRegex *made; /* of pattern.c */
} Pattern;

gboolean pattern_matches(Pattern *pattern, const char *text);
GMatchInfo *pattern_find(Pattern *pattern, const char *text); /* the first hit, or NULL. Caller frees */
/* Every hit replaced; the text as it is where PCRE gives up. Caller frees. */
char *pattern_replace(Pattern *pattern, const char *text, const char *by);

/* names.c: committees named in running text. */
struct Name {
    char *key;
    gsize length;               /* of the key, bytes */
    const Committee *committee; /* NULL: more than one goes by it */
    guint rank;                 /* of the claim to it, in names.c */
    gboolean exact;             /* a name or alias; else a name without 党委, 党总支 … */
};

typedef enum NameMode { NAMES_EXACT, NAMES_FUZZY } NameMode;

GPtrArray *names_of(const Roster *roster);
GHashTable *names_by_first(const GPtrArray *names);
GPtrArray *names_bracketed(const Roster *roster);
char *names_key(const char *text); /* text_key without brackets. Caller frees */
/* The committees that the text names, each once, in order; a name inside a longer name is not named. *clean
 * (may be NULL) is FALSE if any of them might be the tail of a name that the roster does not know (文学院 in
 * 人文学院) or a common word (数学). */
GPtrArray *names_in(const Ask *ask, const char *text, NameMode mode, gboolean *clean);
/* The committee of which the text is a name, and nothing but that; NULL if none. */
const Committee *names_whole(const Ask *ask, const char *text);
/* The (NFKC) text with names such as 出版社(期刊中心)党总支 written without their brackets, which would part
 * them into fields. Caller frees. */
char *names_unbracket(const Desk *desk, const char *text);
/* Bytes at the start of the (NFKC) text that name a committee, 0 if none. */
gsize names_prefix(const Ask *ask, const char *text);

/* ticks.c: what stands at the ticks of a form's value (char*, maybe empty; the caller unrefs); *marks tells
 * whether it has boxes or ticks at all. ticks_any: whether there is a tick in the text. */
GPtrArray *ticks_options(const char *value, gboolean *marks);
gboolean ticks_any(const char *text);

/* files.c */
void files_ask(Ask *ask); /* fills files, papers, homes, looks, documents, filled, cloud, classified */
AskFile *files_look(const Ask *ask, const FactsAttachment *file);
gboolean files_is_document(const FactsAttachment *file); /* neither of the next two */
gboolean files_is_picture(const FactsAttachment *file);  /* or sound, or film */
gboolean
files_is_no_document(const FactsAttachment *file); /* a shortcut, a program, what Word and Windows leave */
gboolean files_is_archive(const FactsAttachment *file); /* .zip, .rar, .7z, .tar */
gboolean files_is_blank(const FactsAttachment *file);   /* a form in which nothing is filled in */
/* The first non-empty value among the labels (NULL-terminated); NULL if none. */
/* What it is called (text_key), without its ending and what stands in brackets: 读书会总结（迟报）, 通知(1).
 * Caller frees. */
char *files_stem(const FactsAttachment *file);
const char *files_value(const FactsAttachment *file, const char *const *labels);

/* labels.c: what its form gives as the item's name, as who leads it …, also by the word that this campaign
 * has for an item (微党课题目, 主讲人); NULL if none. */
const char *labels_title(const Ask *ask, const FactsAttachment *file);
char *labels_leader(const Ask *ask, const FactsAttachment *file); /* the caller frees these three */
char *labels_telephone(const Ask *ask, const FactsAttachment *file);
char *labels_branch(const Ask *ask, const FactsAttachment *file);
gboolean labels_title_again(const Ask *ask, const char *label); /* 活动名称, 活动名称（2） */

/* beside.c: what people write beside a title. */
void beside_reference(GString *title); /* takes out 校党字〔2014〕12号, of an official letter */
void beside_dates(GString *bare);      /* takes out 2014年5月28日, 20140528, v2 */
/* 读书会5.28, 读书会5.28修改 without the day, if that is about the day of the stamp: bare it would be the
 * number of a series. Web2.0 stays, and 主题党日4.15: that is when it was. Caller frees */
char *beside_last_day(const char *title, const char *stamp);
gboolean beside_version(const char *field); /* 20140509, V2最终版, 第二稿, 附件一: when, which state */
gboolean
beside_ordinal(const char *field); /* 活动一, 项目2: before a title it counts, behind it it tells apart */
/* 主讲人, and what follows it behind a colon in the source: 食堂里的党课（主讲人：甲）. */
gboolean beside_person(const Tags *tags, guint field, const char *source);
gboolean beside_aside(const char *field); /* 以此为准, 上一封作废, 紧急, 迟报, ★★★, a telephone */
/* 新闻稿, 活动照片, 签到表: what comes with an activity, and is none itself. */
gboolean beside_companion(const char *title);
/* … or 公示, 答辩, 联系人, 承诺书, where an activity may be called so (党务公示): good for a remark, no more.
 */
gboolean beside_perhaps_companion(const char *title);

/* says.c: what the sender says of what he sends. What he wrote himself is read once: the Ask owns it. */
const char *says_own(const Ask *ask);                      /* text_own_words of the new text */
const char *says_first(const Ask *ask, SaysHead how_much); /* text_key of its first lines */
void says_free(AskSaid *said);
/* The text (text_key) speaks of what it hands in: 请查收, 现将; not of 报送联系人, or what was sent before.
 */
gboolean says_material(const char *key);
gboolean says_excuse(const char *key); /* 迟报说明, 延期报送申请 (text_key): why something is late */
gboolean says_now(const char *own); /* 现补交: all that a short text says is that it is with this mail */
/* The first question in the first lines that a person must answer: not 收到了吗, which our receipt answers,
 * and nothing that is quoted. NULL if none. Caller frees. ..._beside: in what the sender wrote beside
 * material. */
char *says_question(const char *words);
const char *says_question_beside(const Ask *ask); /* owned by the Ask */
/* The text (text_key) with 项目 for what this campaign calls an item: 两节微党课 is 两个项目, and so is
 * 两节党课. Caller frees. */
char *says_items(const Ask *ask, const char *key);
gboolean says_revised(const Ask *ask); /* 修订, 补充, 以此为准: of what came before */
gboolean says_another(const Ask *ask); /* 另一项, 第二项, and not 稍后 */
gboolean says_more(const Ask *ask); /* 补充, 修改, 已另发: of what has come, whatever else it says */

/* polite.c: ACT_THANKS or ACT_CONFIRM if the text, an answer, says nothing else; else ACT_QUESTION.
 * polite_promises: it says when something will be handed in. polite_reply: the same of a mail that answers
 * one that is no letter of ours (the notice, sent by hand); ACT_QUESTION if it answers none, or brings
 * something. */
Act polite_act(const Ask *ask, const char *text);
gboolean polite_promises(const Ask *ask);
Act polite_reply(const Ask *ask);

/* One question each. */
void sender_ask(Ask *ask); /* fills doubt */
void whose_ask(Ask *ask);
gboolean whose_dated_before(const Ask *ask); /* all that tells its age says: long before the campaign */
void who_ask(Ask *ask);
void who_share(Ask *ask); /* of an address that several committees have: fills shared and sender */
Act act_ask(Ask *ask);
gboolean act_declines(const Ask *ask); /* subject or text says 不申报, 零报告; and asks nothing */
gboolean act_excuses(const Ask *ask);  /* explains why something is late, or asks for more time */
/* The item that nobody has claimed and whose receipt this answers, naming a committee; else NULL. */
const BookItem *act_claims(const Ask *ask);
gboolean act_asks(const Ask *ask);                            /* subject or text is a question */
const char *theme_named(const Desk *desk, const char *field); /* Theme.title, 其他 or NULL */
gboolean theme_field(const Ask *ask, guint field);            /* whether this subject field states one */
void theme_ask(Ask *ask, VerdictItem *item);
const char *title_key(const Ask *ask, const char *title); /* "" = generic. The Ask owns it */
GHashTable *title_known_new(void);
gboolean title_is_generic(const Ask *ask, const char *title); /* names nothing: 总结材料, 文学院申报表 */
gboolean title_is_of_branch(const Ask *ask, const char *title); /* 教工党支部创新活动总结 */
gboolean title_ask(Ask *ask, VerdictItem *item);                /* TRUE: a form says it */
/* What of a line with these fields is a title; NULL if nothing. Caller frees */
char *title_of_line(const Ask *ask, const Tags *tags, const char *line);
char *title_of_subject(const Ask *ask); /* NULL if generic */
/* From the name of a file or folder, without the marks that file managers leave, (1) and 副本; NULL if
 * generic. */
char *title_of_name(const Ask *ask, const char *name);
/* Of a file, NULL if it has none that is not generic; the Ask owns them. title_form may be generic. */
const char *title_form(const Ask *ask, const FactsAttachment *file);       /* 活动名称 of its form */
const char *title_of_heading(const Ask *ask, const FactsAttachment *file); /* the first line that is one */
const char *title_of_file(const Ask *ask, const FactsAttachment *file);    /* its name */
const char *title_of_paper(const Ask *ask, const FactsAttachment *file);   /* form, heading or name */
void split_ask(
    Ask *ask); /* verdict->items: one or several, with their files; titles where there are several */
void item_ask(Ask *ask);
void remark_ask(Ask *ask, const VerdictItem *item); /* rows for staff: it may be none, or several */
/* Whether the sender knows this item from us: the roster, or an address that had a letter of ours about it.
 */
gboolean item_is_known(const Ask *ask, guint number);
/* The topmost Received if it says that the mail is older than INTERNALDATE; else INTERNALDATE. */
gint64 ontime_arrival(const Ask *ask);
void ontime_ask(Ask *ask, VerdictItem *item, const BookItem *old);
gboolean ontime_of(const Config *config,
                   const BookItem *item); /* late once may be in time since the deadline was put off */
gboolean ontime_old(const Ask *ask);      /* sent before the campaign starts, whatever INTERNALDATE says */
void counts_ask(Ask *ask, VerdictItem *item, const BookItem *old);
guint counts_after(const Ask *ask); /* items of the verdict's committee that count, this mail included */
void forgotten_ask(Ask *ask);       /* fills brought */
void forgotten_settle(Book *book, const DeskMail *mail, const Verdict *verdict);
void problems_ask(Ask *ask, Act act);
void answer_ask(Ask *ask, Act act);

/* bounce.c: the letter that came back, NULL if none of ours; then who was not reached, why, and who must
 * know. */
const BookLetter *bounce_letter(const Ask *ask);
void bounce_ask(Ask *ask, const Committee *committee, guint number);

/* problems.c: the table. */
typedef enum ProblemLevel {
    PROBLEM_STAFF, /* for staff alone */
    PROBLEM_NOTE,  /* the sender is told, and need do nothing */
    PROBLEM_MEND   /* the sender must mend it */
} ProblemLevel;

ProblemLevel problem_level(const char *code);

/* answer_text.c: what every letter of ours has in common. */
char *letter_deadline(const Config *config); /* "6月2日（星期一）24:00前". Caller frees */
char *letter_quota(const Config *config, const Committee *committee,
                   guint have); /* 文学院党委 已报 1 项，… */
void letter_sign(Letter *letter, const Config *config, gint64 now);
const char *letter_kind_word(ItemKind kind);
const char *letter_item(const Config *config); /* 案例, 微党课; 活动 for 创新活动 */

/* settled.c: each lays what a record says over the answer to one question; without a record they do nothing.
 */
void settled_whose(Ask *ask);
void settled_who(Ask *ask);
Act settled_act(Ask *ask, Act act);
void settled_split(Ask *ask);
/* The item that the record names for the mail's item `index` (NULL: it is new), else `found`. */
const BookItem *settled_number(Ask *ask, guint index, VerdictItem *item, const BookItem *found);
void settled_item(Ask *ask, guint index, VerdictItem *item);
gboolean settled_passed_by(const Ask *ask);
void settled_answer(Ask *ask);

/* verdict.c */
Verdict *verdict_new(void);
VerdictItem *verdict_item_new(void);
G_GNUC_PRINTF(4, 5)
void verdict_problem(Verdict *verdict, const char *code, const FactsAttachment *file, const char *format,
                     ...);
G_GNUC_PRINTF(4, 5)
void verdict_todo(Verdict *verdict, const char *code, guint number, const char *format, ...);
G_GNUC_PRINTF(4, 5)
void verdict_decide(Verdict *verdict, const char *question, const char *answer, const char *format, ...);
gboolean verdict_has(const Verdict *verdict, const char *code);
