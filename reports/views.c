#include "reports/views.h"

#define HIDDEN "（疑似涉密，不显示）"

/* What C fills, and Chinese words for codes of the schema. */
static const char TABLES[] =
    "CREATE TEMP TABLE campaign (prefix TEXT, deadline_at INTEGER, now INTEGER);"
    "CREATE TEMP TABLE theme (position INTEGER PRIMARY KEY, title TEXT, short_name TEXT);"
    "CREATE TEMP TABLE innovation (position INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TEMP TABLE file (item INTEGER, rank INTEGER, label TEXT, path TEXT, PRIMARY KEY (item, rank));"
    "CREATE TEMP TABLE folder_of (item INTEGER PRIMARY KEY, files INTEGER, path TEXT);"

    "CREATE TEMP TABLE hold_text (reason TEXT PRIMARY KEY, state TEXT, matter TEXT, why TEXT, advice TEXT);"
    "INSERT INTO hold_text VALUES ('new', '待发送', NULL, NULL, NULL),"
    " ('observe', '未发出（观察模式）', '信件未发出', '系统处于观察模式，只登记不发信，%d 封信件尚未发出。',"
    "  '核对无误后，请管理员执行 baosong go-live 开始发信。'),"
    " ('burst', '暂缓（数量过多）', '信件暂缓', '信件过多，%d 封已暂缓发送。',"
    "  '核对来件是否正常，再请管理员执行 baosong release。'),"
    " ('approve', '待批准', '提醒待批准', '%d 封提醒信件等待批准。', '核对名单后，请管理员执行 baosong "
    "release。'),"
    " ('admin', '暂缓（已暂停）', '信件暂停', '发信已暂停，%d 封信件尚未发出。',"
    "  '需要恢复时，请管理员执行 baosong release。');"

    "CREATE TEMP TABLE letter_text (state TEXT PRIMARY KEY, text TEXT);"
    "INSERT INTO letter_text VALUES ('queued', '待发送'), ('in_flight', '发送中'), ('accepted', '已发出'),"
    " ('sent', '已发出'), ('deferred', '发送受阻，将重试'), ('failed', '发送失败');"

    /* What staff can do; for other codes they may pass on what the sender was told (problem_text.remedy). */
    "CREATE TEMP TABLE advice (code TEXT PRIMARY KEY, text TEXT);"
    "INSERT INTO advice VALUES"
    " ('withdraw', '与报送单位核实后，确定是否撤回该项。'),"
    " ('decline', '与该单位确认；同意不报的，请管理员在名册“应报数”中填 0，此后不再催报。'),"
    " ('confirm', '核对回复内容，确认登记是否正确。'),"
    " ('question', '阅看来信，需要答复的请与发件人联系。'),"
    " ('claim', "
    "'确认来件属于哪个单位，请其附上材料重新发送（主题写明单位全称）；常用邮箱请管理员补入名册。'),"
    " ('unknown-committee', "
    "'确认来件属于哪个单位，请其附上材料重新发送（主题写明单位全称）；常用邮箱请管理员补入名册。'),"
    " ('verify', '打开来件，必要时与单位联系人核实；发件地址属实而不在名册的，将其补入名册。'),"
    " ('sender-unverified', '与单位联系人核实；属实的，将该邮箱补入名册。'),"
    " ('suspect', '打开来件判断；是报送材料的，请发件人在主题前加【报送】重新发送；不是的不必处理。'),"
    " ('staff', '系统不自动处理本部门来件，请人工处理。'),"
    " ('junk', '请邮箱管理员将该地址加入白名单，以免以后漏收。'),"
    " ('moved', '核对邮件头中的收到时间，确定是否按时。'),"
    " ('no-answer', '核对是否与对方自动回复循环；无误的，请管理员执行 baosong release。'),"
    " ('bounce', '与单位联系人核对邮箱地址，并更新名册；地址无误的，请管理员执行 baosong revive。'),"
    " ('letter-failed', '与单位联系人核对邮箱地址，必要时电话告知。'),"
    " ('letter-unproven', '与收件人核实；未收到的，请管理员执行 baosong release "
    "重发；收到副本后系统自动确认。'),"
    " ('letter-unwanted', '电话告知收件人；对方允许接收后，请管理员执行 baosong release 重发。'),"
    " ('address-refused', '与单位联系人核对邮箱地址，并更新名册。'),"
    " ('clock', '请管理员校准本机时钟；时间一致后，系统自动补发催报。'),"
    " ('remind-missed', '在“报送进度”中查看未报足的单位，电话提醒。'),"
    " ('no-address', '补全名册中该单位的邮箱，或电话通知。'),"
    " ('not-document', '请勿打开该文件，请报送单位重新发送文档。'),"
    " ('macro', '打开时不要启用宏。'),"
    " ('possible-duplicate', '对比两项材料，确定是否为同一活动。'),"
    " ('over-quota', '与报送单位确认以哪几项为准。'),"
    " ('late', '按有关规定决定是否接收。'),"
    " ('classified-marking', '立即按保密规定处理，勿转发、勿下载到联网计算机。'),"
    " ('burst', '核对来件是否正常，再请管理员执行 baosong release。'),"
    " ('approve', '核对名单和全文后，请管理员执行 baosong release。'),"
    " ('opinion', '对照原件核实；登记有误的，请告知管理员。'),"
    " ('lost', '登记内容仍有效；需要原件的，请报送单位重新发送。');";

/* 名称, counts and states of a committee. Who left the roster is shown as long as something came from it. */
static const char PROGRESS[] =
    "CREATE TEMP VIEW counted AS SELECT * FROM main.item WHERE kind = 'summary' AND counts AND NOT withdrawn;"

    "CREATE TEMP VIEW standing AS SELECT c.*,"
    " (SELECT count(*) FROM counted i WHERE i.committee = c.code) AS reported,"
    " (SELECT count(*) FROM main.item i WHERE i.committee = c.code AND i.kind = 'summary'"
    "   AND NOT i.withdrawn) AS arrived,"
    " (SELECT max(m.received_at) FROM main.mail m WHERE m.committee = c.code"
    "   AND m.whose IN ('campaign', 'suspect')) AS last_mail_at,"
    " (SELECT count(*) FROM main.outbox o WHERE o.committee = c.code AND o.kind = 'reminder'"
    "   AND o.state IN ('accepted', 'sent')) AS reminders,"
    " (SELECT max(coalesce(o.accepted_at, o.created_at)) FROM main.outbox o WHERE o.committee = c.code"
    "   AND o.kind = 'reminder' AND o.state IN ('accepted', 'sent')) AS last_reminder_at,"
    " (SELECT count(DISTINCT replace(replace(i.branch, ' ', ''), '　', '')) FROM main.item i"
    "   WHERE i.committee = c.code AND NOT i.withdrawn AND i.branch <> '') AS taking_part"
    " FROM main.committee c;"

    "CREATE TEMP VIEW progress AS SELECT s.*, max(s.least - s.reported, 0) AS missing,"
    " CASE WHEN s.reported >= s.least THEN 'complete' WHEN s.reported > 0 THEN 'partly'"
    "      WHEN s.arrived > 0 THEN 'mend' ELSE 'none' END AS class,"
    " CASE WHEN NOT s.in_roster THEN '不在名册'"
    "      WHEN s.least = 0 AND s.reported = 0 THEN '不要求'"
    "      WHEN s.most > 0 AND s.reported > s.most THEN '已完成（超额）'"
    "      WHEN s.reported >= s.least THEN '已完成'"
    "      WHEN k.now >= k.deadline_at AND s.reported > 0 THEN '逾期未完成'"
    "      WHEN k.now >= k.deadline_at THEN '逾期未报'"
    "      WHEN s.reported > 0 THEN '部分' WHEN s.arrived > 0 THEN '待补正' ELSE '未报' END AS state"
    " FROM standing s, temp.campaign k WHERE s.in_roster OR s.arrived > 0;";

