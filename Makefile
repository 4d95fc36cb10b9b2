# telltale - build, test, measure.   make help  lists the targets.
#
# MODE picks a variant; each has its own build/ folder, so no "make clean"
# is ever needed between them:   make MODE=asan check

MODE   ?= release
PREFIX ?= /usr/local
CC     ?= cc
PKGS    = libserialport libpcap ncursesw libzip zlib libzstd
VERSION = $(shell sed -n 's/^ *return "\([0-9.]*\)";$$/\1/p' src/base/base.c)

B := build/$(MODE)

CSTD      := -std=c11 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
             -D_DEFAULT_SOURCE
WARN      := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
             -Wmissing-prototypes -Wwrite-strings -Wpointer-arith -Wvla \
             -Wconversion -Wformat=2 -Wundef -Wcast-qual
HARDEN    := -fvisibility=hidden -fstack-protector-strong
SAN       := -fsanitize=address,undefined -fno-sanitize-recover=all
M_release := -O2 -g -D_FORTIFY_SOURCE=2
M_debug   := -O0 -g3
M_asan    := -O1 -g $(SAN) -fno-omit-frame-pointer
M_cov     := -O0 -g --coverage
M_fuzz    := -O1 -g $(SAN) -fsanitize=fuzzer-no-link

ifeq ($(origin M_$(MODE)),undefined)
$(error MODE=$(MODE) is none of release debug asan cov fuzz)
endif
ifeq ($(MODE),fuzz)
CC := clang
endif

# WERROR=1 (what CI uses) makes every warning an error.
ifeq ($(WERROR),1)
WARN += -Werror
endif

ALL_CFLAGS  = $(CSTD) -Iinclude -Isrc $(WARN) $(HARDEN) $(M_$(MODE)) $(CFLAGS)
ALL_LDFLAGS = $(M_$(MODE)) $(LDFLAGS)

# --- what is built from what -------------------------------------------
# Everything but the program's own layers goes into the library.
PROG_LAYERS := source ports view cli
SRC      := $(wildcard src/*/*.c src/*/*/*.c)
PROG_SRC := $(foreach l,$(PROG_LAYERS),$(filter src/$l/%,$(SRC)))
LIB_SRC  := $(filter-out $(PROG_SRC),$(SRC))
UNIT_SRC := $(wildcard tests/unit/*.c)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
RULES    := $(sort $(wildcard rules/*.rules))

obj = $(patsubst %.c,$B/%.o,$1)

LIB   := $B/libtelltale.a
PROG  := $B/telltale
UNIT  := $B/unit
FUZZ  := $(patsubst tests/fuzz/%.c,$B/%,$(FUZZ_SRC))

all: $(LIB) $(PROG)
	@ln -sf $(PROG) telltale
	@ln -sf $(LIB) libtelltale.a

$(LIB): $(call obj,$(LIB_SRC)) $B/builtin.o
	@rm -f $@
	$(AR) rcs $@ $^

$(PROG): $(call obj,$(PROG_SRC)) $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(shell pkg-config --libs $(PKGS)) -lm

# Tests may reach the program's layers too, but never its main(); from an
# archive, so that only what they reach has to be there.
$B/libprog.a: $(call obj,$(filter-out src/cli/main.c,$(PROG_SRC)))
	@rm -f $@
	$(AR) rcs $@ $^
$(UNIT): $(call obj,$(UNIT_SRC)) $B/libprog.a $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(shell pkg-config --libs check $(PKGS)) -lm

# A workbench without hardware, for "make demo" and the tests of live lines.
$B/bench: $B/tests/demo/bench.o
	$(CC) $(ALL_LDFLAGS) -o $@ $^

# In MODE=fuzz a target is a libFuzzer program; otherwise it replays a corpus.
ifeq ($(MODE),fuzz)
$(FUZZ): $B/%: $B/tests/fuzz/%.o $B/libprog.a $(LIB)
	$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ \
	    $(shell pkg-config --libs $(PKGS)) -lm
else
$(FUZZ): $B/%: $B/tests/fuzz/%.o $B/tests/fuzz/replay.o $B/libprog.a $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(shell pkg-config --libs $(PKGS)) -lm
endif

# The shipped rules, as text, inside the library.
$B/builtin.c: scripts/embed.sh $(RULES) $B/.rules
	sh scripts/embed.sh $(RULES) >$@.tmp
	mv $@.tmp $@
$B/builtin.o: $B/builtin.c $B/.flags
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$B/.rules: FORCE
	@mkdir -p $(@D)
	@echo '$(RULES)' | cmp -s - $@ || echo '$(RULES)' >$@

# -MMD writes the headers each object used to a .d file beside it, -MP keeps
# a deleted header from stopping the build; the flags stamp rebuilds all when
# the command line changes.
$B/%.o: %.c $B/.flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' >$@

-include $(shell find $B -name '*.d' 2>/dev/null)

# --- checks -------------------------------------------------------------
check: unit-check replay-check lint
unit-check: $(UNIT)
	$(UNIT)
replay-check: $(FUZZ)
	@set -e; for f in $(FUZZ); do n=$${f##*/fuzz_}; \
	    $$f tests/fuzz/corpus/$$n/*; done
lint: $(LIB)
	@set -e; for t in tests/lint/*.sh; do LIB=$(LIB) sh $$t; done

fuzz-targets: $(FUZZ)

# The two commands of the README: both install what is missing.
demo:
	@sh scripts/setup.sh build
	@$(MAKE) --no-print-directory MODE=release all build/release/bench
	@sh scripts/demo.sh
test:
	@sh scripts/test.sh

FUZZ_TIME ?= 60
fuzz:
	$(MAKE) MODE=fuzz fuzz-run
fuzz-run: $(FUZZ)
	@set -e; for f in $(FUZZ); do n=$${f##*/fuzz_}; mkdir -p $B/found/$$n; \
	    $$f -max_total_time=$(FUZZ_TIME) -artifact_prefix=$B/found/$$n/ \
	        $B/found/$$n tests/fuzz/corpus/$$n; done

