/* start.c - what glibc does before main(), without asking the processor what it can.
 *
 * A program begins with some forty cpuid instructions, by which glibc chooses among its string functions. On
 * a machine of its own they take no time. On a virtual one each of them stops the machine and asks its host:
 * 4 µs, which makes a third of all that baosong-parse does with a document, start to end. Nobody who reads
 * 50 KB needs the string functions for AVX-512. So this is __libc_start_main() of glibc 2.36
 * (csu/libc-start.c) for static programs without the question: the answer stays "a plain x86-64", and the
 * functions for that are taken. All else is in its place and order: relocation, threads' memory, the canary,
 * constructors. (But the list of libraries for debuggers, where there are none, and what glibc does for
 * programs that are setuid.)
 *
 * It names functions that are glibc's own; the Makefile links it where that is the glibc that it was written
 * for (and the linker says so if one of them is missing), else glibc's. parsers/front/pdf_front.c, which has
 * a dynamic linker, asks as ever.
 */
#include <link.h>
#include <stdint.h>
#include <stdlib.h>

typedef int Main(int argc, char **argv, char **environment);
typedef void Constructor(int argc, char **argv, char **environment);
typedef void Destructor(void);

/* Hidden, since nothing is relocated when the first of them is called. */
#pragma GCC visibility push(hidden)
extern char **__environ;
extern void *__libc_stack_end;
extern const uintptr_t *_dl_random; /* 16 bytes of the kernel's */
void _dl_aux_init(ElfW(auxv_t) * vector);
void __tunables_init(char **environment);
void _dl_relocate_static_pie(void);
void __libc_setup_tls(void);
void __libc_early_init(_Bool initial);
void __libc_init_first(int argc, char **argv, char **environment);
void _init(void);
void _fini(void);
extern Constructor *__preinit_array_start[], *__preinit_array_end[], *__init_array_start[],
    *__init_array_end[];
extern Destructor *__fini_array_start[], *__fini_array_end[];

/* What memcpy() and the like go by, and libc-start.c works out: the sizes of a processor of whom nothing is
 * known, as glibc takes them. Copies of more bytes than the third threshold go around the cache. */
extern long __x86_data_cache_size, __x86_data_cache_size_half, __x86_shared_cache_size,
    __x86_shared_cache_size_half, __x86_shared_non_temporal_threshold, __x86_rep_movsb_threshold,
    __x86_rep_movsb_stop_threshold, __x86_rep_stosb_threshold;
extern int __x86_string_control;
#pragma GCC visibility pop

enum { DATA_CACHE = 32 << 10, SHARED_CACHE = 1 << 20 };

long __x86_data_cache_size = DATA_CACHE, __x86_data_cache_size_half = DATA_CACHE / 2,
     __x86_shared_cache_size = SHARED_CACHE, __x86_shared_cache_size_half = SHARED_CACHE / 2,
     __x86_shared_non_temporal_threshold = SHARED_CACHE / 4 * 3, __x86_rep_movsb_threshold = 2048,
     __x86_rep_movsb_stop_threshold = SHARED_CACHE / 4 * 3, __x86_rep_stosb_threshold = 2048;
int __x86_string_control = 0;

int __cxa_atexit(void (*function)(void *), void *argument, void *object);
_Noreturn int __libc_start_main(Main *program, int argc, char **argv, void (*init)(void), void (*fini)(void),
                                void (*of_linker)(void), void *stack_end);

/* Where the compiler looks for the canary, and setjmp() for what it mixes into addresses. */
static void set_guards(void)
{
    const uintptr_t canary = _dl_random[0] & ~(uintptr_t)0xff; /* begins with a NUL: no string goes past it */
    __asm__ volatile("mov %0, %%fs:0x28" : : "r"(canary));
    __asm__ volatile("mov %0, %%fs:0x30" : : "r"(_dl_random[1]));
}

static void run(Constructor **from, Constructor **end, int argc, char **argv)
{
    for (; from < end; from++) (*from)(argc, argv, __environ);
}

static void finish(void *unused)
{
    for (Destructor **last = __fini_array_end; last > __fini_array_start;) (*--last)();
    _fini();
}

/* Called by _start. Until set_guards() there is no place for a canary. */
__attribute__((no_stack_protector)) _Noreturn int __libc_start_main(Main *program, int argc, char **argv,
                                                                    void (*init)(void), void (*fini)(void),
                                                                    void (*of_linker)(void), void *stack_end)
{
    char **end = __environ = argv + argc + 1;
    __libc_stack_end = stack_end;
    while (*end++) continue;
    _dl_aux_init((ElfW(auxv_t) *)end);
    __tunables_init(__environ);
    _dl_relocate_static_pie();
    __libc_setup_tls();
    set_guards();
    __libc_early_init(1);
    __libc_init_first(argc, argv, __environ);
    __cxa_atexit(finish, NULL, NULL);
    run(__preinit_array_start, __preinit_array_end, argc, argv);
    _init();
    run(__init_array_start, __init_array_end, argc, argv);
    exit(program(argc, argv, __environ));
}