/* Mails with a marking of secrecy: nothing of their wording is shown. */
static const char MARKED[] =
    "CREATE TEMP VIEW marked AS SELECT mail FROM main.problem WHERE code = 'classified-marking';"
    "CREATE TEMP VIEW marked_item AS SELECT item FROM main.version WHERE mail IN (SELECT mail FROM marked);"
    "CREATE TEMP VIEW marked_bytes AS SELECT sha256 FROM main.attachment WHERE mail IN (SELECT mail FROM "
    "marked);";

/* Problems are those of the latest version: what a later version mended is over. */
static const char ITEMS[] =
    "CREATE TEMP VIEW latest AS SELECT v.item, v.version, v.mail FROM main.version v WHERE v.version ="
    " (SELECT max(w.version) FROM main.version w WHERE w.item = v.item);"

    "CREATE TEMP VIEW item_fault AS"
    " SELECT l.item, p.code, coalesce(t.text, p.code) AS text, CASE WHEN p.mail IN (SELECT mail FROM marked)"
    "  THEN '' ELSE p.detail END AS detail, min(p.id) AS position"
    "  FROM latest l JOIN main.problem p ON p.mail = l.mail LEFT JOIN main.problem_text t ON t.code = p.code"
    "  WHERE (p.item IS NULL OR p.item = l.item) AND (p.attachment IS NULL OR NOT EXISTS"
    "   (SELECT 1 FROM main.version_file o WHERE o.attachment = p.attachment AND o.item <> l.item))"
    "  GROUP BY 1, 2, 3, 4;"

    "CREATE TEMP VIEW item_problem AS"
    " SELECT item, text || coalesce('：' || group_concat(nullif(detail, ''), '、'), '') AS text,"
    "  min(position) AS position FROM (SELECT * FROM item_fault ORDER BY item, position) GROUP BY item, code"
    " UNION ALL SELECT l.item, '单位待核实', -2 FROM latest l WHERE NOT EXISTS (SELECT 1 FROM main.version v"
    "  JOIN main.mail m ON m.id = v.mail WHERE v.item = l.item AND m.certainty = 'certain')"
    "  AND EXISTS (SELECT 1 FROM main.item i WHERE i.number = l.item AND i.committee IS NOT NULL)"
    " UNION ALL SELECT l.item, '曾入垃圾箱', 9e15 FROM latest l JOIN main.mail m ON m.id = l.mail WHERE "
    "m.junk"
    " UNION ALL SELECT i.number, '可能与 ' || k.prefix || printf('%03d', i.duplicate_of) || ' 重复', -1"
    "  FROM main.item i, temp.campaign k WHERE i.duplicate_of IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
    "latest l"
    "  JOIN main.problem p ON p.mail = l.mail WHERE l.item = i.number AND p.code = 'possible-duplicate');"

    "CREATE TEMP VIEW activity AS SELECT i.*, EXISTS (SELECT 1 FROM main.version v"
    "  WHERE v.item = i.number AND v.counts AND v.received_at < k.deadline_at) AS in_time, k.prefix || "
    "printf('%03d', i.number) AS label,"
    " coalesce(c.name, '（待认领）') AS committee_name,"
    " (SELECT max(v.version) FROM main.version v WHERE v.item = i.number) AS versions,"
    " CASE WHEN i.withdrawn THEN '否（已撤回）' WHEN i.kind = 'plan' THEN '否（方案）'"
    "  WHEN i.kind = 'case' THEN '否（典型）' WHEN i.counts THEN '是' WHEN i.committee IS NULL THEN "
    "'否（待认领）'"
    "  ELSE '否（待补正）' END AS counting,"
    " (SELECT group_concat(text, '；') FROM (SELECT text FROM item_problem p WHERE p.item = i.number"
    "   ORDER BY p.position)) AS problems"
    " FROM main.item i JOIN temp.campaign k LEFT JOIN main.committee c ON c.code = i.committee;";

