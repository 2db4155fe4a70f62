#include "reports/overview.h"

#include <string.h>

#include "reports/canvas.h"

typedef struct Figure {
    const char *label;
    const char *sql;
    gboolean alert; /* in red unless 0 */
} Figure;

#define LIVE "main.item WHERE NOT withdrawn"
#define GONE "main.outbox WHERE state IN ('accepted', 'sent')"

static const Figure FIGURES[] = {
    {"应报单位数", "SELECT count(*) FROM progress WHERE in_roster AND least > 0", FALSE},
    {"已完成单位", "SELECT count(*) FROM progress WHERE in_roster AND least > 0 AND class = 'complete'",
     FALSE},
    {"未完成单位", "SELECT count(*) FROM progress WHERE in_roster AND class IN ('partly', 'mend')", TRUE},
    {"未报单位", "SELECT count(*) FROM progress WHERE in_roster AND class = 'none'", TRUE},
    {"应报项数", "SELECT coalesce(sum(least), 0) FROM progress WHERE in_roster", FALSE},
    {"已报项数（计入）", "SELECT count(*) FROM counted", FALSE},

    {"来件（封）", "SELECT count(*) FROM main.mail WHERE whose = 'campaign'", FALSE},
    {"活动总结（项）", "SELECT count(*) FROM " LIVE " AND kind = 'summary'", FALSE},
    {"逾期（项）",
     "SELECT count(*) FROM " LIVE " AND kind = 'summary' AND NOT on_time AND NOT EXISTS"
     " (SELECT 1 FROM main.version v WHERE v.item = number AND v.counts AND v.received_at <"
     " (SELECT deadline_at FROM temp.campaign))",
     TRUE},
    {"单位待核实（项）",
     "SELECT count(*) FROM " LIVE
     " AND committee IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.version v JOIN"
     " main.mail m ON m.id = v.mail WHERE v.item = number AND m.certainty = 'certain')",
     TRUE},
    {"待认领（项）", "SELECT count(*) FROM " LIVE " AND committee IS NULL", TRUE},
    {"待处理事项", "SELECT count(*) FROM matter", TRUE},

    {"活动方案（项）", "SELECT count(*) FROM " LIVE " AND kind = 'plan'", FALSE},
    {"典型案例（项）", "SELECT count(*) FROM " LIVE " AND kind = 'case'", FALSE},
    {"已撤回（项）", "SELECT count(*) FROM main.item WHERE withdrawn", FALSE},
    {"已发回执（封）", "SELECT count(*) FROM " GONE " AND kind = 'receipt'", FALSE},
    {"已发提醒（封）", "SELECT count(*) FROM " GONE " AND kind = 'reminder'", FALSE},
    {"参与党支部（个）", "SELECT coalesce(sum(taking_part), 0) FROM progress WHERE in_roster", FALSE},
};

/* A small table on the left half. The first column takes `span` columns of the grid, the others one each. */
typedef struct Block {
    const char *title;
    guint span;
    guint n;
    const Column *columns;
    const char *sql;
} Block;

static const Column KIND_COLUMNS[] = {
    {"单位类型", 0, COLUMN_TEXT, 30}, {"单位数", 0, COLUMN_COUNT, 0}, {"应报项", 0, COLUMN_COUNT, 0},
    {"已报项", 0, COLUMN_COUNT, 0},   {"已完成", 0, COLUMN_COUNT, 0}, {"未完成", 0, COLUMN_COUNT, 0},
    {"未报", 0, COLUMN_COUNT, 0},
};
static const Column THEME_COLUMNS[] = {
    {"活动主题", 0, COLUMN_TEXT, 60}, {"总结项数", 0, COLUMN_COUNT, 0}, {"其中计入", 0, COLUMN_COUNT, 0}};
static const Column TYPE_COLUMNS[] = {
    {"创新类型", 0, COLUMN_TEXT, 60}, {"总结项数", 0, COLUMN_COUNT, 0}, {"其中计入", 0, COLUMN_COUNT, 0}};

enum { BLOCK_KIND, BLOCK_THEME, BLOCK_TYPE, BLOCKS };

/* What the config does not name (其他, nothing) follows, when there is any of it. */
static const Block BLOCK[BLOCKS] = {
    [BLOCK_KIND] = {"各类单位进度", 1, G_N_ELEMENTS(KIND_COLUMNS), KIND_COLUMNS,
                    "SELECT kind, count(*), sum(least), sum(reported), sum(class = 'complete'),"
                    " sum(class IN ('partly', 'mend')), sum(class = 'none') FROM progress WHERE in_roster"
                    " GROUP BY kind ORDER BY min(position)"},
    [BLOCK_THEME] =
        {"按活动主题", 5, G_N_ELEMENTS(THEME_COLUMNS), THEME_COLUMNS,
         "SELECT title, n, counting FROM (SELECT t.position AS p, t.title AS title, count(i.number) AS n,"
         " coalesce(sum(i.counts), 0) AS counting FROM temp.theme t LEFT JOIN main.item i ON i.theme = "
         "t.title"
         " AND i.kind = 'summary' AND NOT i.withdrawn GROUP BY t.position"
         " UNION ALL SELECT 1000, CASE theme WHEN '' THEN '未注明' ELSE '其他' END, count(*), sum(counts)"
         " FROM " LIVE " AND kind = 'summary' AND theme NOT IN (SELECT title FROM temp.theme)"
         " GROUP BY theme = '') ORDER BY p, title"},
    [BLOCK_TYPE] =
        {"按创新类型", 4, G_N_ELEMENTS(TYPE_COLUMNS), TYPE_COLUMNS,
         "SELECT title, n, counting FROM (SELECT t.position AS p, t.name AS title, count(i.number) AS n,"
         " coalesce(sum(i.counts), 0) AS counting FROM temp.innovation t LEFT JOIN main.item i ON"
         " i.innovation = t.name AND i.kind = 'summary' AND NOT i.withdrawn GROUP BY t.position"
         " UNION ALL SELECT 1000, CASE innovation WHEN '' THEN '未注明' ELSE '其他' END, count(*),"
         " sum(counts) FROM " LIVE " AND kind = 'summary' AND innovation NOT IN"
         " (SELECT name FROM temp.innovation) GROUP BY innovation = '') ORDER BY p, title"},
};

struct Overview {
    gint64 figures[G_N_ELEMENTS(FIGURES)];
    SourceRows *blocks[BLOCKS];
};

Overview *overview_read(Source *source, GError **error)
{
    g_autoptr (Overview) overview = g_new0(Overview, 1);
    for (gsize i = 0; i < G_N_ELEMENTS(FIGURES); i++)
        if (!source_number(source, FIGURES[i].sql, &overview->figures[i], error)) return NULL;
    for (guint b = 0; b < BLOCKS; b++) {
        overview->blocks[b] = source_select(source, BLOCK[b].sql, BLOCK[b].columns, BLOCK[b].n, error);
        if (!overview->blocks[b]) return NULL;
    }
    return g_steal_pointer(&overview);
}

void overview_free(Overview *overview)
{
    if (!overview) return;
    for (guint b = 0; b < BLOCKS; b++) source_rows_free(overview->blocks[b]);
    g_free(overview);
}

/* --- what the page says ----------------------------------------------------------------------- */

static char *days_left(const Config *config, gint64 now)
{
    gint64 deadline = config->campaign.deadline_at;
    guint32 today = calendar_day(config->calendar, now);
    guint32 last = calendar_day(config->calendar, deadline - 1);
    if (now >= deadline) return g_strdup_printf("已截止 %u 天", today > last ? today - last : 0);
    return today == last ? g_strdup("今天截止") : g_strdup_printf("距截止还有 %u 天", last - today);
}

