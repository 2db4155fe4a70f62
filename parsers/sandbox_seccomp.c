/* sandbox_seccomp.c - putting up the filter that parsers/filter/make.c made when this was built. */
#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "parsers/sandbox_walls.h"

int sandbox_seccomp(gboolean alone, gboolean save)
{
    const SandboxFilter *made = &SANDBOX_FILTERS[alone ? 2 : save ? 1 : 0];
    g_autofree struct sock_filter *code = g_memdup2(made->code, made->n * sizeof *code);
    for (gsize i = 0; i < made->n; i++)
        if (BPF_CLASS(code[i].code) == BPF_JMP && code[i].k == SANDBOX_OWN_PID) code[i].k = (guint32)getpid();
    const struct sock_fprog program = {(unsigned short)made->n, code};
    long got = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    return got == 0 ? 0 : got < 0 ? errno : EBUSY; /* a thread that could not be shut in */
}