/* Everything that a person must look at: open todos, letters that failed, letters that wait for a person. */
static const char MATTERS[] =
    "CREATE TEMP VIEW todo_item AS SELECT t.*, coalesce(t.item, (SELECT min(v.item) FROM main.version v"
    " WHERE v.mail = t.mail)) AS about FROM main.todo t WHERE t.done_at IS NULL;"

    "CREATE TEMP VIEW matter AS"
    " SELECT coalesce(m.received_at, t.created_at) AS at, t.id AS position,"
    "  coalesce(c.name, CASE WHEN t.mail IS NOT NULL THEN '（未知）' END) AS committee_name, t.about AS item,"
    "  coalesce(x.text, t.code) AS text, t.why,"
    "  CASE WHEN m.id IN (SELECT mail FROM marked) THEN '" HIDDEN "' ELSE m.subject END AS subject,"
    "  trim(coalesce(m.from_name, '') || CASE WHEN coalesce(m.from_address, '') <> ''"
    "   THEN ' <' || m.from_address || '>' ELSE '' END) AS sender,"
    "  coalesce(a.text, CASE WHEN coalesce(x.remedy, '') <> '' THEN '可告知发件人：' || x.remedy END) AS "
    "advice"
    "  FROM todo_item t LEFT JOIN main.mail m ON m.id = t.mail LEFT JOIN main.item i ON i.number = t.about"
    "  LEFT JOIN main.committee c ON c.code = coalesce(i.committee, m.committee)"
    "  LEFT JOIN main.problem_text x ON x.code = t.code LEFT JOIN advice a ON a.code = t.code"
    " UNION ALL"
    " SELECT coalesce(o.accepted_at, o.created_at), o.id, c.name, (SELECT min(l.item) FROM main.letter_item l"
    "  WHERE l.outbox = o.id), CASE o.kind WHEN 'receipt' THEN '回执发送失败' ELSE '提醒发送失败' END,"
    "  '发给 ' || o.to_address || ' 的信件《' || o.subject || '》未能送出：' || o.last_error, m.subject,"
    "  coalesce(m.from_address, ''), '与单位联系人核对邮箱地址，必要时电话告知。'"
    "  FROM main.outbox o LEFT JOIN main.committee c ON c.code = o.committee LEFT JOIN main.mail m ON m.id = "
    "o.mail"
    "  WHERE o.state = 'failed' AND NOT EXISTS (SELECT 1 FROM main.todo t WHERE t.done_at IS NULL"
    "   AND instr(t.why, o.to_address) > 0 AND (t.mail IS o.mail OR t.mail IS NULL))"
    " UNION ALL"
    " SELECT o.at, o.position, NULL, NULL, h.matter, printf(h.why, o.letters), NULL, NULL, h.advice FROM "
    "hold_text h"
    "  JOIN (SELECT hold_reason, count(*) AS letters, min(created_at) AS at, min(id) AS position FROM "
    "main.outbox"
    "   WHERE state = 'held' GROUP BY hold_reason) o ON o.hold_reason = h.reason WHERE h.matter IS NOT NULL"
    "  AND NOT EXISTS (SELECT 1 FROM main.todo t WHERE t.done_at IS NULL AND t.code = h.reason);";

