/* sandbox_seccomp.c - putting up the filter that parsers/filter/make.c made when this was built. */
#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "parsers/sandbox_walls.h"

int sandbox_seccomp(gboolean save)
{
    const SandboxFilter *made = &SANDBOX_FILTERS[save ? 1 : 0];
    struct sock_filter code[BPF_MAXINSNS];
    memcpy(code, made->code, made->n * sizeof code[0]);
    for (gsize i = 0; i < made->n; i++)
        if (BPF_CLASS(code[i].code) == BPF_JMP && code[i].k == SANDBOX_OWN_PID) code[i].k = (guint32)getpid();
    const struct sock_fprog program = {(unsigned short)made->n, code};
    long got = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    return got == 0 ? 0 : got < 0 ? errno : EBUSY; /* a thread that could not be shut in */
}
