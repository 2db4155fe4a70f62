#include "reports/columns.h"

static const Column PROGRESS[] = {
    {"序号", 6, COLUMN_COUNT, 0},      {"单位名称", 30, COLUMN_TEXT, 0},   {"类型", 12, COLUMN_CENTER, 0},
    {"应报", 6, COLUMN_COUNT, 0},      {"已报", 6, COLUMN_COUNT, 0},       {"缺", 6, COLUMN_COUNT, 0},
    {"状态", 12, COLUMN_STATE, 0},     {"最近来件", 17, COLUMN_TIME, 0},   {"已催报次数", 7, COLUMN_COUNT, 0},
    {"最近催报", 17, COLUMN_TIME, 0},  {"参与党支部", 8, COLUMN_COUNT, 0}, {"党支部数", 8, COLUMN_COUNT, 0},
    {"联系人", 11, COLUMN_CENTER, 40}, {"电话", 15, COLUMN_CENTER, 40},
};

static const Column ITEMS[] = {
    {"编号", 11, COLUMN_CENTER, 0},    {"单位", 17, COLUMN_TEXT, 60},      {"主题", 15, COLUMN_TEXT, 60},
    {"主题来源", 8, COLUMN_CENTER, 0}, {"创新类型", 8, COLUMN_CENTER, 40}, {"活动名称", 27, COLUMN_TEXT, 120},
    {"负责人", 8, COLUMN_CENTER, 40},  {"电话", 13, COLUMN_CENTER, 40},    {"收到时间", 16, COLUMN_TIME, 0},
    {"是否按时", 6, COLUMN_STATE, 0},  {"版本", 5, COLUMN_COUNT, 0},       {"是否计入", 9, COLUMN_STATE, 0},
    {"附件1", 25, COLUMN_LINK, 0},     {"附件2", 20, COLUMN_LINK, 0},      {"全部附件", 8, COLUMN_LINK, 0},
    {"问题", 21, COLUMN_TEXT, 200},
};

static const Column TODO[] = {
    {"时间", 17, COLUMN_TIME, 0},     {"单位", 20, COLUMN_TEXT, 60},      {"编号", 12, COLUMN_CENTER, 0},
    {"事项", 16, COLUMN_TEXT, 60},    {"说明", 42, COLUMN_TEXT, 1500},    {"来件主题", 28, COLUMN_TEXT, 120},
    {"发件人", 22, COLUMN_TEXT, 100}, {"建议处理", 32, COLUMN_TEXT, 200},
};

static const Column REMINDERS[] = {
    {"时间", 17, COLUMN_TIME, 0},   {"单位", 28, COLUMN_TEXT, 60},  {"阶段", 24, COLUMN_TEXT, 0},
    {"收件人", 34, COLUMN_TEXT, 0}, {"状态", 14, COLUMN_STATE, 0},  {"当时已报", 7, COLUMN_COUNT, 0},
    {"应报", 6, COLUMN_COUNT, 0},   {"主题", 52, COLUMN_TEXT, 120}, {"说明", 26, COLUMN_TEXT, 200},
};

typedef struct SheetPlan {
    const char *name;
    const char *title;
    guint frozen;
    const Column *columns;
    guint n;
} SheetPlan;

static const SheetPlan SHEETS[COLUMNS_SHEETS] = {
    [COLUMNS_OVERVIEW] = {"总览", "报送情况总览", 0, NULL, 0},
    [COLUMNS_PROGRESS] = {"报送进度", "报送进度表", 2, PROGRESS, G_N_ELEMENTS(PROGRESS)},
    [COLUMNS_ITEMS] = {"活动一览", "一览表", 2, ITEMS, G_N_ELEMENTS(ITEMS)},
    [COLUMNS_TODO] = {"待处理", "待处理事项", 0, TODO, G_N_ELEMENTS(TODO)},
    [COLUMNS_REMINDERS] = {"提醒记录", "提醒记录", 2, REMINDERS, G_N_ELEMENTS(REMINDERS)},
};

const char *columns_sheet_name(ColumnsSheet sheet)
{
    return SHEETS[sheet].name;
}

const char *columns_sheet_title(ColumnsSheet sheet)
{
    return SHEETS[sheet].title;
}

guint columns_sheet_frozen(ColumnsSheet sheet)
{
    return SHEETS[sheet].frozen;
}

const Column *columns_of_sheet(ColumnsSheet sheet, guint *n)
{
    *n = SHEETS[sheet].n;
    return SHEETS[sheet].columns;
}

static const struct {
    const char *start;
    ColumnsTone tone;
} TONE_WORDS[] = {
    {"已完成", TONE_GOOD},   {"已发出", TONE_GOOD},   {"部分", TONE_PARTLY},   {"待补正", TONE_PARTLY},
    {"待批准", TONE_PARTLY}, {"待发送", TONE_PARTLY}, {"发送中", TONE_PARTLY}, {"暂缓", TONE_PARTLY},
    {"未报", TONE_MISSING},  {"逾期", TONE_BAD},      {"发送失败", TONE_BAD},  {"发送受阻", TONE_PARTLY},
    {"否", TONE_QUIET},      {"不", TONE_QUIET},      {"未", TONE_QUIET},      {"已撤回", TONE_QUIET},
};

ColumnsTone columns_tone(const char *state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(TONE_WORDS); i++)
        if (g_str_has_prefix(state, TONE_WORDS[i].start)) return TONE_WORDS[i].tone;
    return TONE_PLAIN;
}
