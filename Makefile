# Gatehouse. `make help` lists the targets; objects live in build/<flavour>/.
FLAVOUR ?= release
B       := build/$(FLAVOUR)
AREAS   := auth users premises visitors system
PROGRAMS := $(AREAS) worker sse-daemon

CC      ?= cc
WARN    := -Wall -Wextra -Wshadow -Wconversion -Werror
CFLAGS_release := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong
CFLAGS_asan    := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
LDFLAGS_release := -Wl,-z,relro,-z,now -pie
LDFLAGS_asan    := -fsanitize=address,undefined
# libFuzzer's main() comes with the link of a fuzzer; everything is instrumented.
CFLAGS_fuzz  := -O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LDFLAGS_fuzz := -fsanitize=fuzzer,address,undefined
# What the tests reach: every program writes its counts beside its objects when it ends.
CFLAGS_coverage  := -O0 --coverage
LDFLAGS_coverage := --coverage
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
CPPFLAGS += -D_GNU_SOURCE -Icgi -Icgi/lib -I$(B)/gen -I/usr/include/postgresql
CFLAGS  += -std=c11 -g -fPIE $(WARN) $(CFLAGS_$(FLAVOUR)) -MMD -MP
LDFLAGS += $(LDFLAGS_$(FLAVOUR))
LDLIBS  := -lfcgi -lpq -lhiredis -lscrypt -ljansson -lqrencode -lcrypto -luuid -lm

LIB_SQL := lib
LIB_OBJ := $(patsubst %.c,$(B)/obj/%.o,$(wildcard cgi/lib/*.c)) $(B)/gen/lib_sql.o $(B)/gen/common_passwords.o
LIB     := $(B)/libgatehouse.a
area_obj = $(patsubst %.c,$(B)/obj/%.o,$(wildcard cgi/$(1)/*.c)) $(B)/gen/$(1)_sql.o

all: $(PROGRAMS:%=$(B)/bin/%)  ## build every program

$(LIB): $(LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^

define program
$(B)/bin/$(1): $$(call area_obj,$(1)) $$(LIB)
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)
endef
$(foreach p,$(AREAS) worker,$(eval $(call program,$(p))))

$(B)/bin/sse-daemon: $(patsubst %.c,$(B)/obj/%.o,$(wildcard sse-daemon/*.c)) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/gen/%.o: $(B)/gen/%.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# The version changes with every commit; only this object knows it.
$(B)/obj/cgi/lib/version.o: $(wildcard .git/logs/HEAD)
$(B)/obj/cgi/lib/version.o: CPPFLAGS += -DGATEHOUSE_VERSION='"$(VERSION)"'

# Each .sql file becomes statements: build/<flavour>/gen/<area>_sql.{c,h}.
.SECONDEXPANSION:
$(B)/gen/%_sql.c: cgi/$$*/$$*.sql scripts/embed-sql
	@mkdir -p $(@D)
	./scripts/embed-sql $* $< $(@D)

$(B)/gen/common_passwords.c: cgi/lib/common-passwords.txt scripts/embed-lines
	@mkdir -p $(@D)
	./scripts/embed-lines common_passwords $< > $@

SQL_GEN := $(foreach f,$(wildcard cgi/*/*.sql),$(B)/gen/$(basename $(notdir $f))_sql.c)
# Headers come with their .c: make them before anything that includes them is compiled.
$(patsubst %.c,$(B)/obj/%.o,$(wildcard cgi/*/*.c)): | $(SQL_GEN)

include $(wildcard Makefile.*)
-include $(shell find build -name '*.d' -type f 2>/dev/null)

# What the scripts ask: make -s print-AREAS.
print-%:
	@echo $($*)

# One program per file; `prove` without an interpreter runs them as they are. visitors_move_test.c also
# gets what is in cgi/visitors, but for its main(); push_… what is in sse-daemon.
UNIT := $(patsubst tests/unit/%.c,$(B)/test/%,$(wildcard tests/unit/*_test.c))
unit_area  = $(filter $(AREAS) worker push,$(firstword $(subst _, ,$(1))))
unit_parts = $(if $(1),$(if $(filter push,$(1)),\
	$(patsubst %.c,$(B)/obj/%.o,$(filter-out sse-daemon/main.c,$(wildcard sse-daemon/*.c))),\
	$(filter-out $(B)/obj/cgi/$(1)/$(1).o,$(call area_obj,$(1)))))
$(B)/test/%: $(B)/obj/tests/unit/%.o $$(call unit_parts,$$(call unit_area,$$*)) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
.SECONDARY: $(UNIT:$(B)/test/%=$(B)/obj/tests/unit/%.o)
unit-programs: $(UNIT)

# A fuzzer gets the same parts as a unit test of that name; area.c becomes one fuzzer for each area.
FUZZ := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(filter-out tests/fuzz/area.c,$(wildcard tests/fuzz/*.c))) \
	$(AREAS:%=$(B)/fuzz/area_%)
$(B)/obj/tests/fuzz/area_%.o: tests/fuzz/area.c | $(SQL_GEN)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -DAREA='"../../cgi/$*/$*.c"' $(CFLAGS) -c -o $@ $<
$(B)/fuzz/area_%: $(B)/obj/tests/fuzz/area_%.o $$(call unit_parts,$$*) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $$(call unit_parts,$$(call unit_area,$$*)) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
.SECONDARY: $(FUZZ:$(B)/fuzz/%=$(B)/obj/tests/fuzz/%.o)
fuzz-programs: $(FUZZ)

$(B)/bench/%: $(B)/obj/tests/bench/%.o
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lfcgi -lpq
.SECONDARY: $(B)/obj/tests/bench/floor.o
bench-programs: $(B)/bench/floor

run:  ## start it here: scripts/run
	./scripts/run
test:  ## every test (FLAVOUR=asan: of the sanitized build)
	./scripts/test
unit api push security browser chaos:  ## one suite of the tests
	./scripts/test $@
lint:  ## every check that needs no running product
	./scripts/lint
asan:  ## build with the address and undefined-behaviour sanitizers
	$(MAKE) FLAVOUR=asan all
fuzz:  ## run every fuzzer for FUZZ_SECONDS (20)
	./scripts/fuzz
coverage:  ## which lines of C the tests reach, by file (COVERAGE_GAPS=1: and which they do not)
	./scripts/coverage
bench:  ## floors, peers and Gatehouse side by side
	./tests/bench/run
openapi: all  ## write www/openapi.json from the route tables
	./scripts/openapi > www/openapi.json.new
	mv www/openapi.json.new www/openapi.json
readme: all  ## write README.md's table of settings
	./scripts/readme
format:  ## format the C sources
	clang-format -i $(SOURCES)

SOURCES := $(wildcard cgi/*/*.[ch] sse-daemon/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] tests/bench/*.[ch])

# An installed product: programs, pages, migrations and what brings them up, under DESTDIR.
PREFIX ?= /usr
install: all  ## install to DESTDIR (see scripts/systemd)
	./scripts/install "$(DESTDIR)" "$(PREFIX)" "$(B)/bin"
deb: all  ## a Debian package in build/
	./scripts/deb "$(B)/bin"

clean:  ## remove what was built
	rm -rf build

help:  ## this list
	@sed -nE 's/^([a-z -]+):.*## /\1\t/p' Makefile | sort | expand -t 28

.PHONY: all unit-programs fuzz-programs bench-programs run test unit api push security browser chaos lint asan fuzz coverage bench openapi format \
	install deb clean help
.DELETE_ON_ERROR:
