/* whole.c - baosong-parse-all: everything; see front.c. */
#include "parsers/parse.h"

int main(int argc, char **argv)
{
    return parse_main(argc, argv);
}