/* One row per letter; and per stage that passed without one. */
static const char REMINDERS[] =
    "CREATE TEMP VIEW stage_text AS SELECT committee, stage, due_at, taken_at, outbox,"
    " CASE WHEN stage LIKE 'overdue-%' THEN '逾期' || cast(substr(stage, 9) AS INTEGER) || '天'"
    "  WHEN cast(stage AS INTEGER) = 0 THEN '截止当天'"
    "  ELSE '截止前' || cast(stage AS INTEGER) || '天' END || CASE WHEN instr(stage, '@')"
    "  THEN '（延期后）' ELSE '' END AS text FROM main.reminder;"

    "CREATE TEMP VIEW reminding AS"
    " SELECT coalesce(o.accepted_at, o.created_at) AS at, o.id AS position, o.committee,"
    "  coalesce((SELECT group_concat(text, '、') FROM (SELECT text FROM stage_text s WHERE s.outbox = o.id"
    "   ORDER BY s.due_at, -cast(s.stage AS INTEGER))), o.stage) AS stages,"
    "  o.to_address || CASE WHEN o.cc <> '' THEN char(10) || '抄送 ' || o.cc ELSE '' END AS recipients,"
    "  CASE o.state WHEN 'held' THEN coalesce(h.state, '暂缓') ELSE coalesce(t.text, o.state) END AS state,"
    "  (SELECT count(DISTINCT i.number) FROM main.item i JOIN main.version v ON v.item = i.number"
    "   WHERE i.committee = o.committee AND i.kind = 'summary' AND v.counts"
    "   AND v.received_at <= o.created_at) AS reported,"
    "  o.subject, CASE WHEN o.state IN ('accepted', 'sent') THEN '' ELSE o.last_error END AS note"
    "  FROM main.outbox o LEFT JOIN hold_text h ON h.reason = o.hold_reason"
    "  LEFT JOIN letter_text t ON t.state = o.state WHERE o.kind = 'reminder'"
    " UNION ALL"
    " SELECT s.taken_at, 0, s.committee, s.text, '', '未发信', NULL, '', '此阶段未单独发信' FROM stage_text s"
    "  WHERE s.outbox IS NULL;";

static const char *const SELECTS[COLUMNS_SHEETS] = {
    [COLUMNS_PROGRESS] =
        "SELECT row_number() OVER (ORDER BY NOT in_roster, position), name, kind, least, reported, missing, "
        "state,"
        " last_mail_at, reminders, last_reminder_at, nullif(taking_part, 0), nullif(branches, 0), contact, "
        "telephone"
        " FROM progress ORDER BY NOT in_roster, position",
    [COLUMNS_ITEMS] = "SELECT a.label, a.committee_name, a.theme, a.theme_source, a.innovation,"
                      " CASE WHEN a.number IN (SELECT item FROM marked_item) THEN '" HIDDEN
                      "' WHEN a.title <> '' THEN a.title"
                      " ELSE '（未写明）' END, a.leader, a.telephone, a.received_at,"
                      " CASE WHEN a.on_time THEN '按时' WHEN a.in_time THEN '按时（延期后）' ELSE '逾期' "
                      "END, a.versions, a.counting,"
                      " f1.label, f1.path, f2.label, f2.path,"
                      " CASE WHEN d.files > 0 THEN '共 ' || d.files || ' 个' END, d.path, a.problems"
                      " FROM activity a LEFT JOIN temp.file f1 ON f1.item = a.number AND f1.rank = 1"
                      " LEFT JOIN temp.file f2 ON f2.item = a.number AND f2.rank = 2"
                      " LEFT JOIN temp.folder_of d ON d.item = a.number ORDER BY a.number",
    [COLUMNS_TODO] = "SELECT at, committee_name, CASE WHEN item IS NOT NULL THEN k.prefix || printf('%03d', "
                     "item) END, text, why,"
                     " subject, sender, advice FROM matter, temp.campaign k ORDER BY at DESC, position DESC",
    [COLUMNS_REMINDERS] =
        "SELECT r.at, c.name, r.stages, r.recipients, r.state, r.reported, c.least, r.subject, r.note"
        " FROM reminding r LEFT JOIN main.committee c ON c.code = r.committee"
        " ORDER BY r.at DESC, c.position, r.position",
};

const char *const *views_scripts(void)
{
    static const char *const SCRIPTS[] = {TABLES, PROGRESS, MARKED, ITEMS, MATTERS, REMINDERS, NULL};
    return SCRIPTS;
}

const char *views_select(ColumnsSheet sheet)
{
    return SELECTS[sheet];
}
