# SPDX-License-Identifier: GPL-2.0-only
#
# The one entry point; `make help` explains the targets.

KVER   ?= $(shell uname -r)
KDIR   ?= /lib/modules/$(KVER)/build
PREFIX ?= /usr
MODDIR ?= /lib/modules
TOOLS_BUILD ?= build/tools
CMAKE  ?= cmake
SETUP  := tools/setup
LAB    := selftests/lab/run
# The one place that has it.
VERSION = $(shell awk '/^project/ { print $$3 }' tools/CMakeLists.txt)

export ROWS TESTS ROW JOBS BOOTS

.DEFAULT_GOAL := all
.PHONY: all needs modules tools install install-modules install-test-modules install-tools \
	uninstall dkms doc dist demo check check-long check-selftest check-coldplug bench vm clean help

##@ Build for the running kernel (KVER=release for another)
all: needs modules tools ## Modules and tools

needs: ## Name what is missing to build and install, with a line to copy
	@KVER=$(KVER) KDIR=$(KDIR) $(SETUP)/needs modules tools install

modules: ## The kernel modules, with the headers of KVER
	@KVER=$(KVER) KDIR=$(KDIR) $(SETUP)/needs modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools: ## The userspace tools (CMake), in build/tools
	@$(SETUP)/needs tools
	$(CMAKE) -S tools -B $(TOOLS_BUILD) -DCMAKE_INSTALL_PREFIX=$(PREFIX) -DBUILD_TESTING=OFF \
		-DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0 $(TOOLS_OPTIONS)
	+$(CMAKE) --build $(TOOLS_BUILD)

##@ Install (DESTDIR=folder to stage)
install: install-modules install-tools ## Modules, tools, udev rules, man pages, symbol index
	$(if $(DESTDIR),,/etc/kernel/postinst.d/waymark-symidx $(KVER))

MODULES = $(shell find modules -name '*.ko' -not -path '*/tests/*')
TEST_MODULES = $(shell find modules -path '*/tests/*' -name '*.ko')
# A folder of one recipe.
STAGE = stage=$$(mktemp -d) && trap 'rm -rf "$$stage"' EXIT

install-modules: ## The modules alone
	@$(if $(DESTDIR),,$(SETUP)/needs install)
	@[ -n "$(MODULES)" ] || { echo "make: no modules built; run make modules" >&2; exit 1; }
	@$(STAGE) && install -d $$stage$(MODDIR)/$(KVER)/updates/waymark && \
		install -m 644 $(MODULES) $$stage$(MODDIR)/$(KVER)/updates/waymark && \
		$(SETUP)/place modules-$(KVER) $$stage $(DESTDIR)
	$(if $(DESTDIR),,depmod $(KVER))

# Modules that only tests load.
install-test-modules:
	install -d $(DESTDIR)/opt/waymark/test-modules
	$(if $(TEST_MODULES),install -m 644 $(TEST_MODULES) $(DESTDIR)/opt/waymark/test-modules)

install-tools: ## The tools alone, beside make dkms
	@[ -e $(TOOLS_BUILD)/cmake_install.cmake ] || { echo "make: no tools built; run make tools" >&2; exit 1; }
	@$(STAGE) && DESTDIR=$$stage $(CMAKE) --install $(TOOLS_BUILD) > /dev/null && \
		$(SETUP)/place tools $$stage $(DESTDIR)

dkms: ## Register with DKMS: the modules are rebuilt for every new kernel
	@KVER=$(KVER) KDIR=$(KDIR) $(SETUP)/needs dkms
	@$(SETUP)/dkms install $(KVER)

uninstall: ## Take back what install and dkms put there, from whatever tree
	@$(SETUP)/uninstall $(DESTDIR)

##@ See and prove (as root or with sudo; ROWS="…" and TESTS="…" select)
demo: ## Boot a machine with five NICs and show what the suite does with them
	@$(LAB) demo

check: ## Build for every row, boot it, run the tests; ends with "N passed, N failed"
	@$(LAB) check

check-long: ## The same with the forms that take hours
	@$(LAB) check --long

check-selftest: ## The laboratory's own proof that each way to fail is reported
	@$(LAB) check --rows "laboratory laboratory-guest"

check-coldplug: ## Boot again and again (BOOTS=20), every link right in each
	@$(LAB) coldplug

bench: ## Measure; figures in build/results/bench.json
	@$(LAB) bench

vm: ## A shell in a row's guest: make vm ROW=trixie-6.12
	@$(LAB) vm

##@ Other
doc: ## The documentation as HTML, in build/doc/html
	@$(SETUP)/needs doc
	@$(SETUP)/doc build/doc/html

dist: ## The sources as build/waymark-VERSION.tar.xz, with a checksum
	mkdir -p build
	git archive --format=tar --prefix=waymark-$(VERSION)/ HEAD | xz > build/waymark-$(VERSION).tar.xz
	cd build && sha256sum waymark-$(VERSION).tar.xz > waymark-$(VERSION).tar.xz.sha256

clean: ## Remove what was built in the tree
	-[ ! -d "$(KDIR)" ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	rm -rf build

help: ## This text
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
