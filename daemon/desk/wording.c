/* wording.c - what receipts and reminders have in common: the deadline, the quota, the signature. */
#include "daemon/desk/ask.h"

char *desk_number(const Config *config, guint number)
{
    return g_strdup_printf("%s%03u", config->campaign.number_prefix, number);
}

const char *letter_kind_word(ItemKind kind)
{
    static const char *const words[] = {"总结材料", "活动方案", "典型案例"};
    return words[kind];
}

const char *letter_item(const Config *config)
{
    const char *word = config->campaign.item_word;
    return g_str_has_suffix(word, "活动") ? "活动" : word;
}

char *letter_deadline(const Config *config)
{
    static const char *const days[] = {"", "一", "二", "三", "四", "五", "六", "日"};
    GTimeZone *zone = calendar_zone(config->calendar);
    gint64 deadline = config->campaign.deadline_at;
    g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc(deadline);
    g_autoptr (GDateTime) end = g_date_time_to_timezone(utc, zone);
    gboolean midnight = g_date_time_get_hour(end) == 0 && g_date_time_get_minute(end) == 0;
    g_autoptr (GDateTime)
        day = g_date_time_add_seconds(end, midnight ? -1 : 0); /* the end of the day before */
    return g_strdup_printf("%d月%d日（星期%s）%02d:%02d前", g_date_time_get_month(day),
                           g_date_time_get_day_of_month(day), days[g_date_time_get_day_of_week(day)],
                           midnight ? 24 : g_date_time_get_hour(end), g_date_time_get_minute(end));
}

char *letter_quota(const Config *config, const Committee *committee, guint have)
{
    Quota quota = config_quota(config, committee);
    if (quota.least == 0 && quota.most > 0)
        return g_strdup_printf("%s 已报 %u 项，最多可报 %u 项", committee->name, have, quota.most);
    if (quota.least == 0) return g_strdup_printf("%s 已报 %u 项", committee->name, have);
    if (quota.most > 0)
        return g_strdup_printf("%s 已报 %u 项，应报不少于 %u 项，不超过 %u 项", committee->name, have,
                               quota.least, quota.most);
    return g_strdup_printf("%s 已报 %u 项，应报不少于 %u 项", committee->name, have, quota.least);
}

void letter_sign(Letter *letter, const Config *config, gint64 now)
{
    const DeskConfig *desk = &config->desk;
    g_autofree char *date = calendar_date_chinese(config->calendar, now);
    letter_paragraph(letter, "%s%s", desk->university, desk->department);
    letter_paragraph(letter, "联系人：%s　电话：%s%s%s", desk->name, desk->telephone,
                     desk->room && *desk->room ? "　地点：" : "", desk->room ? desk->room : "");
    letter_paragraph(letter, "%s", date);
    letter_emphasis(letter, "请勿通过互联网邮箱报送涉密材料");
}
