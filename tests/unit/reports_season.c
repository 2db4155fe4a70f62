#include "tests/unit/reports_season.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

static const char *const THEMES[][2] = {{"创新基层党组织设置", "组织设置"},
                                        {"创新学习型党组织建设", "学习型"},
                                        {"创新服务型党组织建设", "服务型"},
                                        {"创新党员队伍建设", "党员队伍"},
                                        {"探索党内民主的有效形式", "党内民主"}};

static const char *const COLLEGES[] = {
    "文学院",       "历史学院",           "哲学学院",     "法学院",       "商学院",       "外国语学院",
    "数学学院",     "物理学院",           "化学化工学院", "生命科学学院", "信息工程学院", "软件学院",
    "机械工程学院", "材料科学与工程学院", "土木建筑学院", "医学院",       "药学院",       "艺术学院",
    "体育学院",     "马克思主义学院"};

/* What mails may contain, and what a workbook must survive. */
static const char *const TITLES[] = {
    "“三级联动”服务型党支部创建活动",
    "=HYPERLINK(\"http://attacker.invalid/\",\"点我\")",
    "+1 加一行动：一名党员联系一个宿舍",
    "@全体党员 读书分享会 📚🎉",
    "-2+3|cmd' /C calc'!A0",
    "在学生公寓设立临时党支部的探索与实践——以长期实习团队、志愿服务团队为例的研究（2013—2014学年）",
    "读书会 _x0041_ 与\x01控制\x07字符\x1b[31m",
    "党员旁听院（系）级单位党委会制度",
    "\xE2\x80\xAE倒序标题exe.docx",
    "学科团队<党小组>建在“项目”上 & 'quotes'",
    "总结材料",
    "微党课进课堂\n第二行",
};

static void must(gboolean good, GError *error, const char *what)
{
    if (!good) g_error("season: %s: %s", what, error ? error->message : "failed");
}

/* --- config ----------------------------------------------------------------------------------- */

static Config *make_config(const char *dir)
{
    Config *config = g_new0(Config, 1);
    config->campaign.id = g_strdup("party-innovation-2014");
    config->campaign.title = g_strdup("基层党建工作创新活动");
    config->campaign.number_prefix = g_strdup("CX2014-");
    config->campaign.activity = g_strdup("4月初—5月下旬，各基层党组织制定方案、开展活动");
    config->campaign.materials = g_strdup("6月2日前，各二级党组织报送创新活动总结材料");
    config->campaign.review = g_strdup("6月上旬—6月20日，初步审核与终审答辩");
    config->campaign.awards = g_strdup("6月底，授予“基层党建工作创新项目奖”");
    config->desk.university = g_strdup("示例大学");
    config->desk.department = g_strdup("党委组织部");
    config->store.share_group = g_strdup("");
    config->calendar = calendar_new("Asia/Shanghai", "off 2014-06-02 端午节\n", NULL);
    must(calendar_parse(config->calendar, "2014-06-02", TRUE, &config->campaign.deadline_at), NULL,
         "deadline");
    config->themes = g_ptr_array_new();
    for (gsize i = 0; i < G_N_ELEMENTS(THEMES); i++) {
        Theme *theme = g_new0(Theme, 1);
        theme->title = g_strdup(THEMES[i][0]);
        theme->short_name = g_strdup(THEMES[i][1]);
        g_ptr_array_add(config->themes, theme);
    }
    config->campaign.innovation = g_ptr_array_new();
    for (gsize i = 0; i < 3; i++)
        g_ptr_array_add(config->campaign.innovation,
                        g_strdup((const char *[]){"理论创新", "实践创新", "制度创新"}[i]));
    config->store.state_dir = g_strdup(dir);
    config->store.share_dir = g_build_filename(dir, "共享", NULL);
    return config;
}

static void free_config(Config *config)
{
    char *const strings[] = {
        config->campaign.id,       config->campaign.title,     config->campaign.number_prefix,
        config->campaign.activity, config->campaign.materials, config->campaign.review,
        config->campaign.awards,   config->desk.university,    config->desk.department,
        config->store.share_group, config->store.state_dir,    config->store.share_dir};
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) g_free(strings[i]);
    for (guint i = 0; i < config->themes->len; i++) {
        Theme *theme = config->themes->pdata[i];
        g_free(theme->title);
        g_free(theme->short_name);
        g_free(theme);
    }
    g_ptr_array_unref(config->themes);
    g_ptr_array_set_free_func(config->campaign.innovation, g_free);
    g_ptr_array_unref(config->campaign.innovation);
    calendar_free(config->calendar);
    g_free(config);
}

