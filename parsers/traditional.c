#include "parsers/traditional.h"

#include <string.h>

/* Each traditional character, in the order of Unicode, and the simplified one behind it. */
static const char pairs[] = "係系個个傑杰備备傳传優优內内別别創创劃划動动務务勢势匯汇區区協协"
                            "參参員员啓启啟启單单圖图團团執执報报場场學学實实審审寫写將将"
                            "對对導导屬属師师幹干廳厅彙汇從从態态應应擬拟數数時时書书會会條条"
                            "業业構构標标樣样機机權权歲岁歷历況况濟济無无牽牵狀状獎奖發发碼码"
                            "稱称範范簡简級级紹绍終终組组結结絡络經经網网編编練练縣县總总績绩"
                            "織织繫系義义聞闻聯联職职與与蓋盖薦荐處处號号術术補补複复見见"
                            "規规視视訂订計计訊讯記记設设註注評评詞词詢询話话說说説说課课請请"
                            "論论講讲證证讀读負负貫贯責责費费輔辅轉转辦办週周進进過过選选郵邮"
                            "鄉乡錄录鍵键鎮镇長长門门開开間间關关隊队際际電电頁页項项須须預预"
                            "領领頭头題题額额願愿類类館馆驗验體体點点黨党齡龄";

enum { CHARACTER = 3, PAIR = 2 * CHARACTER }; /* bytes in UTF-8, whose order is that of Unicode */

/* The simplified character, or NULL. */
static const char *simplified(const char *character)
{
    gsize low = 0, high = (sizeof pairs - 1) / PAIR;
    while (low < high) {
        gsize middle = low + (high - low) / 2;
        int order = memcmp(pairs + PAIR * middle, character, CHARACTER);
        if (order == 0) return pairs + PAIR * middle + CHARACTER;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

char *traditional_simplified(const char *text)
{
    char *copy = NULL;
    for (gsize i = 0, length = strlen(text); i + CHARACTER <= length; i++) {
        if ((guchar)text[i] < 0xE4 || (guchar)text[i] > 0xE9) continue;
        const char *other = simplified(text + i);
        if (!other) continue;
        if (!copy) copy = g_strdup(text);
        memcpy(copy + i, other, CHARACTER);
    }
    return copy;
}

gboolean traditional_is(const char *text, const char *simple)
{
    gsize size = 1;
    if (strlen(text) != strlen(simple)) return FALSE;
    for (; *text; text += size, simple += size) {
        const gboolean chinese = (guchar)*text >= 0xE4 && (guchar)*text <= 0xE9 && text[1] && text[2];
        size = chinese ? CHARACTER : 1;
        if (memcmp(text, simple, size) == 0) continue;
        const char *other = chinese ? simplified(text) : NULL;
        if (!other || memcmp(other, simple, size) != 0) return FALSE;
    }
    return TRUE;
}
