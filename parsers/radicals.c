#include "parsers/radicals.h"

#include <glib.h>
#include <string.h>

/* Those of the CJK Radicals Supplement that are whole characters, in the order of Unicode, each with the
 * ideograph behind it (EquivalentUnifiedIdeograph). Unicode decomposes two of them only. */
static const char supplement[] = "⺁厂⺄乙⺈刀⺊卜⺌小⺍小⺎兀⺐尢⺒巳⺓幺⺗心⺛旡⺜日⺝月⺟母⺠民"
                                 "⺧牛⺩王⺫目⺬示⺶羊⺼肉⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻗雨"
                                 "⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐"
                                 "⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟";

enum { CHARACTER = 3, PAIR = 2 * CHARACTER }; /* bytes in UTF-8 */

/* Radicals are compatible with ideographs, compatibility ideographs the same as others. */
static gunichar ideograph(gunichar character)
{
    gunichar result[G_UNICHAR_MAX_DECOMPOSITION_LENGTH] = {character};
    gsize n = g_unichar_fully_decompose(character, TRUE, result, G_N_ELEMENTS(result));
    return n == 1 ? result[0] : character;
}

static void unify(char *at)
{
    gunichar character = g_utf8_get_char(at);
    if (character >= 0x2E80 && character <= 0x2EFF) {
        for (gsize i = 0; i + PAIR < sizeof supplement; i += PAIR) {
            if (memcmp(supplement + i, at, CHARACTER) != 0) continue;
            memcpy(at, supplement + i + CHARACTER, CHARACTER);
            return;
        }
    } else if ((character >= 0x2F00 && character <= 0x2FD5) || (character >= 0xF900 && character <= 0xFAFF)) {
        gunichar other = ideograph(character);
        if (g_unichar_to_utf8(other, NULL) == CHARACTER) g_unichar_to_utf8(other, at);
    }
}

void radicals_unify(char *text)
{
    for (char *at = text; *at; at++) {
        guchar first = (guchar)at[0], second = first >= 0xE2 ? (guchar)at[1] : 0;
        if ((first == 0xE2 && second >= 0xBA && second <= 0xBF) ||
            (first == 0xEF && second >= 0xA4 && second <= 0xAB))
            unify(at);
    }
}