/* --- database --------------------------------------------------------------------------------- */

typedef struct Seed {
    sqlite3 *db;
    const Season *season;
    int mails, attachments;
} Seed;

static void run(sqlite3 *db, const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) g_error("season: %s in: %s", why, sql);
}

/* %Q and %d as in sqlite3_mprintf(). */
static void put(Seed *seed, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *sql = sqlite3_vmprintf(format, args);
    va_end(args);
    run(seed->db, sql);
    sqlite3_free(sql);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void migrate(sqlite3 *db)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open("daemon/store/migrations", 0, NULL);
    if (!dir) g_error("season: run tests from the root of the tree");
    for (const char *name; (name = g_dir_read_name(dir));)
        if (g_str_has_suffix(name, ".sql")) g_ptr_array_add(names, g_strdup(name));
    g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename("daemon/store/migrations", names->pdata[i], NULL);
        g_autofree char *sql = NULL;
        must(g_file_get_contents(path, &sql, NULL, NULL), NULL, path);
        run(db, sql);
    }
}

static void seed_committees(Seed *seed)
{
    static const char *const OTHERS[][2] = {{"机关党委", "机关党委"},
                                            {"后勤集团党委", "机关党委"},
                                            {"图书馆党总支", "党总支"},
                                            {"出版社党总支", "党总支"},
                                            {"附属中学党总支", "党总支"},
                                            {"校医院直属党支部", "直属党支部"},
                                            {"档案馆直属党支部", "直属党支部"},
                                            {"继续教育学院党总支", "党总支"},
                                            {"离退休工作处党委", "离退休党组织"},
                                            {"资产经营公司党总支", "党总支"},
                                            {"国际教育学院直属党支部", "直属党支部"}};
    for (int i = 0; i < SEASON_COMMITTEES; i++) {
        gboolean college = i < (int)G_N_ELEMENTS(COLLEGES);
        const char *const *other = college ? NULL : OTHERS[i - (int)G_N_ELEMENTS(COLLEGES)];
        g_autofree char *name = college ? g_strconcat(COLLEGES[i], "党委", NULL) : g_strdup(other[0]);
        put(seed,
            "INSERT INTO committee (code, position, name, kind, aliases, addresses, contact, telephone, "
            "secretary,"
            " secretary_address, branches, least, most, in_roster) VALUES ('C%02d', %d, %Q, %Q, '',"
            " 'c%02d@committee.example', '联系人%s', '010-0000%04d', '', '', %d, %d, %d, 1)",
            i, i, name, college ? "学院党委" : other[1], i, (const char *[]){"甲", "乙", "丙", "丁"}[i % 4],
            i, i % 5 == 4 ? 0 : 6 + i % 9, college ? 2 : 1, college ? 3 : 0);
    }
}

static int add_mail(Seed *seed, const char *committee, const char *certainty, const char *subject, gint64 at)
{
    int id = ++seed->mails;
    put(seed,
        "INSERT INTO mail (id, raw_sha256, identity, whose, junk, header_only, received_at, stored_at, size, "
        "folder,"
        " uidvalidity, uid, certainty, committee, message_id, from_name, from_address, subject) VALUES"
        " (%d, printf('%%064d', %d), 'id-%d', 'campaign', %d, 0, %lld, %lld, 45000, 'INBOX', 1, %d, %Q, %Q,"
        " 'm%d@mail.example', '=联系人甲', %Q, %Q)",
        id, id, id, id == 5, at, at, id, certainty, committee, id,
        committee ? "c@committee.example" : "someone@unknown.example", subject);
    return id;
}

/* The bytes go where the store would put them. */
static int add_file(Seed *seed, int mail, int position, const char *name, const char *content)
{
    int id = ++seed->attachments;
    g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, content, -1);
    g_autofree char *shelf = g_strndup(sha256, 2);
    g_autofree char *dir = g_build_filename(seed->season->place.files, shelf, NULL);
    g_autofree char *path = g_build_filename(dir, sha256, NULL);
    g_mkdir_with_parents(dir, 0700);
    must(g_file_set_contents(path, content, -1, NULL), NULL, path);
    put(seed,
        "INSERT INTO attachment (id, mail, parent, position, path, name, declared_type, type, size, sha256, "
        "held)"
        " VALUES (%d, %d, NULL, %d, '%d', %Q, '', 'application/octet-stream', %d, %Q, 1)",
        id, mail, position, position + 1, name, (int)strlen(content), sha256);
    return id;
}

static void add_version(Seed *seed, int item, int version, int mail, gint64 at)
{
    static const char *const NAMES[] = {
        "活动总结.docx",           "../../etc/passwd", "CON.docx", "推荐表.doc",
        "照片\xE2\x80\xAEgpj.exe", "图1：现场?.jpg",   "总结. ",   "活动总结.docx"};
    put(seed,
        "INSERT INTO version (item, version, mail, received_at, on_time, counts) VALUES (%d, %d, %d, %lld, "
        "1, 1)",
        item, version, mail, at);
    for (int f = 0; f < 1 + item % 5; f++) {
        g_autofree char *content = g_strdup_printf("item %d version %d file %d", item, version, f);
        int file = add_file(seed, mail, f, NAMES[(item + f) % (int)G_N_ELEMENTS(NAMES)], content);
        put(seed, "INSERT INTO version_file VALUES (%d, %d, %d)", item, version, file);
    }
}

static char *item_title(int item)
{
    if (item == 20) return g_strnfill(2000, 'x');
    if (item == 21) return g_strdup("");
    const char *title = TITLES[item % (int)G_N_ELEMENTS(TITLES)];
    return item < (int)G_N_ELEMENTS(TITLES) ? g_strdup(title) : g_strdup_printf("%s之%d", title, item);
}

static void add_item(Seed *seed, int item)
{
    gint64 at = seed->season->now - (SEASON_ITEMS - item) * 6 * 3600 - 1234;
    gboolean unclaimed = item == 30, withdrawn = item == 31, late = item % 13 == 0;
    const char *kind = item == 32 ? "plan" : item == 33 ? "case" : "summary";
    g_autofree char *committee = unclaimed ? NULL : g_strdup_printf("C%02d", item * 7 % 37 % 27);
    g_autofree char *title = item_title(item);
    g_autofree char *subject = g_strdup_printf("【报送】%s", title);
    int mail = add_mail(seed, committee, item % 9 == 0 ? "probable" : "certain", subject, at);
    put(seed,
        "INSERT INTO item (number, kind, committee, title, title_key, theme, theme_source, innovation, "
        "leader,"
        " telephone, branch, received_at, updated_at, on_time, counts, withdrawn, duplicate_of) VALUES"
        " (%d, %Q, %Q, %Q, '', %Q, %Q, %Q, '联系人乙', '010-00000000', %Q, %lld, %lld, %d, %d, %d, %s)",
        item, kind, committee, title, item % 7 == 6 ? (item % 2 ? "其他" : "") : THEMES[item % 5][0],
        item % 3 ? "标签" : "系统建议",
        item % 4 ? (const char *[]){"理论创新", "实践创新", "制度创新"}[item % 3] : "",
        item % 2 ? "本科生第一党支部" : "教工党支部", at, at, !late,
        !unclaimed && !withdrawn && item % 11 != 10 && g_str_equal(kind, "summary"), withdrawn,
        item == 12 ? "10" : "NULL");
    add_version(seed, item, 1, mail, at);
    if (item % 8 == 0) {
        int again = add_mail(seed, committee, "certain", "Re: 修订版", at + 3600);
        add_version(seed, item, 2, again, at + 3600);
        mail = again;
    }
    if (item % 11 == 10)
        put(seed,
            "INSERT INTO problem (mail, attachment, item, code, detail) VALUES (%d, NULL, %d, 'encrypted',"
            " '总结.zip 需要密码')",
            mail, item);
    if (late)
        put(seed,
            "INSERT INTO problem (mail, attachment, item, code, detail) VALUES (%d, NULL, %d, 'late', '')",
            mail, item);
    if (item == 40)
        put(seed,
            "INSERT INTO problem (mail, attachment, item, code, detail) VALUES (%d, NULL, %d,"
            " 'classified-marking', '')",
            mail, item);
}

static void seed_todos(Seed *seed)
{
    run(seed->db, "INSERT INTO problem_text VALUES ('encrypted', '附件有密码', '请去掉密码后重新发送。'),"
                  " ('late', '逾期', ''), ('withdraw', '要求撤回', ''), ('claim', '单位待认领', ''),"
                  " ('verify', '单位待核实', ''), ('cloud-link', '云附件链接', '请改用普通附件重新发送。'),"
                  " ('classified-marking', '疑似涉密标志', '')");
    static const char *const CODES[] = {"withdraw",   "claim",     "verify",
                                        "cloud-link", "encrypted", "strange-code"};
    for (int i = 0; i < 12; i++)
        put(seed,
            "INSERT INTO todo (mail, item, code, why, created_at, done_at) VALUES (%d, %s, %Q, %Q, %lld, %s)",
            1 + i * 3, i % 2 ? "3" : "NULL", CODES[i % 6],
            i == 4
                ? "=1+1 附件《活动总结.zip》设有打开密码，无法读取其中内容，已请报送单位去掉密码后重新发送；"
                  "截至目前尚未收到新的材料，请联系该单位确认。"
                : "发件地址不在名册内，主题中写的是文学院党委，请核实报送单位。",
            seed->season->now - i * 5000, i == 11 ? "1" : "NULL");
}