format:
	clang-format -i $(SRC) $(UNIT_SRC) $(FUZZ_SRC) $(wildcard src/*/*.h src/*/*/*.h)
format-check:
	clang-format --dry-run -Werror $(SRC) $(UNIT_SRC) $(FUZZ_SRC) \
	    $(wildcard src/*/*.h src/*/*/*.h)

# The view at 1.2 MB/s for a minute.
bench: bench-scan bench-view bench-run bench-bridge
bench-read: all
	python3 tests/bench/linear.py $(PROG)
bench-scan: all
	sh tests/bench/scan.sh $(CURDIR)/$(PROG)
bench-run: all
	sh tests/bench/run.sh $(CURDIR)/$(PROG)
bench-view: all
	sh tests/bench/view.sh $(CURDIR)/$(PROG)
bench-bridge: all
	sh tests/bench/bridge.sh $(CURDIR)/$(PROG)

# A gigabyte through a bridge in each direction at once; SIZE in bytes.
soak: all
	sh tests/bench/soak.sh $(CURDIR)/$(PROG) $(SIZE)

# Real serial drivers under QEMU: optional, see tests/vm/vm.sh.
test-vm: all
	sh tests/vm/vm.sh $(CURDIR)/$(PROG)

# Nothing is said of a gigabyte each of what means nothing; SIZE in bytes.
SIZE ?= 1000000000
quiet: all
	sh tests/noise/quiet.sh $(CURDIR)/$(PROG) $(SIZE)

# What is expected of each capture; read the diff before committing it.
golden: all
	@sh tests/golden.sh --write
	@sh scripts/readme.sh
	@$(MAKE) --no-print-directory coverage-doc

# What the rules cover; "make golden" makes it too.
coverage-doc: all
	@HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent \
	    $(PROG) rules list --markdown >docs/COVERAGE.md.tmp
	@mv docs/COVERAGE.md.tmp docs/COVERAGE.md

# What recordings of others are taken for; wants the corpus at hand.
CORPUS = $(or $(TELLTALE_CORPUS),../shared/corpus)
corpus-doc: all
	@-python3 tests/corpus/table.py $(PROG) $(CORPUS) >docs/CORPUS.md.tmp
	@mv docs/CORPUS.md.tmp docs/CORPUS.md

