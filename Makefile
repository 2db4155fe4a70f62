# baosong (报送)
#
# Reads as the dependency graph: parsers <- config <- reports <- daemon. Each room (folder) is compiled against
# a view: a folder of links to the headers that it may see, and nothing else, so that a wrong arrow does not
# compile. See docs/ARCHITECTURE.md.
#
#   make            build into build/          make check      all tests (installs what they need)
#   make demo       a season of mail, live     make bench      timings beside named peers
#   make deps       install what is missing    make lint       format, arrows, linked libraries
#                   (FOR=build: to build it only)
#   make fuzz       FUZZ_SECONDS=60 a target   V=1             show whole commands
#   make torture    faults, for hours          TORTURE_SEED=1  other instants and places
#   CC=clang        another compiler           SANITIZE=1      ASan + UBSan, into build/sanitize/

PREFIX ?= /usr/local
DESTDIR ?=
ifeq ($(origin CC),default)
CC := gcc
endif
SANITIZE ?=
FUZZ ?=
ifneq ($(FUZZ),)
override CC := clang
endif
VERSION := 0.1.0

B := build/$(if $(FUZZ),fuzz,$(if $(SANITIZE),sanitize,$(notdir $(CC))))
ROOMS := parsers config reports daemon/desk daemon/net daemon/store daemon

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

# --- flags -------------------------------------------------------------------------------------------------

CFLAGS ?= $(if $(SANITIZE),-O1 -g1,-O2 -g)
WARN := -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wvla \
        -Wformat=2 -Wno-unused-parameter
HARDEN := $(if $(SANITIZE)$(FUZZ),,-D_FORTIFY_SOURCE=2) -fstack-protector-strong -fPIE
comma := ,
SAN := $(if $(SANITIZE)$(FUZZ),-fsanitize=$(if $(FUZZ),fuzzer-no-link$(comma))address$(comma)undefined \
           -fno-sanitize-recover=all -fno-omit-frame-pointer)
BASE := -std=gnu11 -D_GNU_SOURCE -DBAOSONG_VERSION='"$(VERSION)"' -DG_LOG_DOMAIN='"baosong"' \
        $(if $(SANITIZE)$(FUZZ),-DBAOSONG_SANITIZE=1) $(WARN) $(HARDEN) $(SAN)
LINK := $(SAN) -pie -Wl,-z,relro,-z,now -Wl,--as-needed

# V=1 shows whole commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))

# Asked once per room and make; quiet where packages are missing, since `make deps` is about to install them.
PC = $(shell pkg-config $(1) $(2) 2>/dev/null)
GLIB := glib-2.0 gio-unix-2.0

# What each room may see: other rooms' public headers (as links in its view) and libraries.
PUBLIC_parsers := parsers/facts.h parsers/table.h parsers/tags.h parsers/limits.h
PUBLIC_config := $(addprefix config/,config.h roster.h calendar.h stages.h)
PUBLIC_reports := reports/reports.h
PUBLIC_desk := $(addprefix daemon/desk/,desk.h book.h letter.h settled.h)
PUBLIC_net := $(addprefix daemon/net/,net.h imap.h smtp.h worker.h)
PUBLIC_store := $(addprefix daemon/store/,store.h outbox.h requests.h fsck.h backup.h delivery.h records.h)
SEES_parsers :=
SEES_config := $(PUBLIC_parsers)
SEES_reports := $(PUBLIC_parsers) $(PUBLIC_config)
SEES_daemon/desk := $(SEES_reports)
SEES_daemon/net := $(PUBLIC_parsers)
SEES_daemon/store := $(SEES_reports) $(PUBLIC_desk)
SEES_daemon := $(SEES_reports) $(PUBLIC_reports) $(PUBLIC_desk) $(PUBLIC_net) $(PUBLIC_store)

LIBS_facts := $(GLIB) nettle
LIBS_parsers := poppler $(GLIB) nettle libdeflate gmime-3.0 libarchive zlib libxml-2.0
LIBS_config := $(GLIB) inih
LIBS_reports := $(GLIB) xlsxwriter sqlite3 minizip
LIBS_daemon/desk := $(GLIB) jansson
LIBS_daemon/net := $(GLIB) libcurl
LIBS_daemon/store := $(GLIB) sqlite3 jansson nettle
LIBS_daemon := $(GLIB) libsystemd jansson nettle

# --- sources -----------------------------------------------------------------------------------------------

# parsers/ is two things: the facts (linked everywhere) and the readers (linked into the worker alone).
FACTS_SRC := parsers/facts.c parsers/facts_json.c parsers/facts_scalar.c parsers/json_in.c parsers/json_out.c parsers/table.c parsers/tags.c parsers/traditional.c parsers/charset.c parsers/charset_census.c
PARSE_SRC := $(filter-out $(FACTS_SRC),$(wildcard parsers/*.c)) parsers/pdf_file.cc
CONFIG_SRC := $(wildcard config/*.c)
REPORTS_SRC := $(wildcard reports/*.c)
DAEMON_SRC := $(wildcard daemon/desk/*.c daemon/net/*.c daemon/store/*.c) \
              $(filter-out daemon/main.c daemon/command_main.c,$(wildcard daemon/*.c))
MIGRATIONS := $(sort $(wildcard daemon/store/migrations/*.sql))
MIGRATIONS_OBJ := $(B)/daemon/store/migrations.o

obj = $(patsubst %.c,$(B)/%.o,$(patsubst %.cc,%.c,$(1)))
room = $(patsubst %/,%,$(dir $(1)))

PROGRAMS := $(addprefix $(B)/,baosongd baosong baosong-parse baosong-parse-pdf baosong-parse-all)
DAEMON_LIBS := $(call PC,--libs,$(LIBS_config) $(LIBS_reports) $(LIBS_daemon/net) $(LIBS_daemon)) -letpan -lm
FILTER_OBJ := $(B)/parsers/filter/filter.o
CHARSETS_OBJ := $(B)/parsers/front/charsets.o
PARSE_LIBS := $(call PC,--libs,$(LIBS_parsers)) -lstdc++ -lm
LIBS_makers := libgsf-1 libseccomp # tests write OLE2 files with the one, take a wall away with the other

all: $(PROGRAMS)

$(B)/baosongd: $(call obj,daemon/main.c $(DAEMON_SRC) $(REPORTS_SRC) $(CONFIG_SRC) $(FACTS_SRC)) $(MIGRATIONS_OBJ)
$(B)/baosong: $(call obj,daemon/command_main.c $(DAEMON_SRC) $(REPORTS_SRC) $(CONFIG_SRC) $(FACTS_SRC)) $(MIGRATIONS_OBJ)
$(B)/baosongd $(B)/baosong:
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LDFLAGS) $(DAEMON_LIBS)

$(B)/baosong-parse-all: $(call obj,parsers/front/whole.c $(PARSE_SRC) $(FACTS_SRC)) $(FILTER_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LDFLAGS) $(PARSE_LIBS)

# By hand most documents are read by programs without the large libraries (parsers/front/front.c), which would take
# longer to load than a document takes to read: one with none of them, and one with poppler. Sanitizers want libraries
# that are shared. (The linker would warn that GLib can ask for home folders, which here it does not.)
ifeq ($(SANITIZE)$(FUZZ),)
PDF_SRC := $(addprefix parsers/,pdf.c pdf_layout.c pdf_piece.c pdf_spread.c pdf_marks.c pdf_table.c pdf_grid.c \
    pdf_grid_text.c pdf_grid_out.c pdf_file.cc)
HEAVY_SRC := $(PDF_SRC) $(addprefix parsers/,bounce.c bounce_words.c boundary.c entity.c header.c html.c html_tag.c mend.c mht.c mime.c \
    mime_authentication.c mime_auto.c mime_bounce.c mime_headers.c nursery.c regular.c serve.c smime.c unpack_archive.c webpage.c)
LIGHT_OBJ := $(call obj,parsers/front/beyond.c $(filter-out $(HEAVY_SRC),$(PARSE_SRC)) $(FACTS_SRC)) $(FILTER_OBJ)
LIBS_light := glib-2.0 nettle libdeflate zlib
# An archive: of it, only what is used. And a linker writes here and there, dd(1) all at once: the kernel keeps a file in
# memory in pieces as large as they were written, and maps it so, which spares a sixth of a start.
LIGHT := $(B)/parsers/light.a
in_one_piece = dd if=$@.ld of=$@ bs=64M status=none && chmod 755 $@ && rm $@.ld
$(LIGHT): $(LIGHT_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^
# start.c stands for a function of this glibc alone; under any other, glibc's own begins.
START_SRC := $(if $(findstring x86_64,$(shell $(CC) -dumpmachine)),$(if \
    $(filter 2.36,$(shell getconf GNU_LIBC_VERSION)),parsers/front/start.c))
$(B)/baosong-parse: $(call obj,parsers/front/front.c parsers/front/iconv.c $(START_SRC)) $(CHARSETS_OBJ) $(LIGHT)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(filter-out -pie,$(LINK)) -static-pie \
	    -Wl,-z,pack-relative-relocs,-z,noseparate-code,--no-warnings,--wrap=iconv_open,--wrap=iconv,--wrap=iconv_close \
	    -o $@.ld $(filter-out $(CHARSETS_OBJ),$^) $(LDFLAGS) $(call PC,--static --libs,$(LIBS_light)) -lm $(CHARSETS_OBJ) && $(in_one_piece)
# It looks for libraries where they will be installed, seen from it: builds share them.
ABSENT := build/lib/baosong/absent.so
FOR_POPPLER := build/lib/for-poppler.ld
$(ABSENT): parsers/front/absent_make parsers/front/beyond.h
	$(call say,MAKE,$@)
	$(Q)CC="$(CC)" $< "$$($(CC) -print-file-name=libpoppler.so)" $(@D) $(FOR_POPPLER)
$(B)/baosong-parse-pdf: $(call obj,parsers/front/pdf_front.c $(PDF_SRC)) $(LIGHT) | $(ABSENT)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LINK) -Wl,--disable-new-dtags,-rpath,'$$ORIGIN/../lib/baosong',--export-dynamic -o $@.ld $^ $(LDFLAGS) \
	    $(call PC,--libs,poppler) $(FOR_POPPLER) -Wl,--no-warnings,-Bstatic $(call PC,--static --libs,$(LIBS_light)) -lstdc++ \
	    -Wl,-Bdynamic -static-libgcc -lm && $(in_one_piece)
else
$(B)/baosong-parse $(B)/baosong-parse-pdf: $(B)/baosong-parse-all
	$(Q)ln -sf $(<F) $@
endif

# Not nested: making the view of daemon/ must not remove that of daemon/store/.
view = $(B)/view/$(subst /,-,$(1))

# One rule per room: its own headers by "room/x.h" (a link to the room itself) and those it sees.
define ROOM
PC_$(1) := $$(call PC,--cflags,$$(LIBS_$(1)))
$(call view,$(1))/.made: Makefile $(SEES_$(1)) $(wildcard $(1)/*.h)
	@rm -rf $$(@D) && mkdir -p $$(@D)
	@for h in $(SEES_$(1)) $(filter $(1)/%.h,$(wildcard $(1)/*.h)); do \
	    mkdir -p $$(@D)/$$$$(dirname $$$$h) && ln -sf $(CURDIR)/$$$$h $$(@D)/$$$$h; done
	@touch $$@
$(patsubst %.c,$(B)/%.o,$(wildcard $(1)/*.c)): $(B)/%.o: %.c $(call view,$(1))/.made
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$$(CC) $$(BASE) $$(CFLAGS) $$(CPPFLAGS) -I$(call view,$(1)) $$(PC_$(1)) -MMD -MP -c -o $$@ $$<
endef
$(foreach r,$(ROOMS),$(eval $(call ROOM,$(r))))

# The migrations, as bytes in one table that daemon/store/migrate.h declares.
bytes = echo 'static const unsigned char sql_$(word 1,$(subst -, ,$(1)))[] = {'; \
        od -An -v -tx1 daemon/store/migrations/$(1).sql | sed 's/ \(..\)/0x\1,/g'; echo '0};';
$(MIGRATIONS_OBJ:.o=.c): $(MIGRATIONS) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "daemon/store/migrate.h"'; \
	   $(foreach m,$(basename $(notdir $(MIGRATIONS))),$(call bytes,$(m))) \
	   echo 'const StoreMigration STORE_MIGRATIONS[] = {'; \
	   $(foreach m,$(basename $(notdir $(MIGRATIONS))),echo '{"$(m)", sql_$(word 1,$(subst -, ,$(m)))},';) \
	   echo '{NULL, NULL}};'; } > $@
$(MIGRATIONS_OBJ): %.o: %.c $(call view,daemon/store)/.made
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) $(CFLAGS) $(CPPFLAGS) -I$(call view,daemon/store) $(PC_daemon/store) -MMD -MP -c -o $@ $<
-include $(wildcard $(B)/*/*.d $(B)/*/*/*.d)

# The sandbox's filter, made by libseccomp now, not at each start.
$(B)/parsers/filter/make: parsers/filter/make.c $(call view,parsers)/.made
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(filter-out $(SAN),$(BASE)) $(CFLAGS) -I$(call view,parsers) -o $@ $< $(call PC,--cflags --libs,glib-2.0 libseccomp)
$(FILTER_OBJ:.o=.c): $(B)/parsers/filter/make
	$(Q)$< >$@
$(FILTER_OBJ): %.o: %.c
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) $(CFLAGS) $(CPPFLAGS) -I$(call view,parsers) $(PC_parsers) -c -o $@ $<