static void add_letter(Seed *seed, int id, const char *kind, int committee, const char *state,
                       const char *hold)
{
    put(seed,
        "INSERT INTO outbox (id, sequence, message_id, kind, cause, stage, committee, mail, urgent, "
        "to_address, cc,"
        " subject, day, state, hold_reason, attempts, next_at, created_at, accepted_at, last_error, bytes) "
        "VALUES"
        " (%d, %d, 'o%d@desk.example', %Q, 'cause-%d', %Q, 'C%02d', NULL, 0, 'c%02d@committee.example', %Q, "
        "%Q,"
        " '2014-05-26', %Q, %Q, 1, 0, %lld, %s, %Q, x'00')",
        id, id, id, kind, id, g_str_equal(kind, "reminder") ? "7d" : "", committee, committee,
        id % 4 == 0 ? "leader@committee.example" : "",
        g_str_equal(kind, "reminder") ? "【提醒】关于报送基层党建工作创新活动总结材料的提醒"
                                      : "【回执】已收到贵单位报送的材料",
        state, hold, seed->season->now - 4 * 86400 + id, g_str_equal(state, "sent") ? "1401100000" : "NULL",
        g_str_equal(state, "failed") ? "550 5.1.1 no such user" : "");
}

static void seed_letters(Seed *seed)
{
    for (int i = 1; i <= 14; i++) {
        const char *state = i == 3 ? "failed" : i == 5 ? "deferred" : i == 6 ? "held" : "sent";
        add_letter(seed, i, "reminder", 10 + i, state, i == 6 ? "approve" : "");
        put(seed, "INSERT INTO reminder VALUES ('C%02d', '7d', 1401066000, 1401100000, %d)", 10 + i, i);
        if (i % 2)
            put(seed, "INSERT INTO reminder VALUES ('C%02d', '14d', 1400461200, 1401100000, %d)", 10 + i, i);
    }
    put(seed, "INSERT INTO reminder VALUES ('C09', '14d', 1400461200, 1400461200, NULL)");
    for (int i = 20; i < 50; i++)
        add_letter(seed, i, "receipt", i % 20,
                   i < 22   ? "failed"
                   : i > 46 ? "held"
                            : "sent",
                   i > 46 ? "burst" : "");
}

static void seed_database(const Season *season)
{
    Seed seed = {.season = season};
    if (sqlite3_open(season->place.database, &seed.db) != SQLITE_OK)
        g_error("season: %s", season->place.database);
    run(seed.db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; BEGIN");
    migrate(seed.db);
    seed_committees(&seed);
    for (int item = 1; item <= SEASON_ITEMS; item++) add_item(&seed, item);
    seed_todos(&seed);
    seed_letters(&seed);
    run(seed.db, "COMMIT");
    sqlite3_close(seed.db);
}

/* --- life ------------------------------------------------------------------------------------- */

Season *season_new(void)
{
    GError *error = NULL;
    Season *season = g_new0(Season, 1);
    season->dir = g_dir_make_tmp("baosong-reports-XXXXXX", &error);
    must(season->dir != NULL, error, "folder");
    season->config = make_config(season->dir);
    calendar_parse(season->config->calendar, "2014-05-30T09:00:00", FALSE, &season->now);
    reports_place_fill(&season->place, season->config);
    g_mkdir_with_parents(season->place.tmp, 0700);
    seed_database(season);
    return season;
}

void season_free(Season *season, gboolean keep)
{
    char *rm[] = {(char *)"rm", (char *)"-rf", season->dir, NULL};
    if (!keep) g_spawn_sync(NULL, rm, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    reports_place_clear(&season->place);
    free_config(season->config);
    g_free(season->dir);
    g_free(season);
}

void season_sql(const Season *season, const char *sql)
{
    sqlite3 *db;
    if (sqlite3_open(season->place.database, &db) != SQLITE_OK) g_error("season: open");
    run(db, sql);
    sqlite3_close(db);
}

char *season_share(const Season *season, const char *name)
{
    return g_build_filename(season->place.share, name, NULL);
}