completions: all
	./telltale completions bash >completions/telltale.bash
	./telltale completions zsh >completions/_telltale
	./telltale completions fish >completions/telltale.fish
	./telltale completions keys >build/keys.mdoc
	sed -i -e '/^\.\\" keys begin/,/^\.\\" keys end/{//!d}' \
	    -e '/^\.\\" keys begin/r build/keys.mdoc' docs/telltale-watch.1

coverage:
	-$(MAKE) MODE=cov unit-check
	-$(MAKE) MODE=cov replay-check
	gcovr --root . --object-directory build/cov --filter src/ \
	    --exclude-unreachable-branches --print-summary

# One analyser after the other.  cppcheck and clang-tidy must be silent (what
# is suppressed are false alarms); gcc 12's -fanalyzer is only to be read.
analyze:
	cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
	    --enable=warning,performance,portability \
	    --suppress=duplicateAssignExpression \
	    --suppress=zerodivcond:src/rules/spell.c -Iinclude -Isrc src
	$(MAKE) MODE=release B=build/analyze CC=gcc \
	    CFLAGS='$(CFLAGS) -fanalyzer' build/analyze/telltale
	clang-tidy --quiet $(SRC) -- $(CSTD) -Iinclude -Isrc

# --- installing -----------------------------------------------------------
DATA := $(DESTDIR)$(PREFIX)/share
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include \
	    $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DATA)/telltale/rules \
	    $(DATA)/man/man1 $(DATA)/man/man5 \
	    $(DATA)/bash-completion/completions \
	    $(DATA)/zsh/site-functions $(DATA)/fish/vendor_completions.d
	install -m 755 $(PROG) $(DESTDIR)$(PREFIX)/bin/telltale
	install -m 644 include/telltale.h $(DESTDIR)$(PREFIX)/include/
	install -m 644 $(LIB) $(DESTDIR)$(PREFIX)/lib/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e "s|@VERSION@|$(VERSION)|" \
	    scripts/telltale.pc.in \
	    >$(DESTDIR)$(PREFIX)/lib/pkgconfig/telltale.pc
	install -m 644 $(RULES) $(DATA)/telltale/rules/
	install -m 644 docs/telltale.1 docs/telltale-watch.1 \
	    $(DATA)/man/man1/
	for f in $(wildcard docs/*.5); do \
	    install -m 644 $$f $(DATA)/man/man5/ || exit 1; done
	install -m 644 completions/telltale.bash \
	    $(DATA)/bash-completion/completions/telltale
	install -m 644 completions/_telltale $(DATA)/zsh/site-functions/
	install -m 644 completions/telltale.fish \
	    $(DATA)/fish/vendor_completions.d/
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/telltale \
	    $(DESTDIR)$(PREFIX)/include/telltale.h \
	    $(DESTDIR)$(PREFIX)/lib/libtelltale.a \
	    $(DESTDIR)$(PREFIX)/lib/pkgconfig/telltale.pc \
	    $(DATA)/man/man1/telltale.1 $(DATA)/man/man1/telltale-watch.1 \
	    $(patsubst docs/%,$(DATA)/man/man5/%,$(wildcard docs/*.5)) \
	    $(DATA)/bash-completion/completions/telltale \
	    $(DATA)/zsh/site-functions/_telltale \
	    $(DATA)/fish/vendor_completions.d/telltale.fish
	rm -rf $(DATA)/telltale

clean:
	rm -rf build telltale libtelltale.a
help:
	@sed -n 's/^\([a-z-]*\):.*/\1/p' Makefile | sort -u | tr '\n' ' '; echo

FORCE:
.PHONY: all check quiet test-vm bench bench-scan bench-view bench-run bench-bridge soak unit-check replay-check fuzz-targets lint demo test fuzz \
        fuzz-run golden coverage-doc corpus-doc completions coverage analyze install uninstall \
        format format-check clean help FORCE
.DELETE_ON_ERROR:
.SECONDARY:
