/* verdict.c - making and freeing verdicts. */
#include <string.h>

#include "daemon/desk/ask.h"

static void item_free(gpointer data)
{
    VerdictItem *item = data;
    char *const strings[] = {item->title,      item->title_key, item->theme,     item->theme_source,
                             item->innovation, item->leader,    item->telephone, item->branch,
                             item->said_title, item->said_theme};
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) g_free(strings[i]);
    g_ptr_array_unref(item->files);
    g_ptr_array_unref(item->papers);
    g_free(item);
}

static void problem_free(gpointer data)
{
    VerdictProblem *problem = data;
    g_free(problem->detail);
    g_free(problem);
}

static void todo_free(gpointer data)
{
    VerdictTodo *todo = data;
    g_free(todo->why);
    g_free(todo);
}

static void decision_free(gpointer data)
{
    Decision *decision = data;
    g_free(decision->answer);
    g_free(decision->reason);
    g_free(decision);
}

Verdict *verdict_new(void)
{
    Verdict *verdict = g_new0(Verdict, 1);
    verdict->committee = g_strdup("");
    verdict->items = g_ptr_array_new_with_free_func(item_free);
    verdict->problems = g_ptr_array_new_with_free_func(problem_free);
    verdict->todos = g_ptr_array_new_with_free_func(todo_free);
    verdict->decisions = g_ptr_array_new_with_free_func(decision_free);
    verdict->dead = g_ptr_array_new_with_free_func(g_free);
    verdict->brought = g_ptr_array_new_with_free_func(g_free);
    verdict->alive = g_strdup("");
    return verdict;
}

void verdict_free(Verdict *verdict)
{
    if (!verdict) return;
    g_free(verdict->committee);
    g_ptr_array_unref(verdict->items);
    g_ptr_array_unref(verdict->problems);
    g_ptr_array_unref(verdict->todos);
    g_ptr_array_unref(verdict->decisions);
    g_ptr_array_unref(verdict->dead);
    g_ptr_array_unref(verdict->brought);
    g_free(verdict->alive);
    letter_free(verdict->receipt);
    g_free(verdict);
}

VerdictItem *verdict_item_new(void)
{
    VerdictItem *item = g_new0(VerdictItem, 1);
    char **const strings[] = {&item->title,      &item->title_key, &item->theme,     &item->theme_source,
                              &item->innovation, &item->leader,    &item->telephone, &item->branch,
                              &item->said_title, &item->said_theme};
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) *strings[i] = g_strdup("");
    item->files = g_ptr_array_new();
    item->papers = g_ptr_array_new();
    return item;
}

void verdict_problem(Verdict *verdict, const char *code, const FactsAttachment *file, const char *format, ...)
{
    VerdictProblem *problem = g_new(VerdictProblem, 1);
    va_list args;
    va_start(args, format);
    *problem = (VerdictProblem){.code = code, .detail = g_strdup_vprintf(format, args), .file = file};
    va_end(args);
    g_ptr_array_add(verdict->problems, problem);
}

/* One row per code and item: a person looks at a mail once. Further reasons join the first. */
void verdict_todo(Verdict *verdict, const char *code, guint number, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);
    for (guint i = 0; i < verdict->todos->len; i++) {
        VerdictTodo *todo = verdict->todos->pdata[i];
        if (strcmp(todo->code, code) != 0 || todo->number != number) continue;
        if (strstr(todo->why, why) || strlen(todo->why) > 2000) return;
        char *joined = g_strconcat(todo->why, " ", why, NULL);
        g_free(todo->why);
        todo->why = joined;
        return;
    }
    VerdictTodo *todo = g_new(VerdictTodo, 1);
    *todo = (VerdictTodo){.code = code, .why = g_steal_pointer(&why), .number = number};
    g_ptr_array_add(verdict->todos, todo);
}

void verdict_decide(Verdict *verdict, const char *question, const char *answer, const char *format, ...)
{
    Decision *decision = g_new(Decision, 1);
    va_list args;
    va_start(args, format);
    *decision = (Decision){
        .question = question, .answer = g_strdup(answer), .reason = g_strdup_vprintf(format, args)};
    va_end(args);
    g_ptr_array_add(verdict->decisions, decision);
}

gboolean verdict_has(const Verdict *verdict, const char *code)
{
    for (guint i = 0; i < verdict->problems->len; i++)
        if (strcmp(((VerdictProblem *)verdict->problems->pdata[i])->code, code) == 0) return TRUE;
    return FALSE;
}