# The one file in C++: poppler's own interface. (Checks of vptr and function want a program that is linked as C++.)
CXX := $(if $(findstring clang,$(CC)),clang++,g++)
$(B)/parsers/%.o: parsers/%.cc $(call view,parsers)/.made
	@mkdir -p $(@D)
	$(call say,CXX,$@)
	$(Q)$(CXX) $(subst -std=gnu11,-std=gnu++17,$(filter-out -Wstrict-prototypes -Wmissing-prototypes,$(BASE))) \
	    $(if $(SAN),-fno-sanitize=vptr$(if $(findstring clang,$(CC)),$(comma)function)) $(CFLAGS) \
	    $(CPPFLAGS) -I$(call view,parsers) $(PC_parsers) -MMD -MP -c -o $@ $<

# The charsets of baosong-parse, asked of iconv now: then it has no modules to ask.
$(B)/parsers/front/charsets_make: parsers/front/charsets_make.c parsers/front/charsets.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(filter-out $(SAN),$(BASE)) $(CFLAGS) -o $@ $< $(call PC,--cflags --libs,glib-2.0)
$(CHARSETS_OBJ:.o=.c): $(B)/parsers/front/charsets_make
	$(Q)$< >$@
$(CHARSETS_OBJ): %.o: %.c
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) $(CFLAGS) $(CPPFLAGS) -Iparsers/front $(PC_parsers) -c -o $@ $<

$(B)/parsers/front/%.o: parsers/front/%.c $(call view,parsers)/.made
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) $(CFLAGS) $(CPPFLAGS) -I$(call view,parsers) $(PC_parsers) -MMD -MP -c -o $@ $<

# --- tests -------------------------------------------------------------------------------------------------

# One program per file. A test of the readers links the worker without its main, one of config/ only that, one of the
# store also the desk, one of reports/ that room; every other test links the daemon without its mains. Tests see all
# headers.
READER_TESTS := $(addprefix test_,authentication bounce entity regular history facts words params addresses html mime mime_odd \
    links pretty charset table tags document docx docx_parts ooxml_objects archive pdf pdf_grid rtf \
    tnef webpage number_format sheets sheetml xlsx biff doc cfb misnamed opendocument lines stands fields)
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c))
UNIT_READERS := $(filter $(B)/tests/unit/test_sandbox% $(addprefix %/,$(READER_TESTS)),$(UNIT))
CONFIG_TESTS := $(addprefix test_,calendar config config_faults roster stages)
UNIT_CONFIG := $(filter $(addprefix %/,$(CONFIG_TESTS)),$(UNIT))
UNIT_STORE := $(filter $(B)/tests/unit/test_store%,$(UNIT))
UNIT_REPORTS := $(filter %/test_reports %/test_reports_text %/test_reports_share,$(UNIT))
UNIT_FRONT := $(filter $(B)/tests/unit/test_front%,$(UNIT))
UNIT_DAEMON := $(filter-out $(UNIT_FRONT) $(UNIT_READERS) $(UNIT_CONFIG) $(UNIT_STORE) $(UNIT_REPORTS),$(UNIT))

