#include "config/keys.h"

#include <string.h>

#include "config/values.h"
#include "parsers/limits.h"

#define AT(member)    offsetof(Config, member)
#define THEME(member) offsetof(Theme, member)

enum { HOUR = 3600, DAY = 86400, KIB = 1024 };

const KeySection key_sections[] = {
    {"campaign", "What the campaign is, and until when."},
    {"desk", "Who signs every letter, and the mailbox's own address."},
    {"imap", "The mailbox that is read. It is never changed but for the record folder and copies in Sent."},
    {"smtp", "How letters leave. Nothing is sent before “baosong go-live”."},
    {"remind",
     "When committees that are short are reminded. A stage on a day off comes on the last working day "
     "before; stages that fall together are one letter."},
    {"quota",
     "How many items a committee owes, by the column 类型 of the roster: a number, or a range such as 2-5. "
     "* stands for every other type. The column 应报数 of the roster goes before this."},
    {"theme",
     "One section per theme of the notice, in its order. The name in brackets is what people type in a "
     "subject line."},
    {"store", "Where the state is kept."},
    {"share", "The folder in which staff find the workbooks."},
};
const guint key_sections_count = G_N_ELEMENTS(key_sections);

const Key keys[] = {
    {"campaign", "id", &key_id, AT(campaign.id), NULL, "party-innovation-2014",
     .help = "Names the campaign in Message-IDs and records. Never change it once mail has been sent."},
    {"campaign", "title", &key_text, AT(campaign.title), NULL, "基层党建工作创新活动",
     .help = "The campaign's name, as letters and workbooks write it."},
    {"campaign", "item_word", &key_text, AT(campaign.item_word), "创新活动", "创新活动",
     .help =
         "What one submitted item is called, in letters and in what committees send: with 案例, forms are "
         "read by 案例名称 and 案例负责人, and 两个案例 are two items."},
    {"campaign", "keywords", &key_keywords, AT(campaign.keywords), NULL,
     "基层党建工作创新, 基层党建创新, 党建创新活动",
     .help =
         "A mail with one of these in its subject, a file name, a form or the first heading belongs to the "
         "campaign."},
    {"campaign", "other_keywords", &key_others, AT(campaign.others), "", NULL,
     .help = "Keywords of other campaigns in the same mailbox. A mail with one of these and none of ours is "
             "left to "
             "them; one with both, or with neither (【报送】 alone says not for what), is shown to staff and "
             "answered "
             "by nobody."},
    {"campaign", "number_prefix", &key_prefix, AT(campaign.number_prefix), "", "CX2014-",
     .help = "Stands before the number of every item: CX2014- gives CX2014-001. It stays as it is from the "
             "first item "
             "on."},
    {"campaign", "innovation", &key_list, AT(campaign.innovation), "理论创新, 实践创新, 制度创新",
     "理论创新, 实践创新, 制度创新",
     .help = "The kinds of innovation that a form may name, beside the theme."},
    {"campaign", "timezone", &key_zone, AT(campaign.timezone), "Asia/Shanghai", "Asia/Shanghai",
     .help = "The time zone of every date here and in letters."},
    {"campaign", "starts", &key_starts, AT(campaign.starts_at), NULL, "2014-04-01",
     .help = "Mail that arrived before is not looked at."},
    {"campaign", "deadline", &key_deadline, AT(campaign.deadline_at), NULL, "2014-06-02",
     .help = "A date means the end of that day. What comes later is accepted and marked 逾期."},
    {"campaign", "activity", &key_optional, AT(campaign.activity), "", "4月初至5月下旬",
     .help = "When the activity itself takes place, as letters and the workbook say it."},
    {"campaign", "materials", &key_optional, AT(campaign.materials), "", "6月2日前报送总结材料",
     .help = "Until when materials are handed in, in the notice's words."},
    {"campaign", "review", &key_optional, AT(campaign.review), "", "6月上旬至6月20日初步审核、答辩展示",
     .help = "When items are reviewed and defended, in the notice's words."},
    {"campaign", "awards", &key_optional, AT(campaign.awards), "", "6月底表彰",
     .help = "When the awards are given, in the notice's words."},
    {"campaign", "roster", &key_file, AT(campaign.roster_file), NULL, "roster.csv",
     .help = "The committees: a CSV file as Excel saves it. Check it with “baosong roster check FILE”."},
    {"campaign", "holidays", &key_file, AT(campaign.holidays_file), "", "holidays-2014.conf",
     .help =
         "Public holidays and the working days that make up for them: lines “off YYYY-MM-DD name” and “work "
         "YYYY-MM-DD name”. Without a file only week-ends are off."},
    {"campaign", "rehearsal", &key_bool, AT(campaign.rehearsal), "no", NULL,
     .help = "Allows --now, and lets mail out only to loopback or to rehearsal_to."},

    {"desk", "university", &key_text, AT(desk.university), NULL, "示例大学",
     .help = "The university's full name."},
    {"desk", "department", &key_text, AT(desk.department), NULL, "党委组织部",
     .help = "The department that asks."},
    {"desk", "name", &key_text, AT(desk.name), NULL, "联系人甲",
     .help = "The person whom committees may call."},
    {"desk", "telephone", &key_text, AT(desk.telephone), NULL, "010-00000000",
     .help = "That person's telephone."},
    {"desk", "room", &key_optional, AT(desk.room), "", "行政楼 000 室", .help = "Where to find them."},
    {"desk", "address", &key_address, AT(desk.address), NULL, "djcx@university.example",
     .help = "The mailbox's own address: letters come from it, and answers go to it."},

    {"imap", "url", &key_imap_url, AT(imap.url), NULL, "imaps://imap.university.example",
     .help = "imaps:// is TLS from the start (port 993), imap:// requires STARTTLS (port 143). Certificate "
             "and host "
             "name are always verified."},
    {"imap", "user", &key_text, AT(imap.user), NULL, "djcx@university.example", .help = "The login name."},
    {"imap", "password_file", &key_file, AT(imap.password.file), "", NULL, .secret = TRUE,
     .help =
         "A file of mode 0600 or 0640 that holds the password (for QQ and 163 the 授权码) and nothing else. "
         "Without it the systemd credential below is used."},
    {"imap", "password_credential", &key_text, AT(imap.password.credential), "imap-password", NULL,
     .help = "The name of the systemd credential that holds the password, where password_file is not set."},
    {"imap", "token_command", &key_optional, AT(imap.password.command), "", NULL,
     .help =
         "For servers that want OAuth2 instead of a password: a program, with its arguments, that prints an "
         "access token on one line. It is run when a token is needed, and again when one has run out. No "
         "shell "
         "reads the line."},
    {"imap", "ca_file", &key_file, AT(imap.ca_file), "", NULL,
     .help = "PEM certificates of authorities to trust besides those of the system."},
    {"imap", "mailbox", &key_choice, AT(imap.use), "shared", "shared", .choices = "shared|dedicated",
     .help =
         "Whether others use this mailbox too. In a dedicated one, a document from a committee without any "
         "keyword gets a receipt as well."},
    {"imap", "inbox", &key_text, AT(imap.inbox), "INBOX", NULL, .help = "The folder in which mail arrives."},
    {"imap", "junk", &key_optional, AT(imap.junk), "", NULL,
     .help = "The junk folder, which is read too. Empty: found by itself. A hyphen: not read."},
    {"imap", "sent", &key_optional, AT(imap.sent), "", NULL,
     .help = "The folder of sent mail. Empty: found by itself."},
    {"imap", "ledger", &key_text, AT(imap.ledger), "Baosong", NULL,
     .help =
         "The folder for record mails; it is made if missing, below INBOX where the server wants it there."},
    {"imap", "authserv_id", &key_list, AT(imap.authserv_id), "", NULL,
     .help = "The name with which our mail server begins the Authentication-Results of incoming mail (look "
             "at the source "
             "of one); * and ? stand for any characters: mx.university.example, mx*, or * alone for Exchange "
             "Online, "
             "which writes none. A mail that it says may not be from its From (DMARC or SPF failed, or "
             "passed for another "
             "domain) is registered as 待核实. Empty: only a failed DMARC counts, whoever says so. A hyphen: "
             "none does."},
    {"imap", "poll", &key_seconds, AT(imap.poll), "60s", NULL, 10, DAY,
     .help = "How often the mailbox is looked at, whether or not the server announces mail."},
    {"imap", "idle", &key_bool, AT(imap.idle), "yes", NULL,
     .help = "Whether to use IDLE where the server offers it."},
    {"imap", "max_message", &key_size, AT(imap.max_message), "50M", NULL, 64 * KIB, LIMIT_MAIL_BYTES,
     .help = "Larger mail is not fetched: it is registered by its header, and the sender is told."},
    {"imap", "timeout", &key_seconds, AT(imap.timeout), "60s", NULL, 5, HOUR,
     .help = "How long one command may take, beside what its bytes need."},

    {"smtp", "url", &key_smtp_url, AT(smtp.url), NULL, "smtps://smtp.university.example",
     .help =
         "smtps:// is TLS from the start (port 465), smtp:// requires STARTTLS (port 587) unless the host is "
         "this machine."},
    {"smtp", "user", &key_optional, AT(smtp.user), "", "djcx@university.example",
     .help = "The login name. Empty: no login."},
    {"smtp", "password_file", &key_file, AT(smtp.password.file), "", NULL, .secret = TRUE,
     .help = "As in [imap]."},
    {"smtp", "password_credential", &key_text, AT(smtp.password.credential), "smtp-password", NULL,
     .help = "As in [imap]."},
    {"smtp", "token_command", &key_optional, AT(smtp.password.command), "", NULL, .help = "As in [imap]."},
    {"smtp", "ca_file", &key_file, AT(smtp.ca_file), "", NULL, .help = "As in [imap]."},
    {"smtp", "rehearsal_to", &key_address, AT(smtp.rehearsal_to), "", NULL,
     .help = "In a rehearsal every letter goes to this address instead."},
    {"smtp", "sent_copy", &key_choice, AT(smtp.sent_copy), "auto", NULL, .choices = "auto|append|server|bcc",
     .help = "Who puts a copy into the folder of sent mail: we (append), the provider (server), or a blind "
             "copy to "
             "ourselves (bcc). auto looks after the first letter, and again during the next "
             "copy_wait."},
    {"smtp", "burst", &key_number, AT(smtp.burst), "100", NULL, 1, 100000,
     .help = "If one cycle makes more receipts than this, all are held until “baosong release”."},
    {"smtp", "per_address_daily", &key_number, AT(smtp.per_address_daily), "20", NULL, 1, 1000,
     .help = "No address gets more receipts than this in a day: the others are held until “baosong release” "
             "and staff are told."},
    {"smtp", "per_minute", &key_number, AT(smtp.per_minute), "30", NULL, 1, 10000,
     .help =
         "No more letters a minute than this leave, on average over four minutes; the others wait. Receipts "
         "go before reminders."},
    {"smtp", "domain_per_minute", &key_number, AT(smtp.domain_per_minute), "10", NULL, 1, 10000,
     .help =
         "The same to one domain of recipients, since QQ and NetEase turn away who writes faster. Our own "
         "domain is not counted."},
    {"smtp", "per_hour", &key_number, AT(smtp.per_hour), "500", NULL, 1, 1000000,
     .help = "If more letters than this were to leave within an hour, the others are held until “baosong "
             "release” and staff are told: something is wrong, perhaps a loop."},
    {"smtp", "copy_wait", &key_seconds, AT(smtp.copy_wait), "10m", NULL, 0, DAY,
     .help = "With sent_copy = bcc or server: how long the copy of a letter may take to arrive. A letter "
             "that was being sent when a run ended is looked for that long; then it is sent again, with bcc "
             "held for staff: it may have gone."},
    {"smtp", "attempts", &key_number, AT(smtp.attempts), "12", NULL, 1, 1000,
     .help = "After so many temporary failures a letter is marked failed and shown to staff."},
    {"smtp", "timeout", &key_seconds, AT(smtp.timeout), "60s", NULL, 5, HOUR,
     .help = "How long the server may take to answer."},

    {"remind", "before", &key_days, AT(remind.before), "14d, 7d, 3d, 1d", "14d, 7d, 3d, 1d", 0, 365,
     .help = "Days before the day of the deadline. Empty: none."},
    {"remind", "overdue", &key_days, AT(remind.overdue), "1d, 3d", "1d, 3d", 1, 365,
     .help = "Days after the day of the deadline. Empty: none."},
    {"remind", "at", &key_clock, AT(remind.at), "09:00", "09:00",
     .help = "The time of day at which a stage is due."},
    {"remind", "cc_superior", &key_stages, AT(remind.cc_superior), "", NULL,
     .help = "Stages that go to the 书记邮箱 of the roster in Cc, such as 1d or overdue-1d. Empty: none."},
    {"remind", "approve", &key_bool, AT(remind.approve), "no", NULL,
     .help = "Whether reminders that are due are held: staff look at the list in the workbook, and “baosong "
             "release” sends them. “baosong remind --preview” shows one in full before."},

    {"theme", "title", &key_text, THEME(title), NULL, NULL, .help = "The theme in full."},
    {"theme", "keywords", &key_list, THEME(keywords), "", NULL,
     .help = "Words by which the theme is suggested where a mail names none."},

    {"store", "state_dir", &key_path, AT(store.state_dir), "", NULL,
     .help = "Empty: /var/lib/baosong/ and the name of this file without .conf."},
    {"store", "key_file", &key_path, AT(store.key.file), "", NULL, .secret = TRUE,
     .help =
         "The file that holds the key of the ledger. Without it the systemd credential below is used, and "
         "where there is none either, the file ledger.key in state_dir, which is made at the first start. "
         "Keep "
         "a copy elsewhere: without the key the mailbox cannot be read back."},
    {"store", "key_credential", &key_text, AT(store.key.credential), "ledger-key", NULL,
     .help = "The name of the systemd credential that holds the key, where key_file is not set."},
    {"store", "parser", &key_path, AT(store.parser), "", NULL,
     .help = "The program baosong-parse. Empty: the one installed with the daemon."},
    {"store", "workers", &key_number, AT(store.workers), "2", NULL, 1, 64,
     .help = "How many parser processes run side by side."},
    {"store", "lease", &key_seconds, AT(store.lease), "30m", NULL, 60, DAY,
     .help =
         "Where several instances serve one campaign: how long the others wait before one of them takes over "
         "from the one that has fallen silent. Less than three times [imap] poll counts as that."},
    {"store", "metrics", &key_path, AT(store.metrics), "", NULL,
     .help = "Where the figures for Prometheus are written after each pass, in the form that its textfile "
             "collector reads. Empty: metrics.prom in state_dir."},

    {"share", "dir", &key_path, AT(store.share_dir), "", NULL,
     .help = "Where workbooks are put. Empty: the folder share below state_dir."},
    {"share", "group", &key_optional, AT(store.share_group), "", NULL,
     .help = "The group that may read there. Empty: left as it is."},
};
const guint keys_count = G_N_ELEMENTS(keys);

const Key *keys_find(const char *section, const char *name)
{
    for (guint i = 0; i < keys_count; i++)
        if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].name, name) == 0) return &keys[i];
    return NULL;
}

const char *keys_nearest_section(const char *name)
{
    const char *names[G_N_ELEMENTS(key_sections) + 1] = {NULL};
    for (guint i = 0; i < key_sections_count; i++) names[i] = key_sections[i].name;
    return values_nearest(name, names);
}

char *keys_hint(const char *section, const char *name)
{
    const char *names[G_N_ELEMENTS(keys) + 1] = {NULL};
    guint count = 0;
    for (guint i = 0; i < keys_count; i++)
        if (strcmp(keys[i].section, section) == 0) names[count++] = keys[i].name;
    const char *nearest = values_nearest(name, names);
    if (nearest) return g_strdup_printf("; did you mean “%s”?", nearest);
    for (guint i = 0; i < keys_count; i++)
        if (strcmp(keys[i].name, name) == 0) return g_strdup_printf("; it belongs to [%s]", keys[i].section);
    /* password = … is what everybody tries: a secret is only ever a file */
    for (guint i = 0; i < count; i++)
        if (g_str_has_prefix(names[i], name)) return g_strdup_printf("; did you mean “%s”?", names[i]);
    g_autofree char *all = g_strjoinv(", ", (char **)names);
    return g_strdup_printf("; known here: %s", all);
}

static char *choices_phrase(const char *choices)
{
    g_auto(GStrv) words = g_strsplit(choices, "|", -1);
    return g_strjoinv(" or ", words);
}

char *keys_right(const Key *key)
{
    if (key->type == &key_choice) return choices_phrase(key->choices);
    if (!key->type->ranged) return g_strdup(key->type->right);
    return g_strdup_printf("%s from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, key->type->right,
                           key->least, key->most);
}

void keys_clear(const char *section, void *base)
{
    for (guint i = 0; i < keys_count; i++) {
        const Key *key = &keys[i];
        gboolean here = section ? strcmp(key->section, section) == 0 : strcmp(key->section, "theme") != 0;
        if (here && key->type->clear) key->type->clear((char *)base + key->offset);
    }
}
