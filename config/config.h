/* config.h - everything that a campaign is: one INI file, the roster and the holidays that it names.
 *
 * Every key stands in one table (config/keys.c): section, name, type, default, range, help, whether secret.
 * Loading, checking, `--print-example`, the man page and "did you mean" all come from that table.
 * All of it is pure but for config_load() and config_secret(), which read the files that they are told of.
 */
#pragma once

#include <glib.h>

#include "config/calendar.h"
#include "config/roster.h"

typedef struct Theme {
    char *title;         /* 创新基层党组织设置 */
    char *short_name;    /* 组织设置: what people type in a tag; the section is [theme 组织设置] */
    GPtrArray *keywords; /* of char* */
} Theme;

typedef struct Quota {
    char *kind; /* committee type (roster column 类型); "*" = every other type */
    guint least;
    guint most; /* 0 = no ceiling */
} Quota;

typedef enum MailboxUse { MAILBOX_SHARED, MAILBOX_DEDICATED } MailboxUse;
typedef enum SentCopy { SENT_COPY_AUTO, SENT_COPY_APPEND, SENT_COPY_SERVER, SENT_COPY_BCC } SentCopy;

typedef struct Secret {
    char *file;       /* path, "" = not set: then the credential */
    char *credential; /* name under $CREDENTIALS_DIRECTORY; has a default, and need not exist */
    char *command;    /* prints an OAuth2 access token, "" = a password it is */
} Secret;

typedef struct CampaignConfig {
    char *id;            /* [a-z0-9-]+: names the instance in Message-IDs and records */
    char *title;         /* 基层党建工作创新活动 */
    char *item_word;     /* 创新活动: what one item is called in letters */
    GPtrArray *keywords; /* of char*: a mail with one of them is campaign mail */
    GPtrArray *others;   /* of char*: the same of other campaigns in this mailbox; may be empty, or NULL */
    char *number_prefix; /* CX2014- gives CX2014-001 */
    char *timezone;      /* Asia/Shanghai */
    gint64 starts_at;    /* older mail only moves the cursor */
    gint64 deadline_at;  /* first second that is late */
    char *activity, *materials, *review, *awards; /* the notice's calendar, as text for letters and 总览 */
    gboolean rehearsal;
    char *roster_file;     /* path */
    char *holidays_file;   /* path, "" = none */
    GPtrArray *innovation; /* of char*: 理论创新 实践创新 制度创新 */
} CampaignConfig;

typedef struct DeskConfig {
    char *university; /* 示例大学 */
    char *department; /* 党委组织部 */
    char *name;       /* contact person */
    char *telephone;
    char *address; /* the mailbox's own address: MAIL FROM and From */
    char *room;    /* optional */
} DeskConfig;

typedef struct ImapConfig {
    char *url; /* imaps://host[:port] or imap://host[:port] (STARTTLS) */
    char *user;
    Secret password;
    char *ca_file;
    char *inbox;            /* INBOX */
    char *junk;             /* "" = SPECIAL-USE, then a table of names; "-" = do not read */
    char *sent;             /* "" = SPECIAL-USE, then a table of names */
    char *ledger;           /* Baosong */
    GPtrArray *authserv_id; /* of char*: our servers' names in Authentication-Results, with * and ?; none =
                               only a failed DMARC is believed, of whatever server */
    guint poll;             /* seconds */
    gboolean idle;
    guint64 max_message; /* bytes; larger mail is registered by header only */
    MailboxUse use;
    guint timeout; /* seconds one command may take, beside what its bytes need */
} ImapConfig;

typedef struct SmtpConfig {
    char *url;
    char *user;
    Secret password;
    char *ca_file;
    char *rehearsal_to; /* "" = only loopback */
    SentCopy sent_copy;
    guint burst;             /* more receipts than this in one cycle are held */
    guint per_address_daily; /* letters to one address and day */
    guint per_minute;        /* letters a minute, on average over four of them */
    guint domain_per_minute; /* the same to one domain of recipients but our own */
    guint per_hour;          /* more than this in an hour are held */
    guint copy_wait;         /* seconds that a copy of a sent letter may take to come back */
    guint attempts;          /* temporary failures before a letter is marked failed */
    guint timeout;           /* seconds */
} SmtpConfig;

typedef struct RemindConfig {
    GArray *before;         /* of guint days, descending: 14 7 3 1 */
    GArray *overdue;        /* of guint days, ascending: 1 3 */
    guint at;               /* minutes after midnight */
    GPtrArray *cc_superior; /* of char*: stage names (3d, overdue-1d) */
    gboolean approve;
} RemindConfig;

typedef struct StoreConfig {
    char *state_dir;   /* default: /var/lib/baosong/<name of the config file without .conf> */
    char *share_dir;   /* default: <state_dir>/share */
    char *share_group; /* "" = leave */
    Secret key;        /* HMAC key of the ledger */
    char *parser;      /* path of baosong-parse; "" = beside the daemon, then libexec, then PATH */
    guint workers;     /* processes */
    guint lease;       /* seconds after which another instance may take over */
    char *metrics;     /* Prometheus text file; "" = <state_dir>/metrics.prom */
} StoreConfig;

typedef struct Config {
    char *file;
    CampaignConfig campaign;
    DeskConfig desk;
    ImapConfig imap;
    SmtpConfig smtp;
    RemindConfig remind;
    StoreConfig store;
    GPtrArray *themes;  /* of Theme*, in file order */
    GPtrArray *quotas;  /* of Quota*, in file order */
    Roster *roster;     /* from [campaign] roster */
    Calendar *calendar; /* [campaign] timezone and holidays */
} Config;

#define CONFIG_ERROR (g_quark_from_static_string("config"))
enum {
    CONFIG_ERROR_FILE,
    CONFIG_ERROR_SYNTAX,
    CONFIG_ERROR_KEY,
    CONFIG_ERROR_VALUE,
    CONFIG_ERROR_ROSTER,
    CONFIG_ERROR_TOKEN,  /* token_command gave none this time: may pass by itself */
    CONFIG_ERROR_PASSING /* a file cannot be read for want of descriptors or memory, or since a disk or a file
                          * server is ill: may pass, too */
};

/* Loads the INI file and the roster and holidays that it names (relative paths are relative to the file).
 * The error's message is one line, "FILE:LINE: [section] key: what is wrong; what is right; did you mean …".
 * NULL on the first fault. Callers exit 78 (EX_CONFIG), or 75 after CONFIG_ERROR_PASSING. The caller owns the
 * config. */
Config *config_load(const char *file, GError **error);
void config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

/* The commented example, made from the table: the notice's own campaign. Caller frees. */
char *config_example(void);
/* The key reference as mdoc source for baosong.conf(5). Caller frees. */
char *config_reference(void);

/* Reads the secret (file or systemd credential): one line, without BOM and line break. NULL and no error when
 * no file is set and there is no such credential, or an empty one. A file that is empty, has several lines or
 * cannot be read is an error. Caller wipes and frees. */
char *config_secret(const Secret *secret, GError **error);

/* Runs secret->command (words as a shell would cut them, but no shell) and gives the first line that it
 * prints: an OAuth2 access token. It may take a minute. NULL and CONFIG_ERROR_FILE if it cannot be started,
 * CONFIG_ERROR_TOKEN if it fails, or prints none; its own words are not repeated, since they may hold
 * secrets. Caller wipes and frees.
 */
char *config_token(const Secret *secret, GError **error);

/* How many items a committee owes: roster column 应报数 if set, else the quota of its type, else of "*".
 * most = 0: no ceiling. `kind` of the result is borrowed. */
Quota config_quota(const Config *config, const Committee *committee);