PC_tests := $(call PC,--cflags,$(LIBS_makers) $(LIBS_parsers) $(LIBS_config) $(LIBS_daemon/net) $(LIBS_daemon/store) $(LIBS_reports) cmocka)

$(B)/tests/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) $(CFLAGS) $(CPPFLAGS) -I. $(PC_tests) -MMD -MP -c -o $@ $<

$(UNIT_READERS): %: %.o $(call obj,$(PARSE_SRC) $(FACTS_SRC)) $(FILTER_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LDFLAGS) $(PARSE_LIBS) $(call PC,--libs,$(LIBS_makers)) -lcmocka
$(B)/tests/unit/test_front_charsets: $(call obj,parsers/front/iconv.c) $(CHARSETS_OBJ)
$(UNIT_FRONT): %: %.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LDFLAGS) $(call PC,--libs,glib-2.0) -lcmocka
ifneq ($(START_SRC),)
$(B)/tests/unit/test_front_start: | $(B)/tests/unit/start_probe
$(B)/tests/unit/start_probe: $(B)/tests/unit/start_probe.o $(call obj,$(START_SRC))
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(filter-out -pie,$(LINK)) -static-pie -o $@ $^
endif
$(UNIT_CONFIG): %: %.o $(call obj,$(CONFIG_SRC) $(FACTS_SRC))
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LDFLAGS) $(call PC,--libs,$(LIBS_config) $(LIBS_facts)) -lcmocka
$(UNIT_STORE): %: %.o $(call obj,$(wildcard daemon/desk/*.c daemon/store/*.c) $(CONFIG_SRC) $(FACTS_SRC)) $(MIGRATIONS_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LDFLAGS) $(call PC,--libs,$(LIBS_config) $(LIBS_daemon/store)) -lcmocka
$(UNIT_REPORTS): %: %.o $(B)/tests/unit/reports_season.o $(call obj,$(REPORTS_SRC) $(CONFIG_SRC) $(FACTS_SRC))
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LDFLAGS) $(call PC,--libs,$(LIBS_config) $(LIBS_reports) $(LIBS_facts)) -lcmocka
$(UNIT_DAEMON): %: %.o $(call obj,$(DAEMON_SRC) $(REPORTS_SRC) $(CONFIG_SRC) $(FACTS_SRC)) $(MIGRATIONS_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LDFLAGS) $(DAEMON_LIBS) -lcmocka

unit-programs: $(UNIT)
# What GLib calls critical is a fault of ours, and fails the test.
unit: $(UNIT:=.run)
$(UNIT:=.run): %.run: % $(B)/baosong-parse
	@echo "== $<"; G_DEBUG=fatal-criticals BUILD=$(B) $<

# --- fuzzing -----------------------------------------------------------------------------------------------

# One program per target. With FUZZ=1 they are libFuzzer's; without, they replay saved inputs, under SANITIZE=1 in
# `make check`.
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_PROGRAMS := $(addprefix $(B)/tests/fuzz/,$(FUZZ_TARGETS))
FUZZ_SECONDS ?= 60

$(B)/tests/fuzz/%.o: tests/fuzz/%.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) $(CFLAGS) $(CPPFLAGS) -I. $(PC_tests) -MMD -MP -c -o $@ $<
$(FUZZ_PROGRAMS): $(B)/tests/fuzz/%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/fuzz.o \
                  $(if $(FUZZ),,$(B)/tests/fuzz/replay.o) \
                  $(call obj,$(PARSE_SRC) $(FACTS_SRC) $(CONFIG_SRC) $(addprefix daemon/net/,imap_guard.c imap_mend.c net.c)) \
                  $(FILTER_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LINK) $(if $(FUZZ),-fsanitize=fuzzer) -o $@ $^ $(LDFLAGS) $(PARSE_LIBS) \
	    $(call PC,--libs,$(LIBS_config) $(LIBS_makers))

fuzz-programs: $(FUZZ_PROGRAMS)

fuzz-replay: $(FUZZ_PROGRAMS)
	@for t in $(FUZZ_TARGETS); do $(B)/tests/fuzz/$$t tests/fuzz/cases/$$t || exit 1; done

fuzz:
	@tests/deps.sh build check
	@$(MAKE) --no-print-directory FUZZ=1 fuzz-programs
	@BAOSONG_BUILD=build/fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run $(TARGETS)

# --- faults ------------------------------------------------------------------------------------------------

# Loaded before libc into the daemon under torture: tests/torture/shim.h says what each does.
SHIMS := $(B)/tests/torture/files.so $(B)/tests/torture/memory.so
$(SHIMS): $(B)/tests/torture/%.so: tests/torture/%.c tests/torture/shim.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) -O2 -g -fPIC -shared -o $@ $< -ldl

shims: $(SHIMS)

# --- bench -------------------------------------------------------------------------------------------------

$(B)/tests/bench/%.o: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) $(CFLAGS) $(CPPFLAGS) -I. $(PC_tests) -MMD -MP -c -o $@ $<
$(B)/tests/bench/docx_text $(B)/tests/bench/mails: %: %.o $(call obj,$(PARSE_SRC) $(FACTS_SRC)) $(FILTER_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LDFLAGS) $(PARSE_LIBS)

$(B)/tests/bench/flush.so: tests/bench/flush.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -std=gnu11 $(WARN) -O2 -fPIC -shared -o $@ $<

$(B)/tests/bench/inflate $(B)/tests/bench/each: %: %.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LDFLAGS) $(call PC,--libs,libdeflate)

# Each of these installs what is missing first; make reads this file before that, so the build is a make of its own.
check:
	@tests/deps.sh build check
	@tests/check.sh

torture:
	@tests/deps.sh build check
	@$(MAKE) --no-print-directory all shims
	@TORTURE=1 BAOSONG_BUILD=$(B) PYTHONDONTWRITEBYTECODE=1 \
	    /usr/bin/python3 -m pytest -q -rfEs -p no:cacheprovider tests/torture $(PYTEST_ARGS)

demo:
	@tests/deps.sh build demo
	@$(MAKE) --no-print-directory all
	@BAOSONG_BUILD=$(B) tests/demo/run

bench:
	@tests/deps.sh build bench
	@$(MAKE) --no-print-directory all $(addprefix $(B)/tests/bench/,mails docx_text inflate each flush.so)
	@BAOSONG_BUILD=$(B) tests/bench/mails
	@BAOSONG_BUILD=$(B) tests/bench/documents
	@BAOSONG_BUILD=$(B) tests/bench/run $(BENCH_ARGS)

# FOR=build: what a machine needs that only builds and runs it; the others bring LibreOffice, clang and mail servers.
FOR ?= build demo check bench
deps:
	@tests/deps.sh $(FOR)

# --- install -----------------------------------------------------------------------------------------------

BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man
DOCDIR = $(PREFIX)/share/doc/baosong
LIBDIR = $(PREFIX)/lib/baosong
UNITDIR = $(PREFIX)/lib/systemd/system
SYSUSERSDIR = $(PREFIX)/lib/sysusers.d
TMPFILESDIR = $(PREFIX)/lib/tmpfiles.d
SYSCONFDIR ?= /etc

MANUALS = $(filter-out %.in,$(wildcard docs/man/*.[1-8])) $(B)/man/baosong.conf.5
EXAMPLES = config/roster.csv config/holidays-2014.conf $(B)/examples/party-innovation-2014.conf
PAPERS = $(wildcard LICENSE README.md README.zh-CN.md CHANGES.md docs/ARCHITECTURE.md docs/*.schema.json)

# The keys in the manual and the example config come from the table in config/keys.c.
$(B)/man/baosong.conf.5: docs/man/baosong.conf.5.in $(B)/baosong
	@mkdir -p $(@D)
	$(Q)$(B)/baosong config reference >$@.keys
	$(Q)sed -e '/^@KEYS@$$/{r $@.keys' -e 'd}' $< >$@
$(B)/examples/party-innovation-2014.conf: $(B)/baosong
	@mkdir -p $(@D)
	$(Q)$(B)/baosong config example >$@

manuals: $(MANUALS)
	mandoc -T lint -W warning $(MANUALS)

# $(call put,MODE,FILES,FOLDER)   $(call fill,FILE.in,TARGET): paths put in
put = install -d $(DESTDIR)$(3) && install -m $(1) $(2) $(DESTDIR)$(3)
fill = install -d $(DESTDIR)$(dir $(2)) && sed -e 's|@BINDIR@|$(BINDIR)|g' -e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g' $(1) \
           >$(DESTDIR)$(2) && chmod 644 $(DESTDIR)$(2)

install: all $(MANUALS) $(EXAMPLES)
	$(call put,755,$(PROGRAMS),$(BINDIR))
	$(if $(ABSENT),install -d $(DESTDIR)$(LIBDIR) && cp -P --remove-destination $(dir $(ABSENT))* $(DESTDIR)$(LIBDIR))
	$(foreach m,$(MANUALS),$(call put,644,$(m),$(MANDIR)/man$(subst .,,$(suffix $(m)))) &&) true
	$(call put,644,$(PAPERS),$(DOCDIR))
	$(call put,644,$(EXAMPLES),$(DOCDIR)/examples)
	$(call fill,systemd/baosongd@.service.in,$(UNITDIR)/baosongd@.service)
	$(call fill,systemd/baosong.sysusers,$(SYSUSERSDIR)/baosong.conf)
	$(call fill,systemd/baosong.tmpfiles.in,$(TMPFILESDIR)/baosong.conf)
	$(if $(DESTDIR),,@echo 'Now, once: systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload')

# Configs, secrets and state stay.
uninstall:
	rm -f $(addprefix $(DESTDIR)$(BINDIR)/,$(notdir $(PROGRAMS)))
	rm -f $(foreach m,$(MANUALS),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))
	rm -rf $(DESTDIR)$(DOCDIR) $(DESTDIR)$(LIBDIR)
	rm -f $(DESTDIR)$(UNITDIR)/baosongd@.service $(DESTDIR)$(SYSUSERSDIR)/baosong.conf $(DESTDIR)$(TMPFILESDIR)/baosong.conf

clean:
	rm -rf build

lint: all
	@tests/lint.sh $(B)

format:
	git ls-files '*.c' '*.cc' '*.h' | xargs clang-format -i

.PHONY: lint format all unit-programs unit fuzz fuzz-programs fuzz-replay check shims torture demo bench deps manuals install uninstall clean
