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
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
CPPFLAGS += -D_GNU_SOURCE -Icgi -Icgi/lib -I$(B)/gen -I/usr/include/postgresql
CFLAGS  += -std=c11 -g -fPIE $(WARN) $(CFLAGS_$(FLAVOUR)) -MMD -MP
LDFLAGS += $(LDFLAGS_$(FLAVOUR))
LDLIBS  := -lfcgi -lpq -lhiredis -lscrypt -ljansson -lqrencode -lcrypto -luuid

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
-include $(shell find build -name '*.d' 2>/dev/null)

# What the scripts ask: make -s print-AREAS.
print-%:
	@echo $($*)

# One program per file; `prove` without an interpreter runs them as they are.
UNIT := $(patsubst tests/unit/%.c,$(B)/test/%,$(wildcard tests/unit/*_test.c))
$(B)/test/%: $(B)/obj/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

unit: $(UNIT)  ## C unit tests
	prove --exec '' $(UNIT)
.PHONY: unit
.SECONDARY: $(UNIT:$(B)/test/%=$(B)/obj/tests/unit/%.o)

clean:  ## remove what was built
	rm -rf build

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | sort

.PHONY: all clean help
.DELETE_ON_ERROR:
