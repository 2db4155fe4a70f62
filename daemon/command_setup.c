/* Commands about what the campaign is: config and roster. */
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/command.h"
#include "daemon/log.h"
#include "daemon/store/store.h"
#include "parsers/limits.h"

int command_config_check(const Config *config, int argc, char **argv)
{
    if (!command_options(command_named("config check"), NULL, &argc, &argv, 0, 0)) return EX_USAGE;
    const char *group = config->store.share_group;
    if (*group && !getgrnam(group)) {
        fprintf(
            stderr,
            "baosong: error: %s: [share] group: there is no group %s on this system; create it (groupadd) or "
            "correct the name\n",
            config->file, group);
        return EX_CONFIG;
    }
    g_autoptr (GError) error = NULL;
    g_autoptr (Store) store = store_open_read_only(config, NULL); /* none yet: nothing to agree with */
    if (store && !store_check_codes(store, &error)) return log_failure(error);
    g_autofree char *starts = calendar_stamp(config->calendar, config->campaign.starts_at);
    g_autofree char *deadline = calendar_stamp(config->calendar, config->campaign.deadline_at);
    guint owed = 0;
    for (guint i = 0; i < config->roster->committees->len; i++)
        owed += config_quota(config, config->roster->committees->pdata[i]).least;
    printf("%s is right.\n", config->file);
    printf("  campaign    %s (%s)\n", config->campaign.title, config->campaign.id);
    printf("  mail from   %s, late from %s on, %s\n", starts, deadline, config->campaign.timezone);
    if (config->campaign.deadline_at <= g_get_real_time() / G_USEC_PER_SEC && !config->campaign.rehearsal)
        printf("              the deadline has passed: all that comes is late\n");
    printf("  roster      %u committees that owe %u items\n", config->roster->committees->len, owed);
    printf("  themes      %u\n", config->themes->len);
    printf("  mailbox     %s at %s\n", config->imap.user, config->imap.url);
    printf("  sends by    %s as %s%s\n", config->smtp.url, config->desk.address,
           config->campaign.rehearsal ? " (rehearsal)" : "");
    printf("  signed      %s%s, %s, %s%s%s\n", config->desk.university, config->desk.department,
           config->desk.name, config->desk.telephone, *config->desk.room ? ", " : "", config->desk.room);
    printf("  state       %s\n", config->store.state_dir);
    printf("  workbooks   %s%s%s\n", config->store.share_dir, *group ? ", for the group " : "", group);
    return EX_OK;
}

int command_config_example(const Config *config, int argc, char **argv)
{
    (void)config;
    if (!command_options(command_named("config example"), NULL, &argc, &argv, 0, 0)) return EX_USAGE;
    g_autofree char *text = config_example();
    return fputs(text, stdout) < 0 ? EX_IOERR : EX_OK;
}

int command_config_reference(const Config *config, int argc, char **argv)
{
    (void)config;
    if (!command_options(command_named("config reference"), NULL, &argc, &argv, 0, 0)) return EX_USAGE;
    g_autofree char *text = config_reference();
    return fputs(text, stdout) < 0 ? EX_IOERR : EX_OK;
}

/* A column that is not read should not be a surprise. */
static void tell_ignored(const char *file)
{
    g_autofree char *bytes = NULL;
    gsize length;
    if (!g_file_get_contents(file, &bytes, &length, NULL)) return;
    g_autoptr (Table) table = table_read_csv(bytes, length, NULL);
    g_autoptr (GPtrArray) columns = table ? roster_ignored_columns(table) : NULL;
    for (guint i = 0; columns && i < columns->len; i++)
        printf("%s: column %s is not used\n", file, (const char *)columns->pdata[i]);
}

int command_roster_check(const Config *config, int argc, char **argv)
{
    (void)config;
    if (!command_options(command_named("roster check"), NULL, &argc, &argv, 1, 1)) return EX_USAGE;
    const char *file = argv[1];
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr (GError) unread = NULL;
    g_autoptr (Roster) roster = roster_load(file, faults, &unread);
    if (unread) {
        fprintf(stderr, "baosong: %s\n", unread->message);
        return EX_NOINPUT;
    }
    tell_ignored(file);
    for (guint i = 0; i < faults->len; i++) fprintf(stderr, "%s: %s\n", file, (char *)faults->pdata[i]);
    if (!roster) {
        fprintf(stderr, "%s: %u fault%s\n", file, faults->len, faults->len == 1 ? "" : "s");
        return EX_CONFIG;
    }
    g_autoptr (GPtrArray) remarks = roster_remarks(roster);
    for (guint i = 0; i < remarks->len; i++) printf("%s: %s\n", file, (char *)remarks->pdata[i]);
    guint committees = roster->committees->len, addresses = g_hash_table_size(roster->by_address);
    printf("%s is right: %u committee%s, %u address%s\n", file, committees, committees == 1 ? "" : "s",
           addresses, addresses == 1 ? "" : "es");
    return EX_OK;
}