/* The deadline is the first second that is late: midnight is shown as 24:00 of the day before. */
static char *deadline_text(const Config *config)
{
    gint64 at = config->campaign.deadline_at;
    g_autofree char *day = calendar_date_chinese(config->calendar, at - 1);
    if (calendar_day(config->calendar, at) != calendar_day(config->calendar, at - 1))
        return g_strconcat(day, " 24:00", NULL);
    g_autofree char *stamp = calendar_stamp(config->calendar, at);
    return g_strconcat(day, strchr(stamp, ' ') ? strchr(stamp, ' ') : "", NULL);
}

static char *subtitle(const Config *config, gint64 now, gboolean dated)
{
    g_autofree char *deadline = deadline_text(config);
    g_autofree char *left = days_left(config, now);
    g_autofree char *stamp = dated ? calendar_stamp(config->calendar, now) : g_strdup("");
    return g_strdup_printf("%s%s　　报送截止：%s（%s）　　更新时间：%s", config->desk.university,
                           config->desk.department, deadline, left, stamp);
}

void overview_digest(const Overview *overview, const Config *config, gint64 now, GChecksum *sum)
{
    g_autofree char *undated = subtitle(config, now, FALSE);
    const char *const texts[] = {undated,
                                 config->campaign.title,
                                 config->campaign.activity,
                                 config->campaign.materials,
                                 config->campaign.review,
                                 config->campaign.awards};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_checksum_update(sum, (const guchar *)texts[i], (gssize)strlen(texts[i]) + 1);
    g_checksum_update(sum, (const guchar *)overview->figures, sizeof overview->figures);
    for (guint b = 0; b < BLOCKS; b++) source_digest(overview->blocks[b], sum);
}

/* --- the page --------------------------------------------------------------------------------- */

static void write_cards(Canvas *canvas, const Overview *overview)
{
    enum { CARDS = 6, SPAN = CANVAS_GRID / CARDS };
    for (guint i = 0; i < G_N_ELEMENTS(FIGURES); i++) {
        guint row = canvas->row + i / CARDS * 2, column = i % CARDS * SPAN;
        gboolean alert = FIGURES[i].alert && overview->figures[i] > 0;
        canvas_text(canvas, row, column, SPAN, FIGURES[i].label, canvas->style->card_label);
        canvas_number(canvas, row + 1, column, SPAN, overview->figures[i],
                      alert ? canvas->style->card_alert : canvas->style->card_value);
        canvas_height(canvas, row, 18);
        canvas_height(canvas, row + 1, 29);
    }
    canvas->row += (G_N_ELEMENTS(FIGURES) + CARDS - 1) / CARDS * 2;
}

/* Sums of the count columns under the rows. */
static void write_totals(Canvas *canvas, const Block *block, const SourceRows *rows, guint row)
{
    canvas_text(canvas, row, 0, block->span, "合计", canvas->style->total_text);
    for (guint c = 1; c < block->n; c++) {
        gint64 total = 0;
        for (guint r = 0; r < rows->rows->len; r++) total += source_cell(rows, r, c)->number;
        canvas_number(canvas, row, block->span + c - 1, 1, total, canvas->style->total_count);
    }
}

/* A titled table at the left edge of the current row; returns its first row of values, and moves below. */
static guint write_block(Canvas *canvas, const Block *block, const SourceRows *rows)
{
    canvas_text(canvas, canvas->row, 0, 1, block->title, canvas->style->section);
    guint row = canvas->row + 1;
    for (guint c = 0; c < block->n; c++)
        canvas_text(canvas, row, c == 0 ? 0 : block->span + c - 1, c == 0 ? block->span : 1,
                    block->columns[c].heading, canvas->style->head);
    guint first = ++row;
    for (guint r = 0; r < rows->rows->len; r++, row++) {
        const char *name = source_cell(rows, r, 0)->text;
        canvas_text(canvas, row, 0, block->span, name ? name : "（未注明）", canvas->style->text);
        for (guint c = 1; c < block->n; c++)
            canvas_number(canvas, row, block->span + c - 1, 1, source_cell(rows, r, c)->number,
                          canvas->style->count);
    }
    write_totals(canvas, block, rows, row);
    for (guint r = canvas->row; r <= row; r++)
        canvas_height(canvas, r, r == canvas->row ? CANVAS_HEADING : CANVAS_LINE);
    canvas->row = row + 1;
    return first;
}

