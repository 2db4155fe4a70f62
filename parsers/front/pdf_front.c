/* pdf_front.c - baosong-parse-pdf: baosong-parse with poppler, and no other large library; see front.c. */
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "beyond.h"
#include "parsers/lastwords.h"
#include "parsers/parse.h"

void beyond(int who)
{
    _exit(who);
}

int main(int argc, char **argv)
{
    if (argc != 3 || strcmp(argv[1], "--document") != 0) return EX_USAGE;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    lastwords_enable_spent(BEYOND_DONE);
    int status = parse_document_once(argv[2], NULL);
    _exit(status == EX_OK ? BEYOND_DONE
                          : status); /* what the libraries would tidy up goes with the process */
}