static void write_schedule(Canvas *canvas, const Config *config, guint row, guint column)
{
    const struct {
        const char *label, *text;
    } steps[] = {{"活动开展", config->campaign.activity},
                 {"基层推荐", config->campaign.materials},
                 {"审核答辩", config->campaign.review},
                 {"活动表彰", config->campaign.awards}};
    guint span = CANVAS_GRID - column;
    canvas_text(canvas, row, column, 1, "时间安排", canvas->style->section);
    canvas_text(canvas, row + 1, column, 1, "阶段", canvas->style->head);
    canvas_text(canvas, row + 1, column + 1, span - 1, "时间与内容", canvas->style->head);
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        canvas_text(canvas, row + 2 + i, column, 1, steps[i].label, canvas->style->center);
        canvas_text(canvas, row + 2 + i, column + 1, span - 1, steps[i].text, canvas->style->text);
    }
    for (guint r = row; r < row + 2 + G_N_ELEMENTS(steps); r++)
        canvas_height(canvas, r, r == row ? CANVAS_HEADING : CANVAS_LINE);
    canvas->row = MAX(canvas->row, row + 2 + (guint)G_N_ELEMENTS(steps));
}

static void write_kinds(Canvas *canvas, const Overview *overview)
{
    const SourceRows *rows = overview->blocks[BLOCK_KIND];
    guint top = canvas->row, first = write_block(canvas, &BLOCK[BLOCK_KIND], rows);
    const CanvasSeries series[] = {
        {4, "已完成", STYLE_GREEN}, {5, "未完成", STYLE_AMBER}, {6, "未报", STYLE_BRICK}};
    canvas_chart(canvas, "各类单位进度（个）", top, canvas->row - 1, 7, first, rows->rows->len, series,
                 G_N_ELEMENTS(series));
}

static void write_themes(Canvas *canvas, const Overview *overview)
{
    const SourceRows *rows = overview->blocks[BLOCK_THEME];
    guint top = canvas->row, first = write_block(canvas, &BLOCK[BLOCK_THEME], rows);
    const CanvasSeries series[] = {{5, "总结项数", STYLE_RED}};
    canvas_chart(canvas, "各主题总结（项）", top, canvas->row - 1, 7, first, rows->rows->len, series,
                 G_N_ELEMENTS(series));
}

static void write_gap(Canvas *canvas)
{
    canvas_height(canvas, canvas->row++, 9);
}

guint overview_write(lxw_workbook *workbook, const Style *style, const Config *config,
                     const Overview *overview, gint64 now)
{
    g_autofree char *under = subtitle(config, now, TRUE);
    g_autofree char *title = g_strconcat(config->campaign.title, columns_sheet_title(COLUMNS_OVERVIEW), NULL);
    Canvas canvas;
    if (!canvas_open(&canvas, workbook, style, columns_sheet_name(COLUMNS_OVERVIEW))) return 0;

    canvas_text(&canvas, 0, 0, CANVAS_GRID, title, style->title);
    canvas_height(&canvas, 0, 36);
    canvas_text(&canvas, 1, 0, CANVAS_GRID, under, style->note);
    canvas_height(&canvas, 1, 22);
    canvas.row = 2;
    write_cards(&canvas, overview);
    write_gap(&canvas);
    write_kinds(&canvas, overview);
    write_gap(&canvas);
    write_themes(&canvas, overview);
    write_gap(&canvas);
    guint row = canvas.row;
    write_block(&canvas, &BLOCK[BLOCK_TYPE], overview->blocks[BLOCK_TYPE]);
    write_schedule(&canvas, config, row, 7);
    return canvas_close(&canvas);
}
